"""LAMB's trust ratio: every tensor moves by the same part of its own length."""

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import walk
from surefoot.rules import find


def relative(rule: str, length: float, gradient: float) -> float:
    """The first step's length by the tensor's, for a tensor of this length under gradients of this size."""
    random = np.random.default_rng(0)
    x = random.standard_normal(100)
    x *= length / np.linalg.norm(x)
    g = gradient * random.standard_normal(100)
    path = walk(find(rule), lambda x, t: g, x, 1, lr=0.01, eps=1e-12)
    return float(np.linalg.norm(path[1] - path[0]) / length)


@claim(
    "LAMB moves every tensor by lr of its own length, whatever its gradients' scale, so that one lr serves all layers "
    "at any batch size; Adam does not.",
    "the chapter, on variants; You et al. 2020, section 3",
    "holds when the tensor is not zero, as biases often are at the start: there the step is the plain one",
)
def layers() -> Evidence:
    """Tensors of length 0.1 and 100, gradients of size 1e-3 and 1e3."""
    cases = [(0.1, 1e-3), (0.1, 1e3), (100.0, 1e-3), (100.0, 1e3)]
    inside = [
        Figure(f"step by length, |x| = {a:g}, |g_j| about {b:g}", relative("lamb", a, b), "=", 0.01, 1e-6)
        for a, b in cases
    ]
    step = walk(find("lamb"), lambda x, t: np.ones(100), np.zeros(100), 1, lr=0.01)
    inside.append(
        Figure(
            "Adam's: the largest by the smallest", relative("adam", 0.1, 1.0) / relative("adam", 100.0, 1.0), ">", 100.0
        )
    )
    return Evidence(tuple(inside), (Figure("step from 0, by lr", float(np.linalg.norm(step[1])) / 0.01, "=", 0.0),))
