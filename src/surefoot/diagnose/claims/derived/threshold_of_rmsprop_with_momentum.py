"""The threshold of RMSProp with the heavy ball."""

from math import sqrt

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import find


@claim(
    "RMSProp with momentum is stable exactly for lr h < 2(1 + beta1) sqrt(eps), whatever beta2.",
    "the heavy ball with lr/sqrt(eps) in place of lr",
)
def rmsprop_with_momentum() -> Evidence:
    """Over both decays."""
    return Evidence.of(
        *(
            Figure(
                f"beta1 = {b1:g}, beta2 = {b2:g}",
                threshold(find("rmsprop_momentum"), 1.0, beta1=b1, beta2=b2, eps=1e-8),
                "=",
                2 * (1 + b1) * sqrt(1e-8),
                within=1e-5,
            )
            for b1, b2 in [(0.0, 0.9), (0.5, 0.9), (0.9, 0.9), (0.9, 0.999)]
        )
    )
