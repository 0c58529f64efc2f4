"""A step on a large table of which a gradient names few rows: ours, torch's sparse optimizers, and the dense step."""

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import torch
from torch import Tensor

from benchmarks.timing import Spread, interleaved
from surefoot.optim import CLASSES

Optimizer = Callable[[list[Tensor]], torch.optim.Optimizer]


@dataclass(frozen=True)
class Effort:
    """The table, the rows that each gradient names, and how often is stepped, with sparse gradients and with dense."""

    rows: int
    width: int
    named: int
    rounds: int
    dense_rounds: int


FULL = Effort(rows=10_000_000, width=64, named=1000, rounds=200, dense_rounds=5)
QUICK = Effort(rows=50_000, width=16, named=100, rounds=5, dense_rounds=2)

#: Rule to our optimizer, in the form that torch's has where there is one, and torch's.
PAIRS: dict[str, tuple[Optimizer, Optimizer | None]] = {
    "sgd": (CLASSES["sgd"], torch.optim.SGD),
    "adagrad": (lambda p: CLASSES["adagrad"](p, eps=1e-10, eps_at="outside"), torch.optim.Adagrad),
    "adam": (lambda p: CLASSES["adam"](p, bias_correction="step"), torch.optim.SparseAdam),
    "rmsprop": (CLASSES["rmsprop"], None),
    "adamw": (CLASSES["adamw"], None),
}


def measure(effort: Effort) -> dict[str, Any]:
    """Seconds a step of each rule. Every step has another gradient, whose rows are drawn at random, each once."""
    with torch.sparse.check_sparse_tensor_invariants(enable=False):  # torch warns of its own tensors otherwise
        rules = [{"rule": rule, "seconds": _seconds(rule, effort)} for rule in PAIRS]
    return {"rows": effort.rows, "width": effort.width, "named": effort.named, "rules": rules}


def _seconds(rule: str, effort: Effort) -> Mapping[str, Spread]:
    print(f"sparse: {rule}", file=sys.stderr)
    ours, theirs = PAIRS[rule]
    makers = {"surefoot": ours} | ({"torch": theirs} if theirs else {})
    p = torch.nn.Parameter(torch.empty(effort.rows, effort.width).uniform_(-0.1, 0.1))
    gradients = cycle(list(_gradients(effort)))

    def renew() -> None:
        p.grad = next(gradients)

    steps = {name: make([p]).step for name, make in makers.items()}
    seconds = interleaved(steps, effort.rounds, before=renew)
    steps.clear()
    gc.collect()
    p.grad = torch.full_like(p, 1e-3)
    dense = {"surefoot, dense gradient": ours([p]).step}
    return {**seconds, **interleaved(dense, effort.dense_rounds, warmup=1)}


def _gradients(effort: Effort) -> Iterator[Tensor]:
    """As an embedding's backward pass gives them: not coalesced."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        drawn = torch.randint(effort.rows, (2 * effort.named,), generator=generator).unique()
        rows = drawn[torch.randperm(len(drawn), generator=generator)[: effort.named]]
        values = torch.randn(effort.named, effort.width, generator=generator)
        yield torch.sparse_coo_tensor(rows[None], values, (effort.rows, effort.width), check_invariants=True)
