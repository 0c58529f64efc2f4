"""Adaptive rates where the directions of unlike curvature are the coordinates, and where they are not."""

from collections.abc import Callable
from typing import Any

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import decades, paths, steps_to
from surefoot.diagnose.claims.ravines import ALIGNED_START, ROTATED_START, aligned, rotated
from surefoot.rules import find


def fewest(rule: str, landscape: Callable[..., Any], start: tuple[float, float]) -> float:
    """Steps to within 0.01 of the minimum, at the best of 41 learning rates."""
    return float(steps_to(paths(find(rule), landscape, start, 4000, decades(1e-4, 10, 8)), 0.01).min())


@claim(
    "Parameter-wise learning rates solve what a single one cannot: slopes of unlike steepness.",
    "the chapter, on why to adapt",
    "holds when the steep and the flat direction lie along coordinates; turned by 45 degrees most of the gain is gone",
)
def uneven() -> Evidence:
    """Steps to 1% of the start on a quadratic of condition number 1,000, each rule tuned, by gradient descent's."""

    def ratio(rule: str, landscape: Callable[..., Any], start: tuple[float, float]) -> Figure:
        turned = "turned" if landscape is rotated else "along coordinates"
        steps = fewest(rule, landscape, start) / fewest("sgd", landscape, start)
        return Figure(f"{rule}'s steps by gradient descent's, {turned}", steps, "<", 0.1)

    names = ("adagrad", "rmsprop", "adam")
    return Evidence(
        tuple(ratio(name, aligned, ALIGNED_START) for name in names),
        tuple(ratio(name, rotated, ROTATED_START) for name in names),
    )
