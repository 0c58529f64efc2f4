"""Decoupled decay moves the point where AdamW rests, by an amount that epsilon decides."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


@claim(
    "AdamW on h/2 (x - x*)^2 rests at x* - e where h e/(|h e| + eps) = weight_decay (x* - e), not at the minimum of "
    "the loss plus a quadratic penalty.",
    "derived: the step and the decay must cancel",
)
def adamw() -> Evidence:
    """At eps = 1, h = 1, x* = 1: e/(e + 1) = 0.1 (1 - e), whose positive root is (sqrt(1.4) - 1)."""
    x = walk(find("adamw"), lambda x, t: x - 1, 0.0, 4000, lr=0.05, beta2=0.9, eps=1.0, weight_decay=0.1)[-1]
    error = 1 - float(x)
    root = (-1 + (1 + 0.04) ** 0.5) / 0.2  # 0.1 e^2 + e - 0.1 = 0
    return Evidence.of(
        Figure("distance to the minimum", error, "=", root, within=1e-6),
        Figure("distance under a quadratic penalty", 0.1 / 1.1, "<", error),
    )
