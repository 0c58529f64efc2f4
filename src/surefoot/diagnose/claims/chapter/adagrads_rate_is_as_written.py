"""AdaGrad's effective learning rate, read off its graph, against the chapter's formula for it."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import rates
from surefoot.rules import find


@claim(
    "AdaGrad's effective learning rate is lr/sqrt(G_jj + eps): it never rises, and is the smaller the larger a "
    "parameter's gradients have been.",
    "the chapter, on AdaGrad",
)
def adagrad() -> Evidence:
    """Random gradients, the second parameter's a hundred times the first's, for 200 steps."""
    gradients = np.random.default_rng(0).standard_normal((200, 2)) * [0.1, 10.0]
    computed = rates(find("adagrad"), gradients, lr=0.01, eps=1e-8)
    formula = 0.01 / np.sqrt(np.cumsum(gradients**2, axis=0) + 1e-8)
    mean = np.sqrt((gradients[:, 1] ** 2).sum() / (gradients[:, 0] ** 2).sum())
    return Evidence.of(
        Figure("largest deviation from the formula", float(np.abs(computed / formula - 1).max()), "=", 0.0, 1e-12),
        Figure("largest rise from step to step", float((computed[1:] / computed[:-1] - 1).max()), "<", 1e-15),
        Figure("the first parameter's rate by the second's", float(computed[-1, 0] / computed[-1, 1]), "=", mean, 1e-3),
    )
