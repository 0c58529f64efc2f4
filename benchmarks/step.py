"""One optimizer step, ours against torch's: the same parameters, the same gradients, in turn."""

import gc
import sys
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor
from torch.optim.optimizer import _default_to_fused_or_foreach

from benchmarks.pairs import PAIRS, Pair
from benchmarks.timing import interleaved


@dataclass(frozen=True)
class Case:
    """Parameters to step: so many tensors of so many float32 each, and how often.

    Gradients are `kept` at their place, or `new`: before every step each is allocated somewhere else than before, as it
    happens in training after `zero_grad`. The allocation is not timed.
    """

    tensors: int
    elements: int
    rounds: int
    gradients: Literal["kept", "new"] = "kept"

    @property
    def label(self) -> str:
        """For example 1000 x 1k."""
        for unit, name in ((1_000_000, "M"), (1_000, "k"), (1, "")):
            if self.elements % unit == 0:
                return f"{self.tensors} x {self.elements // unit}{name}"
        raise AssertionError("1 divides everything")


Effort = tuple[Case, ...]
FULL: Effort = (
    Case(1, 50_000_000, 15),
    Case(200, 100_000, 40),
    Case(1000, 1000, 60),
    Case(1000, 1000, 60, "new"),
    Case(4, 1000, 2000),
)
QUICK: Effort = tuple(
    replace(case, tensors=min(case.tensors, 20), elements=min(case.elements, 10_000), rounds=2) for case in FULL
)


def measure(effort: Effort) -> dict[str, Any]:
    """Seconds a step of every rule that torch has, in every case, for every way to run it."""
    return {
        "torch_default_is": torch_default(),
        "rows": [_row(case, pair) for case in effort for pair in PAIRS],
    }


def torch_default() -> str:
    """What torch runs on CPU parameters when it is not told: asked of torch's own choosing function."""
    _, foreach = _default_to_fused_or_foreach([torch.zeros(1)], differentiable=False, use_fused=False)
    return "foreach" if foreach else "a loop over tensors"


def _row(case: Case, pair: Pair) -> dict[str, Any]:
    print(f"step: {case.label}, gradients {case.gradients}, {pair.rule}", file=sys.stderr)
    gc.collect()  # the optimizers of the row before, and their state
    generator = torch.Generator().manual_seed(0)
    parameters = [torch.randn(case.elements, generator=generator) for _ in range(case.tensors)]
    gradients = [torch.randn(case.elements, generator=generator) for _ in range(case.tensors)]
    for p, g in zip(parameters, gradients, strict=True):
        p.requires_grad_()
        p.grad = g
    steps = {name: make(parameters).step for name, make in pair.contenders.items()}
    before = None if case.gradients == "kept" else lambda: _renew(parameters)
    seconds = interleaved(steps, case.rounds, before=before)
    return {"rule": pair.rule, "case": case.label, "gradients": case.gradients, "seconds": seconds}


def _renew(parameters: list[Tensor]) -> None:
    """Give every parameter a copy of its gradient, at another address: the old one is let go only afterwards."""
    old = [p.grad for p in parameters]
    for p, g in zip(parameters, old, strict=True):
        assert g is not None
        p.grad = g.clone()
