"""Part (b): when the error decreases at every step, checked from many starts and over whole boxes.

All in the exercise's units of part (a), line 7: epsilon = 1 and h = 1, so that lr is rho.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.exercise.update import UPDATE
from surefoot.diagnose.flow.losses import quadratic
from surefoot.engines.field import Field
from surefoot.engines.orbits.orbit import Orbits, compose

Array = NDArray[np.floating[Any]]
STEPS = 400
#: Below this |u| the factor at rho = 2 differs from -1 by less than float64 can tell in a few steps.
SEEN = 1e-7
DECAYS = (0.0, 0.5, 0.9, 0.99)
RATIOS = (0.5, 1.0, 1.5, 2.0, 2.1, 4.0)


@dataclass(frozen=True)
class Survey:
    """Of starts at one rho and beta, how many obey.

    Attributes:
        decreasing: the share in which |e| fell at every step. keeping: the share in which the sign never changed too.
        largest: the largest |e| in the last tenth of the steps, over all starts.
    """

    rho: float
    beta: float
    starts: int
    decreasing: float
    keeping: float
    largest: float


def starts() -> tuple[Array, Array]:
    """Errors from 0.001 to 1,000 and, for each, v_0 at 0, at e_0^2 and a hundred times that."""
    errors = np.geomspace(1e-3, 1e3, 40)
    moments = [0.0 * errors, errors**2, 100 * errors**2]
    return np.tile(errors, 3), np.concatenate(moments)


def survey(rho: float, beta: float) -> Survey:
    """Walk from all starts and count."""
    errors, moments = starts()
    path = orbit(rho, beta, errors, moments, STEPS)
    size = np.abs(path)
    decreasing = ((size[1:] < size[:-1]) | (size[:-1] < SEEN)).all(axis=0)
    keeping = decreasing & ((path >= 0) | (size < SEEN)).all(axis=0)
    return Survey(
        rho, beta, len(errors), float(decreasing.mean()), float(keeping.mean()), float(size[-STEPS // 10 :].max())
    )


def orbit(rho: float, beta: float, errors: Array, moments: Array, steps: int) -> Array:
    """The errors along walks, (steps + 1, starts)."""
    orbits = Orbits(compose(UPDATE, Field.of(quadratic)))
    parameters = {"lr": rho, "beta": beta, "eps": 1.0, "initial": moments}
    path = orbits.run([list(errors)], steps, parameters, every=1).path
    assert path is not None
    return np.concatenate([[errors], path[:, 0]])


def table(decays: Sequence[float] = DECAYS) -> tuple[Survey, ...]:
    """For each rho the survey over all decays together: the worst shares."""
    rows = []
    for rho in RATIOS:
        found = [survey(rho, beta) for beta in decays]
        rows.append(
            Survey(
                rho,
                float("nan"),
                sum(one.starts for one in found),
                float(np.mean([one.decreasing for one in found])),
                float(np.mean([one.keeping for one in found])),
                max(one.largest for one in found),
            )
        )
    return tuple(rows)


@dataclass(frozen=True)
class Box:
    """The factor e'/e over all hyperparameters and states of a box, bounded by interval arithmetic."""

    rho: tuple[float, float]
    low: float
    high: float

    @property
    def proves(self) -> bool:
        """Whether no state in the box can fail to decrease: the factor stays strictly between -1 and 1."""
        return min(self.low + 1, 1 - self.high) > 0


def box(low: float, high: float) -> Box:
    """Bounds for rho in [low, high], beta in [0, 0.999], u in [0.001, 1e6], w in [0, 1e12], all at once."""
    import mpmath  # noqa: PLC0415 - SymPy brings it

    interval = mpmath.iv.mpf
    rho, beta, u, w = interval([low, high]), interval([0, 0.999]), interval([1e-3, 1e6]), interval([0, 1e12])
    factor = 1 - rho / mpmath.iv.sqrt(beta * w + (1 - beta) * u**2 + 1)
    return Box((low, high), float(factor.a), float(factor.b))


def node_until(beta: float) -> float:
    """Up to which rho the 2-cycle attracts without turning round it, so that |e| can fall for ever towards it.

    Where trace^2 >= 4 determinant at the cycle: rho^2 <= 8/(2 - w), w = (1 - sqrt(beta))/(1 + sqrt(beta)).
    """
    w = (1 - sqrt(beta)) / (1 + sqrt(beta))
    return sqrt(8 / (2 - w))


@dataclass(frozen=True)
class Branch:
    """Where walks end as rho grows: the largest and least |e| of their tails, at one beta."""

    beta: float
    rho: Array
    high: Array
    low: Array


def branch(beta: float) -> Branch:
    """The tails of walks at 120 values of rho from 1 to 5."""
    rho = np.linspace(1, 5, 121)
    orbits = Orbits(compose(UPDATE, Field.of(quadratic)))
    path = orbits.run([[3.0]], 6000, {"lr": rho, "beta": beta, "eps": 1.0}, every=1).path
    assert path is not None
    tail = np.abs(path[-200:, 0])
    return Branch(beta, rho, tail.max(axis=0), tail.min(axis=0))


@dataclass(frozen=True)
class Approach:
    """A walk above the limit whose |e| falls at every step, towards the 2-cycle.

    Attributes:
        rho, beta: the setting. first, last: |e| at the start and after `steps` steps. cycle: the predicted amplitude.
        falls: whether it fell at every step, as far as float64 can tell the distance to the cycle.
    """

    rho: float
    beta: float
    steps: int
    first: float
    last: float
    cycle: float
    falls: bool


def approach(excess: float, beta: float) -> Approach:
    """A walk at rho = 2 by an excess, from twice the cycle's amplitude with v_0 above e_0^2."""
    rho, steps = 2 * excess, 20_000
    cycle = sqrt(rho**2 / 4 - 1)
    size = np.abs(orbit(rho, beta, np.array([2 * cycle]), np.array([3 * cycle**2]), steps))[:, 0]
    falls = (size[1:] < size[:-1]) | (np.abs(size[1:] / cycle - 1) < 1e-9)
    return Approach(rho, beta, steps, float(size[0]), float(size[-1]), cycle, bool(falls.all()))


def first_failures() -> tuple[tuple[float, int], ...]:
    """For each beta, the first step at which |e| does not fall: eta = 0.01, epsilon = 1e-8, e_0 = 1, v_0 = e_0^2."""
    found = []
    for beta in DECAYS:
        scale = 1e-4  # the square root of epsilon
        size = np.abs(orbit(0.01 / scale, beta, np.array([1 / scale]), np.array([1 / scale**2]), 5000))[:, 0]
        rises = size[1:] >= size[:-1]
        found.append((beta, 1 + int(rises.argmax()) if rises.any() else 0))
    return tuple(found)
