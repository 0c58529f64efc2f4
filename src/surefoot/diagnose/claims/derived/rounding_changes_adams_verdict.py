"""The same walk in the same arithmetic, moved by one: rounding hides Adam's spikes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import paths
from surefoot.rules import Value, find

STEPS = 30_000


def at_zero(x: Value) -> Value:
    """The minimum where floats are dense."""
    return 0.5 * x * x


def at_one(x: Value) -> Value:
    """The same, moved."""
    return 0.5 * (x - 1) * (x - 1)


def tail(landscape: Callable[..., Any], minimum: float) -> float:
    """The largest distance to the minimum in the second half, started 0.01 above it, float64."""
    path = paths(find("adam"), landscape, (minimum + 0.01,), STEPS, [1e-3])
    return float(np.abs(path[STEPS // 2 :] - minimum).max())


@claim(
    "In float64, default Adam on (x - x*)^2/2 spikes for ever when x* = 0 and stops dead when x* = 1: below the "
    "spacing of numbers near 1 the gradient is exactly 0.",
    "derived: floats are dense near 0 only",
)
def adam() -> Evidence:
    """The second half of 30,000 steps."""
    return Evidence.of(
        Figure("largest |e| at x* = 0", tail(at_zero, 0.0), ">", 5e-5),
        Figure("largest |e| at x* = 1", tail(at_one, 1.0), "=", 0.0, within=0.0),
    )
