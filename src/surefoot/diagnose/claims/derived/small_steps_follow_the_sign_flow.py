"""What RMSProp and Adam become as lr goes to 0 with their decays fixed: the flow of the gradient's sign."""

from typing import Any

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find

RATES = (1e-3, 5e-4, 2.5e-4)


def order(rule: str, **settings: Any) -> float:
    """The order in lr of the largest distance to x(s) = 1 - s, s = k lr, on x^2/2 from 1 until s = 0.8."""
    errors = []
    for lr in RATES:
        steps = round(0.8 / lr)
        path = walk(find(rule), lambda x, t: x, 1.0, steps, lr=lr, **settings)
        errors.append(np.abs(path - (1 - lr * np.arange(steps + 1))).max())
    return float(np.polyfit(np.log(RATES), np.log(errors), 1)[0])


@claim(
    "At fixed decays, as lr goes to 0, RMSProp and Adam follow x' = -sign(gradient), with an error of order lr, and "
    "not the gradient flow.",
    "da Silva & Gazeau 2020, section 2; Ma, Wu & E 2022",
)
def sign_flow() -> Evidence:
    """Orders by regression; and where the gradient flow would be."""
    path = walk(find("rmsprop"), lambda x, t: x, 1.0, 800, lr=1e-3)
    return Evidence.of(
        Figure("RMSProp's order", order("rmsprop"), "=", 1.0, within=0.1),
        Figure("Adam's order, beta2 = 0.5", order("adam", beta2=0.5), "=", 1.0, within=0.1),
        Figure("RMSProp's distance to the gradient flow at s = 0.8", abs(path[-1] - np.exp(-0.8)), ">", 0.2),
    )
