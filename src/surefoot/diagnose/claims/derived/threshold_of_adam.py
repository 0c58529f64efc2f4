"""Adam's threshold: beta1 and epsilon set it, beta2 does not."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import find


@claim(
    "Adam is stable exactly for lr h < 2 eps (1 + beta1)/(1 - beta1), whatever beta2.",
    "Jury's conditions on the linearisation once bias correction is over",
)
def adam() -> Evidence:
    """Over both decays, at the default epsilon."""
    return Evidence.of(
        *(
            Figure(
                f"beta1 = {b1:g}, beta2 = {b2:g}",
                threshold(find("adam"), 1.0, beta1=b1, beta2=b2),
                "=",
                2e-8 * (1 + b1) / (1 - b1),
                within=1e-5,
            )
            for b1, b2 in [(0.9, 0.5), (0.9, 0.9), (0.9, 0.999), (0.9, 0.99999), (0.0, 0.999), (0.5, 0.999)]
        )
    )
