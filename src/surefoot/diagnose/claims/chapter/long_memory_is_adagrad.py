"""RMSProp as beta goes to 1."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


def distance(beta: float, factor: float) -> float:
    """The largest distance over 100 steps between RMSProp at a factor of lr = 0.1 and AdaGrad, on a quadratic."""
    path = walk(find("rmsprop"), lambda x, t: x, 1.0, 100, lr=0.1 * factor, beta=beta, eps=0.0)
    return float(np.abs(path - walk(find("adagrad"), lambda x, t: x, 1.0, 100, lr=0.1, eps=0.0)).max())


@claim(
    "A higher beta means a longer memory, closer to AdaGrad's behaviour.",
    "the chapter, on RMSProp",
    "holds when lr is scaled by sqrt(1 - beta) along; at a fixed lr a higher beta makes the early steps longer instead",
)
def long_memory() -> Evidence:
    """Distance between the walks, by 1 - beta; and at the lr of AdaGrad."""
    gaps = (1e-3, 1e-4, 1e-5)
    scaled = [distance(1 - gap, float(np.sqrt(gap))) for gap in gaps]
    order = float(np.polyfit(np.log(gaps), np.log(scaled), 1)[0])
    return Evidence(
        (
            Figure("distance at beta = 0.99999, lr scaled", scaled[-1], "<", 1e-3),
            Figure("its order in 1 - beta", order, "=", 1.0, 0.05),
        ),
        (Figure("distance at beta = 0.99999, lr the same", distance(1 - 1e-5, 1.0), "<", 1e-3),),
    )
