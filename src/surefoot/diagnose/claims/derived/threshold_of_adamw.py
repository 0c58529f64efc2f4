"""AdamW's threshold when the minimum is at zero: decay takes a part of the room."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import find


@claim(
    "AdamW with its minimum at 0 is stable exactly for lr (h/eps (1 - beta1)/(1 + beta1) + weight_decay) < 2.",
    "Jury's condition at z = -1 on the linearisation",
)
def adamw() -> Evidence:
    """From no decay to a large one, with an epsilon of 1 so that it can be seen."""
    figures = []
    for decay in (0.0, 0.01, 1.0):
        published = 2 / (0.1 / 1.9 + decay)
        computed = threshold(find("adamw"), 1.0, eps=1.0, weight_decay=decay)
        figures.append(Figure(f"weight_decay = {decay:g}", computed, "=", published, within=1e-5))
    return Evidence.of(*figures)
