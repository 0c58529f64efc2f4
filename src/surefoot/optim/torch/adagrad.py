"""torch's Adagrad: the rule `adagrad`."""

from collections.abc import Mapping
from typing import Any, Unpack

import torch
from torch import Tensor

from surefoot.optim.options import Own
from surefoot.optim.torch import forms
from surefoot.optim.torch.arguments import given
from surefoot.optim.torch.optimizer import TorchOptimizer
from surefoot.optim.torch.spelling import Spelling, decay_of
from surefoot.rules.rule import Rule


def _choose(group: Mapping[str, Any]) -> tuple[str]:
    return (decay_of(group),)


class Adagrad(TorchOptimizer):
    """`torch.optim.Adagrad` by the rule `adagrad`. As in torch, its state is there before the first step.

    Args:
        params: parameters, named parameters, or groups of them.
        lr: learning rate, in [0, inf), or a tensor of one number. lr_decay: in [0, inf); step t has lr / (1 + (t - 1)
            lr_decay). weight_decay: the L2 penalty's coefficient, in [0, inf).
        initial_accumulator_value: what the sum of squares starts at, in [0, inf). eps: beside the root, in [0, inf).
        maximize: ascend. differentiable: let autograd run through the step, by torch's own operations.
        foreach, fused: accepted; how a step is run is the memory's to decide (docs/use.md).
        own: `rounding`, `state_dtype`, `clip_norm`, `clip_value`, which torch has not (docs/use.md).

    Raises:
        UserError: a ValueError with torch's message, for a setting outside its domain.
        RuntimeError: for `fused` with `foreach` or `differentiable`.
    """

    rule = Rule.of(forms.adagrad)
    convention = Spelling(rule, _choose)

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        **own: Unpack[Own],
    ) -> None:
        super().__init__(params, given(locals(), "lr", "lr_decay", "eps", "weight_decay"))
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["step"] = torch.zeros((), dtype=self.convention.counter())
                self._complete(self.state[p], p, self.convention.graph(self.convention.options(group)), group)

    def share_memory(self) -> None:
        """Move the sums of squares to memory that processes share."""
        for values in self.state.values():
            values["sum"].share_memory_()
