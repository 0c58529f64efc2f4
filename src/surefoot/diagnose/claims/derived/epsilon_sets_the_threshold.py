"""Epsilon is more than a guard against division by zero."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


@claim(
    "Epsilon is there to prevent division by zero, and is of no other consequence.",
    "how the chapter's 'small smoothing term to prevent division by zero' is usually read",
    "does not hold: it sets the stability limit, in proportion to sqrt(eps) in RMSProp and to eps in Adam",
)
def epsilon() -> Evidence:
    """What the sentence implies: that a larger epsilon changes no verdict."""
    ratios = [
        threshold(find(rule), 1.0, eps=1e-6) / threshold(find(rule), 1.0, eps=1e-8) for rule in ("rmsprop", "adam")
    ]
    ends = [abs(float(walk(find("rmsprop"), lambda x, t: x, 1.0, 3000, eps=eps)[-1])) for eps in (1e-8, 1e-4)]
    return Evidence.of(
        Figure("RMSProp's threshold, eps x 100", ratios[0], "=", 1.0),
        Figure("Adam's threshold, eps x 100", ratios[1], "=", 1.0),
        Figure(
            "orders of magnitude between where RMSProp ends", float(np.log10(ends[0] / (ends[1] + 1e-300))), "<", 1.0
        ),
    )
