"""How many decades of learning rates serve, for RMSProp and for AdaGrad."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import decades, paths
from surefoot.diagnose.claims.moving import calming, misses
from surefoot.rules import Value, find

RATES = decades(1e-4, 1e4, 8)


def bowl(x: Value) -> Value:
    """A quadratic that stands still."""
    return 0.5 * x * x


def still(rule: str) -> float:
    """Decades of lr at which 1,000 steps on the quadratic lead to 1% of the start."""
    return float((np.abs(paths(find(rule), bowl, (1.0,), 1000, RATES)[-1, 0]) <= 0.01).sum() / 8)


def restless(rule: str) -> float:
    """Decades of lr at which the swaying minimum of falling curvature is followed to within 0.1."""
    return float((misses(rule, calming, RATES) <= 0.1).sum() / 8)


@claim(
    "RMSProp is more robust than AdaGrad.",
    "the chapter, on RMSProp",
    "holds when the gradient's scale changes; on a quadratic that stands still AdaGrad serves over more of lr",
)
def robust() -> Evidence:
    """Decades of learning rates that serve, of eight tried."""
    return Evidence(
        (
            Figure(
                "RMSProp's decades less AdaGrad's, scale changing", restless("rmsprop") - restless("adagrad"), ">", 0.5
            ),
        ),
        (Figure("RMSProp's decades less AdaGrad's, standing still", still("rmsprop") - still("adagrad"), ">", 0.5),),
    )
