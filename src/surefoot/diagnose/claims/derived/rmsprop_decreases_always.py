"""The exercise's (b): when RMSProp's error decreases at every step from every start."""

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find

ERRORS = np.geomspace(1e-12, 1e6, 400)


def next_errors(lr: float, beta: float) -> NDArray[np.float64]:
    """e'/e after one step from every start, the second moment at zero, where it is hardest, and above."""
    ratios = []
    for moment in (0.0, 1e-9, 1.0):
        walk = Walk(find("rmsprop"), ERRORS, state={"G": moment}, lr=lr, beta=beta)
        ratios.append(walk.step(ERRORS) / ERRORS)
    return np.stack(ratios)


def largest(holds_at: float, beta: float) -> float:
    """The largest lr at which no e'/e falls to `holds_at` or below, by bisection."""
    low, high = 1e-6, 1.0
    while high / low > 1 + 1e-9:
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if next_errors(middle, beta).min() > holds_at else (low, middle)
    return low


@claim(
    "RMSProp's |e| decreases at every step from every start exactly for lr h <= 2 sqrt(eps), and keeps its sign too "
    "exactly for lr h <= sqrt(eps); neither depends on beta or v_0.",
    "the chapter's exercise, (b): |e'| < |e| iff v' + eps > (lr h)^2/4",
)
def rmsprop() -> Evidence:
    """One step from 1,200 starts at eps = 1e-8, h = 1."""
    return Evidence.of(
        *(Figure(f"always decreasing, beta = {b:g}", largest(-1.0, b), "=", 2e-4, 1e-6) for b in (0.0, 0.5, 0.999)),
        *(Figure(f"sign kept, beta = {b:g}", largest(0.0, b), "=", 1e-4, 1e-6) for b in (0.0, 0.5, 0.999)),
    )
