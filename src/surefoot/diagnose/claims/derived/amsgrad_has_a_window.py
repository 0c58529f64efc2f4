"""AMSGrad is not unconditionally convergent on a quadratic: just above Adam's threshold there is a window."""

from collections.abc import Sequence
from math import sqrt

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import paths
from surefoot.diagnose.flow.losses import quadratic
from surefoot.rules import find

BETA2 = 0.9
W = (1 - sqrt(BETA2)) / (1 + sqrt(BETA2))
TOP = 4 / (2 - W)  # of lr h/eps, with beta1 = 0


def tails(ratios: Sequence[float]) -> list[float]:
    """|e| after 40,000 steps from close by, in units of eps/h, at each lr h/eps."""
    path = paths(find("amsgrad"), quadratic, (1e-3,), 40_000, ratios, beta1=0.0, beta2=BETA2, eps=1.0)
    return [abs(float(e)) for e in path[-1, 0]]


@claim(
    "AMSGrad (beta1 = 0) started near the minimum ends on the 2-cycle |e| = lr/2 - eps/h for lr h/eps between 2 and "
    "4/(2 - w), w = (1 - sqrt(beta2))/(1 + sqrt(beta2)), and converges above it, where the oscillation overshoots and "
    "the maximum locks.",
    "derived: the folded map at the cycle has determinant beta2, and real eigenvalues exactly inside the window",
)
def amsgrad() -> Evidence:
    """Below, inside and above the window at beta2 = 0.9, where it reaches to 2.0267."""
    middle, inside = (2 + TOP) / 2, 2 + 0.9 * (TOP - 2)
    below, at_middle, at_inside, above = tails([1.98, middle, inside, 2.2])
    return Evidence.of(
        Figure(f"|e| inside, at {middle:.4f}", at_middle, "=", middle / 2 - 1, within=1e-2),
        Figure(f"|e| inside, at {inside:.4f}", at_inside, "=", inside / 2 - 1, within=1e-2),
        Figure("|e| below, at 1.98", below, "<", 1e-12),
        Figure("|e| above, at 2.2", above, "<", 1e-12),
        Figure("upper end of the window", TOP, "=", 2.0267, within=1e-4),
    )
