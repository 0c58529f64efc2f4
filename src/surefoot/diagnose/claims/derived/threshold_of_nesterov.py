"""Nesterov's threshold, for a rule that a user might write; and the house's own form of it."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.linear import threshold
from surefoot.rules import Momentum, Rate, Rule, Value, find


def nesterov(x: Value, g: Value, m: Value, *, t: Value, lr: Rate = 1e-2, beta: Momentum = 0.9) -> tuple[Value, Value]:
    """The step looks ahead along the momentum, as torch writes it."""
    m = beta * m + g
    return x - lr * (g + beta * m), m


@claim(
    "Nesterov's momentum, as torch writes it, is stable exactly for lr < 2(1 + beta)/((1 + 2 beta) h).",
    "Jury's conditions on z^2 - (1 + beta)(1 - lr h) z + beta(1 - lr h), in torch's variables",
)
def nesterov_threshold() -> Evidence:
    """A rule of one's own at three decays, and the built-in form at one."""
    own = Rule.of(nesterov)
    figures = [
        Figure(f"beta = {b:g}", threshold(own, 1.0, beta=b), "=", 2 * (1 + b) / (1 + 2 * b), within=1e-6)
        for b in (0.0, 0.5, 0.9)
    ]
    built_in = threshold(find("momentum"), 1.0, beta=0.9, form="nesterov")
    return Evidence.of(*figures, Figure("built in, beta = 0.9", built_in, "=", 2 * 1.9 / 2.8, within=1e-6))
