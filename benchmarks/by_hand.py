"""Rules on a parabola as one writes them in NumPy: an array with a number an orbit, a line an assignment of the rule.

State is changed in place, as is natural; what a line needs in between is allocated by NumPy. Powers of the decays are
running products: `beta**t` of an array would take longer than all the rest.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def rmsprop(x: Numbers, steps: int, *, lr: Any, beta: Any, eps: float, curvature: float = 1.0) -> Numbers:
    """The points after so many steps from x, (orbits,)."""
    x, v = x.copy(), np.zeros_like(x)
    for _ in range(steps):
        g = curvature * x
        v *= beta
        v += (1 - beta) * g * g
        x -= lr * g / np.sqrt(v + eps)
    return x


def adam(x: Numbers, steps: int, *, lr: Any, beta1: Any, beta2: Any, eps: float, curvature: float = 1.0) -> Numbers:
    """The points after so many steps from x, (orbits,)."""
    x, m, v = x.copy(), np.zeros_like(x), np.zeros_like(x)
    power1, power2 = 1.0, 1.0
    for _ in range(steps):
        g = curvature * x
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g * g
        power1, power2 = power1 * beta1, power2 * beta2
        x -= lr * (m / (1 - power1)) / (np.sqrt(v / (1 - power2)) + eps)
    return x


RULES: dict[str, Callable[..., Numbers]] = {"rmsprop": rmsprop, "adam": adam}
