"""torch's RMSprop: the rules `rmsprop` and `rmsprop_momentum`."""

from collections.abc import Mapping
from typing import Any, Unpack

from torch import Tensor

from surefoot.optim.options import Own
from surefoot.optim.torch import forms
from surefoot.optim.torch.arguments import given
from surefoot.optim.torch.optimizer import TorchOptimizer
from surefoot.optim.torch.spelling import Spelling, decay_of
from surefoot.rules.rule import Rule


def _choose(group: Mapping[str, Any]) -> tuple[bool, bool, str]:
    return (bool(group["centered"]), group["momentum"] > 0, decay_of(group))


class RMSprop(TorchOptimizer):
    """`torch.optim.RMSprop` by the rules `rmsprop` and `rmsprop_momentum`.

    Centered, the variance is held at zero from below; torch's own becomes NaN there.

    Args:
        params: parameters, named parameters, or groups of them.
        lr: learning rate, in [0, inf), or a tensor of one number. alpha: decay of the average of squares, in [0, 1).
        eps: beside the root, in [0, inf). weight_decay: the L2 penalty's coefficient, in [0, inf).
        momentum: of the scaled gradients, in [0, 1). centered: divide by the root of the variance.
        maximize: ascend. differentiable: let autograd run through the step, by torch's own operations.
        capturable, foreach: accepted; how a step is run is the memory's to decide (docs/use.md).
        own: `rounding`, `state_dtype`, `clip_norm`, `clip_value`, which torch has not (docs/use.md).

    Raises:
        UserError: a ValueError with torch's message, for a setting outside its domain.
    """

    rule = Rule.of(forms.rmsprop)
    convention = Spelling(rule, _choose)

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        **own: Unpack[Own],
    ) -> None:
        super().__init__(params, given(locals(), "lr", "momentum", "alpha", "eps", "centered"))
