"""The same walk in the same arithmetic, moved by one: rounding hides Adam's spikes."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find

STEPS = 30_000


def tail(minimum: float) -> float:
    """The largest distance to the minimum in the second half, started one above it, float64."""
    path = walk(find("adam"), lambda x, t: x - minimum, minimum + 1.0, STEPS)
    return float(np.abs(path[STEPS // 2 :] - minimum).max())


@claim(
    "In float64, default Adam on (x - x*)^2/2 spikes for ever when x* = 0 and stops dead when x* = 1: below the "
    "spacing of numbers near 1 the gradient is exactly 0.",
    "derived: floats are dense near 0 only",
    heavy=True,
)
def adam() -> Evidence:
    """The second half of 30,000 steps."""
    return Evidence.of(
        Figure("largest |e| at x* = 0", tail(0.0), ">", 1e-4),
        Figure("largest |e| at x* = 1", tail(1.0), "=", 0.0, within=0.0),
    )
