"""Adam with momentum and without, where a valley is turned and where it is not."""

from collections.abc import Callable
from typing import Any

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import decades, paths, steps_to
from surefoot.diagnose.claims.ravines import ALIGNED_START, ROTATED_START, aligned, rotated
from surefoot.rules import find


def fewest(beta1: float, landscape: Callable[..., Any], start: tuple[float, float]) -> float:
    """Steps to within 0.01 of the minimum, at the best of 41 learning rates."""
    path = paths(find("adam"), landscape, start, 4000, decades(1e-4, 10, 8), beta1=beta1)
    return float(steps_to(path, 0.01).min())


@claim(
    "Momentum in Adam accelerates descent and reduces oscillations.",
    "the chapter, on Adam",
    "holds when curvature lies across the coordinates; along them scaling alone is quicker",
)
def accelerates() -> Evidence:
    """Steps on a quadratic of condition number 1,000, beta1 = 0.9 by beta1 = 0, each tuned."""

    def ratio(landscape: Callable[..., Any], start: tuple[float, float]) -> float:
        return fewest(0.9, landscape, start) / fewest(0.0, landscape, start)

    return Evidence(
        (
            Figure(
                "steps with momentum by steps without, turned by 45 degrees", ratio(rotated, ROTATED_START), "<", 0.5
            ),
        ),
        (Figure("the same, along coordinates", ratio(aligned, ALIGNED_START), "<", 0.5),),
    )
