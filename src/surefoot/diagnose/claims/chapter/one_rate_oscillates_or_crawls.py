"""One learning rate for a steep and a flat direction."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import paths
from surefoot.diagnose.claims.ravines import ALIGNED_START, aligned
from surefoot.rules import find


@claim(
    "With one learning rate, parameters with large gradients oscillate while progress for others is painfully slow.",
    "the chapter, on fixed learning rates",
)
def one_rate() -> Evidence:
    """Gradient descent at 95% of the steep direction's threshold, curvatures 1,000 and 1: both at once."""
    path = paths(find("sgd"), aligned, ALIGNED_START, 100, [0.95 * 2 / 1000])[:, :, 0]
    flips = float((np.sign(path[1:, 1]) != np.sign(path[:-1, 1])).mean())
    return Evidence.of(
        Figure("steps in which the steep coordinate changes sign, of 99", 99 * flips, "=", 99.0),
        Figure("way left along the flat coordinate after 100 steps", float(path[-1, 0]), ">", 0.8),
    )
