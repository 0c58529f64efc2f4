"""The linearisation of a rule at the minimum of a quadratic, by differences, and its largest stable learning rate.

An independent way to the thresholds that the diagnosis derives by symbols.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.numpy import table
from surefoot.rules.rule import Rule

LATE = 10**9  # a step count at which every bias correction is over


def jacobian(rule: Rule, curvature: float, **settings: Any) -> NDArray[np.float64]:
    """The derivative of (x, state) after a step by (x, state) before it, at 0 on curvature/2 x^2, by differences.

    They go forward: a second moment cannot be negative.
    """
    chosen = rule.settings(settings)
    graph = Graph.of(rule, chosen)
    names = ("x", *graph.state)
    size = 1e-7 * min(float(chosen.get("eps", 1.0)), 1.0)  # small against the scale on which the map bends
    offsets = size * np.eye(len(names))

    def image(points: NDArray[np.float64]) -> NDArray[np.float64]:
        slots: dict[str, Any] = dict(zip(names, points.T, strict=True))
        host = uniforms(graph)(LATE, **{name: chosen[name] for name in rule.hyper})
        with np.errstate(all="ignore"):
            new = step(graph, table("float64"), {**slots, "g": curvature * slots["x"]}, host)
        return np.stack([new[name] for name in names], axis=1)

    return image(offsets).T / size


def threshold(rule: Rule, curvature: float, low: float = 1e-12, high: float = 1e6, **settings: Any) -> float:
    """The largest learning rate at which no eigenvalue lies outside the unit circle, by bisection."""

    def stable(lr: float) -> bool:
        eigenvalues = np.linalg.eigvals(jacobian(rule, curvature, lr=lr, **settings))
        return bool(np.abs(eigenvalues).max() <= 1 + 1e-10)

    if stable(high):
        return np.inf
    while high / low > 1 + 1e-10:
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if stable(middle) else (low, middle)
    return low
