"""The effective learning rates of AdaGrad and RMSProp under steady gradients."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import rates
from surefoot.rules import find


@claim(
    "RMSProp's fading memory keeps the learning rate from vanishing, as AdaGrad's does.",
    "the chapter, on RMSProp",
)
def vanishing() -> Evidence:
    """10,000 gradients of 2: AdaGrad's rate is lr/(2 sqrt(t)), RMSProp's stays at lr/2."""
    steady = np.full((10_000, 1), 2.0)
    adagrad, rmsprop = (rates(find(name), steady, lr=0.01)[-1, 0] for name in ("adagrad", "rmsprop"))
    return Evidence.of(
        Figure("AdaGrad's effective rate after 10,000 steps", float(adagrad), "=", 0.01 / 2 / 100, 1e-6),
        Figure("RMSProp's", float(rmsprop), "=", 0.01 / 2, 1e-6),
    )
