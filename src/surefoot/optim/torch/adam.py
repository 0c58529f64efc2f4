"""torch's Adam, with AMSGrad and weight decay of both kinds: the rules `adam` and `amsgrad`."""

from collections.abc import Mapping
from typing import Any, Unpack

from torch import Tensor

from surefoot.optim.options import Own
from surefoot.optim.torch import forms
from surefoot.optim.torch.arguments import given
from surefoot.optim.torch.optimizer import TorchOptimizer
from surefoot.optim.torch.spelling import Spelling, decay_of
from surefoot.rules.rule import Rule

Betas = tuple[float | Tensor, float | Tensor]


def choose(group: Mapping[str, Any]) -> tuple[bool, str]:
    """The static options of `forms.adam` that a group of Adam's family has."""
    return (bool(group["amsgrad"]), decay_of(group))


class Adam(TorchOptimizer):
    """`torch.optim.Adam` by the rules `adam` and `amsgrad`.

    Args:
        params: parameters, named parameters, or groups of them.
        lr: learning rate, in [0, inf), or a tensor of one number.
        betas: decays of the averages of gradients and of squares, each in [0, 1); two numbers or two tensors of one.
        eps: beside the root, in [0, inf). weight_decay: the L2 penalty's coefficient, in [0, inf).
        amsgrad: divide by the root of the largest average so far. decoupled_weight_decay: decay as AdamW does.
        maximize: ascend. differentiable: let autograd run through the step, by torch's own operations.
        capturable, foreach, fused: accepted; how a step is run is the memory's to decide (docs/use.md).
        own: `rounding`, `state_dtype`, `clip_norm`, `clip_value`, which torch has not (docs/use.md).

    Raises:
        UserError: a ValueError with torch's message, for a setting outside its domain.
        RuntimeError: for `fused` with `foreach` or `differentiable`.
    """

    rule = Rule.of(forms.adam)
    convention = Spelling(rule, choose)

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
        **own: Unpack[Own],
    ) -> None:
        super().__init__(params, given(locals(), "lr", "betas", "eps", "weight_decay", "amsgrad", "maximize"))
