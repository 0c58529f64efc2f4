"""Which rules do not see the scale of the gradient."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import RULES, Rule


def change(rule: Rule, factor: float) -> float:
    """The largest relative change of a walk at eps = 0 when every gradient is multiplied by a factor."""
    gradients = np.random.default_rng(0).standard_normal((60, 5))
    settings: dict[str, Any] = {"eps": 0.0} if "eps" in rule.hyper else {}

    def path(by: float) -> NDArray[np.float64]:
        return walk(rule, lambda x, t: by * gradients[t - 1], np.ones(5), 60, **settings)

    paths = [path(1.0), path(factor)]
    return float(np.abs(paths[1] - paths[0]).max() / np.abs(paths[0]).max())


@claim(
    "Adaptive rules' steps do not change when the gradient is rescaled; gradient descent's and momentum's do.",
    "Kingma & Ba 2015, abstract and section 2.1",
    "holds when eps is 0, for every rule that divides by a root of squares",
)
def scale() -> Evidence:
    """Random gradients times 1024, a power of 2, so that not a bit may change."""
    found = {name: (change(rule, 1024.0), bool(rule.facts.scale_invariant)) for name, rule in RULES.items()}
    return Evidence(
        tuple(
            Figure(f"change of {name}'s walk", moved, "=", 0.0, 1e-12)
            for name, (moved, stated) in found.items()
            if stated
        ),
        tuple(
            Figure(f"change of {name}'s walk", moved, "=", 0.0, 1e-12)
            for name, (moved, stated) in found.items()
            if not stated
        ),
    )
