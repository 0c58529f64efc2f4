"""The heavy ball's threshold on a quadratic."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import find


@claim(
    "The heavy ball on curvature h is stable exactly for lr < 2(1 + beta)/h.",
    "Polyak 1964; Jury's conditions on z^2 - (1 + beta - lr h) z + beta",
)
def heavy_ball() -> Evidence:
    """At four decays."""
    return Evidence.of(
        *(
            Figure(f"beta = {b:g}", threshold(find("momentum"), 4.0, beta=b), "=", 2 * (1 + b) / 4, within=1e-6)
            for b in (0.0, 0.5, 0.9, 0.99)
        )
    )
