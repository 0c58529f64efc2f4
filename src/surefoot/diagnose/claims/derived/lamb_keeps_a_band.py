"""LAMB's step is a fixed part of the parameter's own length: it cannot settle, and cannot cross zero."""

from typing import Any

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


@claim(
    "LAMB with a constant lr never settles at a minimum away from 0: each step is lr |x| long, and |e| keeps a band of "
    "about that width; a parameter cannot change its sign.",
    "derived from Algorithm 2: |x'| = |1 -+ lr| |x| for a single parameter without decay",
)
def lamb() -> Evidence:
    """One parameter, its minimum at 1 and, for the sign, at -1."""
    settings: dict[str, Any] = {"lr": 0.01, "weight_decay": 0.0}
    path = walk(find("lamb"), lambda x, t: x - 1, [2.0], 3000, **settings)[:, 0]
    tail = path[-1000:]
    strides = np.abs(np.diff(tail)) / np.abs(tail[:-1])
    across = walk(find("lamb"), lambda x, t: x + 1, [2.0], 3000, **settings)[:, 0]
    return Evidence.of(
        Figure("shortest step by |x|", strides.min(), "=", 0.01, within=1e-6),
        Figure("longest step by |x|", strides.max(), "=", 0.01, within=1e-6),
        Figure("largest |e| in the end, by lr |x*|", np.abs(tail - 1).max() / 0.01, ">", 0.5),
        Figure("smallest x on the way to -1", across.min(), ">", 0.0),
    )
