"""Bytes a parameter, read off the process: parameters, gradients and state between two steps, and a step's peak."""

import ctypes
import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.pairs import PAIRS
from surefoot.optim import CLASSES, RuleOptimizer, release


@dataclass(frozen=True)
class Effort:
    """How many parameters, in one tensor, and in how many layers of a model so large."""

    parameters: int
    layers: int


FULL = Effort(parameters=20_000_000, layers=20)
QUICK = Effort(parameters=2_000_000, layers=4)
#: glibc's name of the size from which an allocation is a mapping of its own.
_MMAP_THRESHOLD = -3

HALF = torch.bfloat16
#: What is measured of ours: the parameters' type and the options.
PRECISIONS: dict[str, tuple[torch.dtype, dict[str, Any]]] = {
    "float32": (torch.float32, {}),
    "float32, state bfloat16": (torch.float32, {"state_dtype": HALF}),
    "bfloat16": (HALF, {}),
    "bfloat16, kahan": (HALF, {"rounding": "kahan"}),
    "bfloat16, state bfloat16, stochastic": (HALF, {"rounding": "stochastic", "state_dtype": HALF}),
}
THEIRS = {"torch, float32": torch.float32, "torch, bfloat16": HALF}


def measure(effort: Effort) -> dict[str, Any]:
    """Bytes a parameter of every rule in every precision, of torch's class of it, and in training."""
    ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 1 << 16)  # what is freed goes back to the system at once
    theirs = {pair.rule: pair.theirs for pair in PAIRS}
    rows = []
    for rule in CLASSES:
        print(f"memory: {rule}", file=sys.stderr)
        cells = {
            name: _of_optimizer(_ours(rule, options), dtype, effort) for name, (dtype, options) in PRECISIONS.items()
        }
        if rule in theirs:
            cells |= {name: _of_optimizer(theirs[rule], dtype, effort) for name, dtype in THEIRS.items()}
        rows.append({"rule": rule, "bytes": cells})
    training = {name: _of_training(make, effort) for name, make in TRAINING.items()}
    return {"parameters": effort.parameters, "layers": effort.layers, "rows": rows, "training": training}


def _ours(rule: str, options: Mapping[str, Any]) -> Callable[[list[Tensor]], torch.optim.Optimizer]:
    return lambda parameters: CLASSES[rule](parameters, **options)


def _of_optimizer(
    make: Callable[[list[Tensor]], torch.optim.Optimizer], dtype: torch.dtype, effort: Effort
) -> dict[str, float]:
    """Bytes a parameter between two steps, and at the worst moment of the second step."""
    _stepped_twice(make, torch.zeros(1, dtype=dtype))  # what is loaded and compiled is no part of it
    before = _bare()
    kept = _stepped_twice(make, torch.zeros(effort.parameters, dtype=dtype))
    now, peak = _now() - before, _peak() - before
    del kept
    return {"kept": now / effort.parameters, "peak": peak / effort.parameters}


def _stepped_twice(make: Callable[[list[Tensor]], torch.optim.Optimizer], values: Tensor) -> torch.optim.Optimizer:
    """An optimizer after two steps; the peak is counted from the second."""
    p = torch.nn.Parameter(values)
    p.grad = torch.ones_like(p)
    optimizer = make([p])
    optimizer.step()
    _forget_peak()
    optimizer.step()
    return optimizer


def _bare() -> int:
    """What the process holds, everything not needed given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return _now()


def _plain(optimizer: RuleOptimizer) -> None:
    """Nothing more is done to it."""


#: The ways to train whose memory is set side by side, as what is done to the optimizer.
TRAINING: dict[str, Callable[[RuleOptimizer], object]] = {"step after backward": _plain, "released": release}


def _of_training(prepare: Callable[[RuleOptimizer], object], effort: Effort) -> dict[str, float]:
    """Bytes a parameter in training many equal layers with Adam in float32, on one row of data."""
    width = int((effort.parameters / effort.layers) ** 0.5)
    before = _bare()
    model = torch.nn.Sequential(*(torch.nn.Linear(width, width, bias=False) for _ in range(effort.layers)))
    optimizer = CLASSES["adam"](model.parameters())
    prepare(optimizer)
    for turn in range(3):
        if turn == 2:
            _forget_peak()
        optimizer.zero_grad()
        model(torch.ones(1, width)).sum().backward()
        optimizer.step()
    count = effort.layers * width * width
    return {"kept": (_now() - before) / count, "peak": (_peak() - before) / count}


def _now() -> int:
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _forget_peak() -> None:
    """Let the kernel count the peak from here (Linux)."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def _status(field: str) -> int:
    """A field of the process's status, in bytes."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


def table(part: Mapping[str, Any]) -> Iterator[list[str]]:
    """The rows of a page's table, its head first."""
    names = list(dict.fromkeys(name for row in part["rows"] for name in row["bytes"]))
    yield ["rule", *names]
    for row in part["rows"]:
        yield [row["rule"], *(_cell(row["bytes"].get(name)) for name in names)]


def _cell(of: Mapping[str, float] | None) -> str:
    if of is None:
        return "none"
    more = of["peak"] - of["kept"]
    return f"{of['kept']:.1f}" + (f" (+{more:.1f})" if more >= 0.05 else "")
