"""What momentum makes of noise."""

from math import sqrt
from typing import Any

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


def noise(rule: str, **settings: Any) -> float:
    """The root mean square of late steps when gradients are independent noise of unit variance."""
    gradients = np.random.default_rng(0).standard_normal((600, 2000))
    path = walk(find(rule), lambda x, t: gradients[t - 1], np.zeros(2000), 600, **settings)
    return float(np.sqrt(np.mean(np.diff(path[300:], axis=0) ** 2)))


@claim(
    "Momentum smooths noisy descent: an average of gradients has sqrt((1 - beta)/(1 + beta)) of their noise, Adam too.",
    "the chapter, on momentum and on Adam",
    "holds when momentum averages; as the heavy ball, at the same lr, it makes steps under noise longer",
)
def smooths() -> Evidence:
    """Step lengths under pure noise by those without momentum, beta = 0.9: 0.2294."""
    published = sqrt(0.1 / 1.9)
    averaged = noise("momentum", lr=1.0, beta=0.9, form="ema") / noise("sgd", lr=1.0)
    adam = noise("adam", beta1=0.9) / noise("adam", beta1=0.0)
    ball = noise("momentum", lr=1.0, beta=0.9) / noise("sgd", lr=1.0)
    return Evidence(
        (Figure("averaged momentum", averaged, "=", published, 0.02), Figure("Adam", adam, "=", published, 0.02)),
        (Figure("heavy ball", ball, "=", published, 0.02),),
    )
