"""What tracking costs: an optimizer that does nothing but step, tracked as by default, and one in a small training."""

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch
from torch import nn

import surefoot as sf
from benchmarks.step import Case
from benchmarks.timing import spread
from surefoot.optim import CLASSES, RuleOptimizer


@dataclass(frozen=True)
class Effort:
    """The tensors, and how many seconds each is stepped with a tracker, after a quarter of that without one."""

    cases: tuple[Case, ...]
    seconds: float


FULL = Effort((Case(1, 50_000_000, 0), Case(200, 100_000, 0), Case(1000, 1000, 0), Case(4, 1000, 0)), 12.0)
QUICK = Effort((Case(20, 1000, 0), Case(4, 1000, 0)), 0.5)


def measure(effort: Effort) -> dict[str, Any]:
    """Seconds a step without a tracker and with one, and the tracker's own figure of its cost."""
    rows = []
    for case in effort.cases:
        for rule in ("adam", "lamb"):
            print(f"track: {case.label}, {rule}", file=sys.stderr)
            gc.collect()
            rows.append({"what": f"{rule}, {case.label}, steps alone", **_row(*_alone(case, rule), effort.seconds)})
    print("track: training", file=sys.stderr)
    rows.append({"what": "adam, MLP 64-64-10 on batches of 64, all of training", **_row(*_training(), effort.seconds)})
    return {"seconds": effort.seconds, "rows": rows}


def _alone(case: Case, rule: str) -> tuple[RuleOptimizer, Callable[[], object]]:
    parameters = [nn.Parameter(torch.randn(case.elements)) for _ in range(case.tensors)]
    for p in parameters:
        p.grad = torch.randn(case.elements)
    optimizer = CLASSES[rule](parameters)
    return optimizer, optimizer.step


def _training() -> tuple[RuleOptimizer, Callable[[], object]]:
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = CLASSES["adam"](model.parameters())
    X, y = torch.randn(64, 64), torch.randint(0, 10, (64,))

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(X), y).backward()
        optimizer.step()

    return optimizer, step


def _row(optimizer: RuleOptimizer, step: Callable[[], object], seconds: float) -> dict[str, Any]:
    without = _run(step, seconds / 4)
    with sf.track(optimizer) as tracker:
        tracked = _run(step, seconds)
    return {
        "without": spread(without),
        "with": spread(tracked),  # its median is that of a step that is not recorded
        "overhead": tracker.overhead,
        "records": len(tracker.records),
        "steps": tracker.steps,
        "a_record": tracker.overhead * sum(tracked) / len(tracker.records),
    }


def _run(step: Callable[[], object], seconds: float) -> list[float]:
    """Times of single steps, for so many seconds in all, after three that do not count."""
    for _ in range(3):
        step()
    taken: list[float] = []
    end = perf_counter() + seconds
    while perf_counter() < end:
        start = perf_counter()
        step()
        taken.append(perf_counter() - start)
    return taken
