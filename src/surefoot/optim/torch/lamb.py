"""LAMB, which torch does not have, in the manner of torch's AdamW."""

from collections.abc import Mapping
from typing import Any, Unpack

from torch import Tensor

from surefoot.optim.options import Own
from surefoot.optim.torch import forms
from surefoot.optim.torch.adam import Betas
from surefoot.optim.torch.arguments import given
from surefoot.optim.torch.optimizer import TorchOptimizer
from surefoot.optim.torch.spelling import Spelling
from surefoot.rules.rule import Rule


def _choose(group: Mapping[str, Any]) -> tuple[()]:
    return ()


class LAMB(TorchOptimizer):
    """LAMB, You et al. 2020, Algorithm 2, with torch's names and conventions.

    Args:
        params, lr, betas, maximize, capturable, differentiable, foreach, fused: as `Adam`'s.
        eps: beside the root, in [0, inf). weight_decay: of the parameter, inside the trust ratio, in [0, inf).
        own: `rounding`, `state_dtype`, `clip_norm`, `clip_value`, which torch has not (docs/use.md).

    Raises:
        UserError: a ValueError in torch's words, for a setting outside its domain.
        RuntimeError: for `fused` with `foreach` or `differentiable`.
    """

    rule = Rule.of(forms.lamb)
    convention = Spelling(rule, _choose)

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 1e-2,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        **own: Unpack[Own],
    ) -> None:
        super().__init__(params, given(locals()))
