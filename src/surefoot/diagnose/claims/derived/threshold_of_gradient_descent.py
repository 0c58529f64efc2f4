"""Gradient descent's threshold on a quadratic."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import find


@claim(
    "Gradient descent on curvature h converges exactly for lr < 2/h.",
    "the recurrence e' = (1 - lr h) e",
)
def gradient_descent() -> Evidence:
    """At three curvatures."""
    return Evidence.of(
        *(Figure(f"h = {h:g}", threshold(find("sgd"), h), "=", 2 / h, within=1e-6) for h in (0.01, 1.0, 50.0))
    )
