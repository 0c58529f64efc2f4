"""RMSProp's threshold: epsilon sets it, the decay does not."""

from math import sqrt

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import find


@claim(
    "RMSProp is stable exactly for lr h < 2 sqrt(eps), whatever beta; with eps outside the root, for lr h < 2 eps.",
    "the linearisation at e = 0, v = 0: e' = (1 - lr h/sqrt(eps)) e",
)
def rmsprop() -> Evidence:
    """Over beta, eps and curvature."""
    rule = find("rmsprop")
    figures = [
        Figure(
            f"eps = {eps:g}, beta = {b:g}, h = {h:g}",
            threshold(rule, h, beta=b, eps=eps),
            "=",
            2 * sqrt(eps) / h,
            within=1e-5,
        )
        for eps, b, h in [(1e-8, 0.0, 1.0), (1e-8, 0.9, 1.0), (1e-8, 0.999, 1.0), (1e-2, 0.9, 10.0)]
    ]
    outside = threshold(rule, 1.0, eps=1e-3, eps_at="outside")
    return Evidence.of(*figures, Figure("eps = 0.001 outside", outside, "=", 2e-3, within=1e-5))
