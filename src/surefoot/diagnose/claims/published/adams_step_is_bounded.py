"""The published bound on Adam's step, and the gradients that break it."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find

BETA1, BETA2 = 0.9, 0.999


def longest(gradients: NDArray[np.float64]) -> float:
    """The longest step along these gradients, by lr."""
    walk = Walk(find("adam"), 0.0, eps=0.0, lr=1.0)
    steps, before = [], 0.0
    for gradient in gradients:
        after = float(walk.step(gradient))
        steps.append(abs(after - before))
        before = after
    return float(np.nanmax(steps))


@claim(
    "Adam's step is at most lr (1 - beta1)/sqrt(1 - beta2) where that exceeds lr, reached when all gradients but the "
    "last are 0.",
    "Kingma & Ba 2015, section 2.1",
    "does not hold: a gradient that grows by beta2/beta1 a step gets "
    "lr (1 - beta1)/sqrt((1 - beta2)(1 - beta1^2/beta2)), 7.27 lr at the defaults instead of 3.16 lr",
)
def bound() -> Evidence:
    """A spike after 5,000 still steps, and growth by beta2/beta1 after as many; the largest by Cauchy and Schwarz."""
    published = (1 - BETA1) / sqrt(1 - BETA2)
    spike = np.append(np.full(5_000, 1e-30), 1.0)
    growing = np.append(np.full(5_000, 1e-30), (BETA2 / BETA1) ** np.arange(-150, 1.0))
    true = published / sqrt(1 - BETA1**2 / BETA2)
    return Evidence.of(
        Figure("after a spike, by lr", longest(spike), "=", published, within=0.01),
        Figure("the supremum, by Cauchy and Schwarz", longest(growing), "=", true, within=0.01),
        Figure("under growing gradients, by lr", longest(growing), "<", published * 1.01),
    )
