"""The best rates of gradient descent and of the heavy ball on a quadratic."""

from math import sqrt
from typing import Any

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import jacobian
from surefoot.rules import find


def rate(rule: str, condition: float, **settings: Any) -> float:
    """The spectral radius over the extreme curvatures 1 and `condition`."""
    return max(float(np.abs(np.linalg.eigvals(jacobian(find(rule), h, **settings))).max()) for h in (1.0, condition))


@claim(
    "At condition number k the best rate of gradient descent is (k - 1)/(k + 1), that of the heavy ball "
    "(sqrt(k) - 1)/(sqrt(k) + 1).",
    "Polyak 1964",
)
def heavy_ball() -> Evidence:
    """At the optimal settings for condition numbers of 10 and 1,000."""
    figures = []
    for k in (10.0, 1000.0):
        root = (sqrt(k) - 1) / (sqrt(k) + 1)
        plain = rate("sgd", k, lr=2 / (k + 1))
        ball = rate("momentum", k, lr=4 / (sqrt(k) + 1) ** 2, beta=root**2)
        figures.append(Figure(f"gradient descent, k = {k:g}", plain, "=", (k - 1) / (k + 1), within=1e-6))
        # At the optimum two eigenvalues coincide, so rounding moves them by its root.
        figures.append(Figure(f"heavy ball, k = {k:g}", ball, "=", root, within=1e-3))
    return Evidence.of(*figures)
