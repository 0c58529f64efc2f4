"""RMSProp's 2-cycle above the threshold, where it is and that it attracts."""

from math import sqrt

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk, walk
from surefoot.rules import find


def folded(lr: float, beta: float, eps: float) -> tuple[float, float]:
    """Trace and determinant at the cycle of the map (e, v) -> (-e', v'), by central differences, h = 1."""
    e = sqrt(lr**2 / 4 - eps)
    v, size = e * e, 1e-6
    columns = []
    for de, dv in ((size * e, 0.0), (0.0, size * v)):
        images = []
        for side in (1, -1):
            step = Walk(find("rmsprop"), e + side * de, state={"G": v + side * dv}, lr=lr, beta=beta, eps=eps)
            images.append((-float(step.step(step.x)), float(step.state["G"])))
        columns.append((np.array(images[0]) - np.array(images[1])) / (2 * (de + dv)))
    jacobian = np.stack(columns, axis=1)
    return float(np.trace(jacobian)), float(np.linalg.det(jacobian))


@claim(
    "Above its threshold RMSProp ends on a 2-cycle |e| = sqrt(lr^2/4 - eps/h^2), stable for every rho > 2 and every "
    "beta: folded, its map has determinant beta and trace 1 + beta - 8(1 - beta)(1/4 - 1/rho^2).",
    "derived for the chapter's exercise",
)
def rmsprop() -> Evidence:
    """At the defaults, and the map at three settings."""
    path = walk(find("rmsprop"), lambda x, t: x, 1.0, 2000)
    figures = [
        Figure("|e| at the defaults", abs(float(path[-1])), "=", 0.0049989999, within=1e-8),
        Figure("e'/e at the defaults", float(path[-1] / path[-2]), "=", -1.0),
        Figure("|e|, eps outside", _outside(), "=", 0.01 / 2 - 1e-4, within=1e-6),
    ]
    for rho, beta in [(2.5, 0.9), (10.0, 0.5), (100.0, 0.99)]:
        trace, determinant = folded(rho * 1e-4, beta, 1e-8)
        published = 1 + beta - 8 * (1 - beta) * (0.25 - 1 / rho**2)
        figures.append(Figure(f"trace at rho = {rho:g}, beta = {beta:g}", trace, "=", published, within=1e-6))
        figures.append(Figure(f"determinant at rho = {rho:g}, beta = {beta:g}", determinant, "=", beta, within=1e-6))
    return Evidence.of(*figures)


def _outside() -> float:
    path = walk(find("rmsprop"), lambda x, t: x, 1.0, 2000, eps=1e-4, eps_at="outside")
    return abs(float(path[-1]))
