"""AMSGrad is not unconditionally convergent on a quadratic: just above Adam's threshold there is a window."""

from math import sqrt

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find

BETA2 = 0.9
W = (1 - sqrt(BETA2)) / (1 + sqrt(BETA2))
TOP = 4 / (2 - W)  # of lr h/eps, with beta1 = 0


def tail(rho: float) -> float:
    """|e| after 40,000 steps from close by, in units of eps/h, at lr h/eps = rho."""
    walk = Walk(find("amsgrad"), 1e-3, lr=rho, beta1=0.0, beta2=BETA2, eps=1.0)
    for _ in range(40_000):
        walk.step(walk.x)
    return float(np.abs(walk.x))


@claim(
    "AMSGrad (beta1 = 0) started near the minimum ends on the 2-cycle |e| = lr/2 - eps/h for lr h/eps between 2 and "
    "4/(2 - w), w = (1 - sqrt(beta2))/(1 + sqrt(beta2)), and converges above it, where the oscillation overshoots and "
    "the maximum locks.",
    "derived: the folded map at the cycle has determinant beta2, and real eigenvalues exactly inside the window",
    heavy=True,
)
def amsgrad() -> Evidence:
    """Below, inside and above the window at beta2 = 0.9, where it reaches to 2.0267."""
    middle, inside = (2 + TOP) / 2, 2 + 0.9 * (TOP - 2)
    return Evidence.of(
        Figure("upper end of the window", TOP, "=", 2.0267, within=1e-4),
        Figure("|e| below, at 1.98", tail(1.98), "<", 1e-12),
        Figure(f"|e| inside, at {middle:.4f}", tail(middle), "=", middle / 2 - 1, within=1e-2),
        Figure(f"|e| inside, at {inside:.4f}", tail(inside), "=", inside / 2 - 1, within=1e-2),
        Figure("|e| above, at 2.2", tail(2.2), "<", 1e-12),
    )
