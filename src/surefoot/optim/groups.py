"""Parameter groups for a model: what weight decay is for, and what it is not for."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from torch import nn

from surefoot.errors import UserError

_NORMS = (
    nn.modules.batchnorm._NormBase,
    nn.LayerNorm,
    nn.GroupNorm,
    nn.RMSNorm,
)


def param_groups(model: nn.Module, weight_decay: float, exempt: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The parameters of a model in two groups: those to be decayed, and biases, norms and other vectors, which are not.

    Decay pulls towards zero: a prior for the weights of a linear map, not for a bias or the gain of a norm. Exempt are
    the parameters of norm layers, every one with fewer than two dimensions, and those whose names match `exempt`. A
    parameter that is shared stands once; frozen ones are left out.

    Args:
        model: whose parameters they are. weight_decay: of the first group; the second has 0.
        exempt: further names, with `*` and `?` as in file names, such as "*embedding*"; each must match one at least.

    Returns:
        Groups for the optimizer, with the parameters' names, so that state is matched by name. A group that would be
        empty is left out.

    Raises:
        UserError: for a pattern that matches no parameter, and for what is no model.

    >>> model = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.Linear(8, 1))
    >>> groups = param_groups(model, weight_decay=0.1)
    >>> [(g["weight_decay"], [name for name, _ in g["params"]]) for g in groups]
    [(0.1, ['0.weight', '2.weight']), (0.0, ['0.bias', '1.weight', '1.bias', '2.bias'])]
    >>> from surefoot.optim import AdamW
    >>> optimizer = AdamW(groups, lr=1e-3)
    """
    if not isinstance(model, nn.Module):
        raise UserError(f"model must be a torch.nn.Module, got {type(model).__name__}; parameters alone have no names")
    if isinstance(exempt, str):
        raise UserError(f"exempt must be a list of patterns, got the string {exempt!r}; write [{exempt!r}]")
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    for pattern in exempt:
        if not any(fnmatchcase(name, pattern) for name, _ in named):
            some = ", ".join(name for name, _ in named[:3])
            raise UserError(f"exempt: {pattern!r} matches no parameter; there are {some}, ...")
    in_norms = {id(p) for module in model.modules() if isinstance(module, _NORMS) for p in module.parameters()}
    groups: tuple[list[Any], list[Any]] = ([], [])
    for name, p in named:
        free = p.dim() < 2 or id(p) in in_norms or any(fnmatchcase(name, pattern) for pattern in exempt)
        groups[free].append((name, p))
    return [
        {"params": members, "weight_decay": decay} for members, decay in zip(groups, (weight_decay, 0.0), strict=True)
        if members
    ]  # fmt: skip
