"""At a flat minimum a fading memory beats gradient descent: steps by gradient grow as the gradient fades."""

from typing import Any

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Gradient, walk
from surefoot.rules import find


def downhill(p: int) -> Gradient:
    """The gradient of x^p."""
    return lambda x, t: p * x ** (p - 1)


def rate(rule: str, p: int, steps: int, **settings: Any) -> float:
    """The mean contraction a step over the second half of a walk on x^p."""
    path = np.abs(walk(find(rule), downhill(p), 1.0, steps, eps=0.0, **settings))
    return float((path[-1] / path[steps // 2]) ** (1 / (steps - steps // 2)))


@claim(
    "Towards the minimum of x^p, p >= 4, at eps = 0, RMSProp and Adam contract linearly, by beta2^(1/(2(p - 2))) a "
    "step, gradient descent only as k^(-1/(p - 2)).",
    "derived: the root of the second moment cannot fall faster than beta2^(k/2), and x^(p-2) follows it",
)
def flat() -> Evidence:
    """p of 4 and 6; gradient descent's exponent by regression."""
    figures = []
    for p in (4, 6):
        power = 1 / (2 * (p - 2))
        figures.append(Figure(f"RMSProp on x^{p}", rate("rmsprop", p, 2000, beta=0.9), "=", 0.9**power, within=1e-3))
        adam = rate("adam", p, 4000, beta1=0.5, beta2=0.9)
        figures.append(Figure(f"Adam on x^{p}, beta2 = 0.9", adam, "=", 0.9**power, within=1e-3))
        path = walk(find("sgd"), downhill(p), 1.0, 20_000, lr=0.02)
        k = np.array([5_000, 10_000, 20_000])
        slope = float(np.polyfit(np.log(k), np.log(path[k]), 1)[0])
        figures.append(Figure(f"gradient descent's exponent on x^{p}", slope, "=", -1 / (p - 2), within=0.02))
    return Evidence.of(*figures)
