"""The threshold of momentum written as an average of gradients."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import find


@claim(
    "Momentum as an average of gradients is stable exactly for lr < 2(1 + beta)/((1 - beta) h).",
    "the heavy ball with lr (1 - beta) in place of lr",
)
def averaged_momentum() -> Evidence:
    """At three decays."""
    rule = find("momentum")
    return Evidence.of(
        *(
            Figure(f"beta = {b:g}", threshold(rule, 4.0, beta=b, form="ema"), "=", (1 + b) / (1 - b) / 2, within=1e-6)
            for b in (0.0, 0.5, 0.9)
        )
    )
