"""AdaGrad converges on a quadratic at every learning rate."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find


@claim(
    "AdaGrad converges on a quadratic for every learning rate: its sum of squares grows until steps are short enough.",
    "derived: the sum of squares is bounded, and so is its root; the step by the curvature falls below 2",
)
def adagrad() -> Evidence:
    """Learning rates over six decades above the distance to go, far above the linear threshold 2 sqrt(eps) = 2e-4."""
    figures = []
    for lr in (1.0, 1e2, 1e4, 1e6):
        walk = Walk(find("adagrad"), 1.0, lr=lr)
        for _ in range(400):
            walk.step(walk.x)
        figures.append(Figure(f"|e| at lr = {lr:g} after 400 steps", abs(float(walk.x)) / lr, "<", 1e-12))
        figures.append(Figure(f"step by curvature at lr = {lr:g}", lr / float(np.sqrt(walk.state["G"])), "<", 2.0))
    return Evidence.of(*figures)
