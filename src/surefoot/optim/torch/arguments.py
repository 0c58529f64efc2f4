"""The arguments of the constructors of torch's optimizers, as the defaults of their groups."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

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
