"""The length of the first step, which every rule states of itself."""

from math import sqrt
from typing import Any

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import RULES

GRADIENTS = (1e-3, 1.0, 700.0)


@claim(
    "Adam's first step is exactly lr long, whatever the gradient; and every rule's is as its source gives it.",
    "Kingma & Ba 2015, section 2.1; the rules' own facts",
)
def first_step() -> Evidence:
    """Every rule at eps = 0 from 0, with gradients over six decades."""
    figures = []
    for name, rule in RULES.items():
        settings: dict[str, Any] = {"eps": 0.0} if "eps" in rule.hyper else {}
        numbers = {h: float(rule.defaults[h]) for h in rule.hyper}
        for g in GRADIENTS:
            published = float(eval(str(rule.facts.first_step), {"sqrt": sqrt}, {**numbers, "g": g}))
            step = abs(float(Walk(rule, [0.0], **settings).step([g])[0]))
            figures.append(Figure(f"{name}, g = {g:g}", step, "=", published, within=1e-9))
    return Evidence.of(*figures)
