"""RMSProp at beta = 0."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


@claim(
    "Without memory, at beta = 0 and eps = 0, RMSProp is descent along the sign of the gradient, every step lr long.",
    "derived: g/sqrt(g^2) is the sign of g",
)
def sign_descent() -> Evidence:
    """Random gradients over six decades."""
    gradients = np.random.default_rng(0).standard_normal((200, 3)) * [1e-3, 1.0, 1e3]
    path = walk(find("rmsprop"), lambda x, t: gradients[t - 1], np.zeros(3), 200, beta=0.0, eps=0.0, lr=0.01)
    apart = np.diff(path, axis=0) + 0.01 * np.sign(gradients)
    return Evidence.of(
        Figure("largest distance to a signed step, by lr", float(np.abs(apart).max()) / 0.01, "<", 1e-12)
    )
