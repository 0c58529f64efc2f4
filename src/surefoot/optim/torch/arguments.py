"""What constructors of torch's optimizers have in common: their arguments as defaults, and arguments of how to step."""

import inspect
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from surefoot.optim.optimizer import RuleOptimizer
from surefoot.optim.options import OPTIONS


def given(arguments: Mapping[str, Any], *first: str) -> dict[str, Any]:
    """The arguments of a constructor, from its `locals()`, without `self` and `params`: the optimizer's defaults.

    Groups have their keys in the order of the arguments, but for those of `first`: as torch's groups have them, which
    shows where an optimizer is printed. Those of `own`, which torch's do not have, are there only if they were given.

    Raises:
        TypeError: for an argument that there is not.

    Tensors of one number are taken without dimensions, as torch takes them.
    """
    ordered = {name: arguments[name] for name in first} | dict(arguments)
    settings = {name: value for name, value in ordered.items() if name not in ("self", "params", "__class__")}
    own = settings.pop("own")
    for name in own:
        if name not in OPTIONS:
            raise TypeError(
                f"{type(arguments['self']).__name__}.__init__() got an unexpected keyword argument {name!r}"
            )
    settings |= own
    if isinstance(settings.get("betas"), list | tuple):
        settings["betas"] = tuple(b.squeeze() if isinstance(b, Tensor) else b for b in settings["betas"])
    return settings


def check_how(optimizer: RuleOptimizer) -> None:
    """Refuse contradictions among `foreach`, `fused` and `differentiable`, as torch does.

    Raises:
        RuntimeError: with torch's message.
    """
    how = optimizer.defaults
    if how.get("fused"):
        if how["differentiable"]:
            raise RuntimeError("`fused` does not support `differentiable`")
        if how["foreach"]:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def fill_in(optimizer: RuleOptimizer) -> None:
    """Give groups from an older version, which had fewer keys, the options that they lack."""
    parameters = inspect.signature(type(optimizer)).parameters.values()
    standard = {p.name: p.default for p in parameters if p.default is not p.empty}
    for group in optimizer.param_groups:
        for name, default in standard.items():
            group.setdefault(name, default)
