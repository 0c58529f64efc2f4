"""Adam's two parents, found again in it."""

from typing import Any

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find

GRADIENTS = np.random.default_rng(0).standard_normal((100, 4))


def apart(first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]) -> float:
    """The largest distance between two rules' walks along the same random gradients."""
    paths = [
        walk(find(name), lambda x, t: GRADIENTS[t - 1], np.zeros(4), 100, **settings)
        for name, settings in (first, second)
    ]
    return float(np.abs(paths[0] - paths[1]).max())


@claim(
    "Adam combines momentum and RMSProp.",
    "the chapter, on Adam",
)
def combines() -> Evidence:
    """Without momentum and correction it is RMSProp bit for bit; under a huge epsilon it is averaged momentum."""
    adam = {"beta1": 0.0, "beta2": 0.9, "eps_at": "inside", "bias_correction": "none", "lr": 0.01}
    huge = {"beta1": 0.9, "eps": 1e12, "lr": 1e10, "bias_correction": "none"}
    return Evidence.of(
        Figure("distance to RMSProp at beta1 = 0", apart(("adam", adam), ("rmsprop", {"lr": 0.01})), "=", 0.0, 0.0),
        Figure(
            "distance to averaged momentum at a huge epsilon",
            apart(("adam", huge), ("momentum", {"lr": 0.01, "beta": 0.9, "form": "ema"})),
            "<",
            1e-12,
        ),
    )
