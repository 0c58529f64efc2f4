"""Part (c): the effective step along a walk, and what epsilon does to it."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.exercise.update import BETA, LR, UPDATE
from surefoot.diagnose.flow.losses import quadratic
from surefoot.engines.field import Field
from surefoot.engines.graph import Graph
from surefoot.engines.orbits.orbit import Orbits, compose

Array = NDArray[np.floating[Any]]
STEPS = 1000
EPSILONS = (1e-8, 1e-6, 4e-5, 1e-2)


@dataclass(frozen=True)
class Stride:
    """A walk from e_0 = 1 at one epsilon.

    Attributes:
        errors: |e_k|, (steps + 1,). steps: the effective steps eta / sqrt(v_(k+1) + epsilon), (steps,).
        end: the last |e|. predicted: where theory says it ends: 0 up to eta = 2 sqrt(epsilon), else the 2-cycle.
        limit: the largest eta that converges, 2 sqrt(epsilon).
        arrival: the first k with |e_k| at most 1%, 0 where there is none.
    """

    eps: float
    errors: Array
    steps: Array
    end: float
    predicted: float
    limit: float
    arrival: int


def strides() -> tuple[Stride, ...]:
    """Walks at the exercise's eta and beta, from v_0 = e_0^2, over four epsilons."""
    orbits = Orbits(compose(UPDATE, Field.of(quadratic)))
    (state,) = Graph.of(UPDATE).state
    parameters = {"lr": LR, "beta": BETA, "eps": np.array(EPSILONS), "initial": 1.0}
    path = orbits.run([[1.0]], STEPS, parameters, every=1, keep=("x.x", f"{state}.x")).path
    assert path is not None
    return tuple(_stride(eps, path[:, 0, i], path[:, 1, i]) for i, eps in enumerate(EPSILONS))


def _stride(eps: float, x: Array, v: Array) -> Stride:
    errors = np.abs(np.concatenate([[1.0], x]))
    near = errors <= 0.01
    return Stride(
        eps,
        errors,
        LR / np.sqrt(v + eps),
        float(errors[-1]),
        sqrt(max(LR**2 / 4 - eps, 0.0)),
        2 * sqrt(eps),
        int(near.argmax()) if near.any() else 0,
    )


def without_epsilon() -> float:
    """The next error from e = 0, v = 0 at epsilon = 0: 0/0."""
    orbits = Orbits(compose(UPDATE, Field.of(quadratic)))
    return float(orbits.run([[0.0]], 1, {"lr": LR, "beta": BETA, "eps": 0.0, "initial": 0.0}).x[0, 0])
