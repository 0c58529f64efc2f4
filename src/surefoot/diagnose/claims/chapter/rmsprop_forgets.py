"""How long RMSProp remembers."""

from math import log

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find


@claim(
    "RMSProp forgets the distant past, exponentially: a gradient k steps ago has weight (1 - beta) beta^k; at the "
    "usual 0.9 half of it is gone after 7 steps.",
    "the chapter, on RMSProp's fading memory",
)
def forgets() -> Evidence:
    """One gradient of 1, then none."""
    walk = Walk(find("rmsprop"), 0.0, beta=0.9)
    moments = []
    for t in range(60):
        walk.step(1.0 if t == 0 else 0.0)
        moments.append(float(walk.state["G"]))
    below = int(np.argmax(np.array(moments) <= moments[0] / 2))
    return Evidence.of(
        Figure("weight at once", moments[0], "=", 0.1),
        Figure("weight after 50 steps", moments[50], "=", 0.1 * 0.9**50),
        Figure("steps until half is gone", float(below), "=", float(np.ceil(log(0.5) / log(0.9)))),
    )
