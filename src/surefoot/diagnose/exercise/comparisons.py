"""Part (d), 1 and 2: against gradient descent where curvature varies, and short memories against long ones."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.lanes import decades, paths, steps_to
from surefoot.diagnose.claims.ravines import ALIGNED_START, ROTATED_START, aligned, rotated
from surefoot.diagnose.exercise.update import DESCENT, EPS, LR, UPDATE
from surefoot.engines.field import Field
from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.rules import Value, where
from surefoot.rules.rule import Rule

Array = NDArray[np.floating[Any]]
MOST = 20_000
DECAYS = (0.0, 0.5, 0.9, 0.99, 0.999)
SWITCH, AFTER = 100, 19_900


@dataclass(frozen=True)
class Reach:
    """One rule over many curvatures, at one learning rate, from e_0 = 1.

    Attributes:
        curvatures: (n,). arrivals: steps to |e| <= 0.01, infinite where never in 20,000.
        ends: the largest |e| of the last 100 steps; infinite where it diverges.
    """

    curvatures: Array
    arrivals: Array
    ends: Array


def bowl(x: Value, *, h: float = 1.0) -> Value:
    """A quadratic of curvature h."""
    loss: Value = 0.5 * h * x * x
    return loss


def reach(rule: Rule) -> Reach:
    """Walks over nine decades of curvature."""
    curvatures = np.geomspace(1e-4, 1e4, 65)
    settings = {"lr": LR, "field:h": curvatures} | ({"eps": EPS} if "eps" in rule.hyper else {})
    path = Orbits(compose(rule, Field.of(bowl))).run([[1.0]], MOST, settings, every=1).path
    assert path is not None
    size = np.abs(np.where(np.isfinite(path[:, 0]), path[:, 0], np.inf))
    near = size <= 0.01
    arrivals = np.where(near.any(axis=0), 1.0 + near.argmax(axis=0), np.inf)
    ends = size[-100:].max(axis=0)
    diverged = ends > 1
    return Reach(curvatures, np.where(diverged, np.inf, arrivals), np.where(diverged, np.inf, ends))


def both() -> tuple[Reach, Reach]:
    """Gradient descent, and the exercise's update."""
    return reach(DESCENT), reach(UPDATE)


@dataclass(frozen=True)
class Memory:
    """What beta does, at one beta.

    Attributes:
        steps: effective steps by eta while the gradient is 1,000 for 100 steps and 1 after, (steps,).
        recovery: steps after the fall until the effective step is back within a tenth of eta/|g|; -1 if never seen.
        predicted: log(10^6/0.21)/log(1/beta), from v = 1 + 10^6 beta^k and a tenth in the root.
        spread: distance between the quartiles of the effective step by its median, under gradients 1 + noise of
            standard deviation 1.
    """

    beta: float
    steps: Array
    recovery: int
    predicted: float
    spread: float


def falling(x: Value, *, t: Value) -> Value:
    """A slope whose steepness falls a thousandfold."""
    return where(t <= SWITCH, 1000.0, 1.0) * x


def noisy(x: Value, *, noise_x: Value) -> Value:
    """A slope of 1 with noise."""
    return (1 + noise_x) * x


def memories() -> tuple[Memory, ...]:
    """Both experiments at five betas."""
    betas, (state,) = np.array(DECAYS), UPDATE.state[:1]
    keep, parameters = (f"{state}.x",), {"lr": LR, "eps": EPS, "beta": betas}
    started = {**parameters, "initial": 1e6}
    fall = Orbits(compose(UPDATE, Field.of(falling))).run([[0.0]], SWITCH + AFTER, started, every=1, keep=keep).path
    drawn = np.random.default_rng(0).standard_normal((20_000, 1))
    run = {**parameters, "initial": 2.0}
    shaky = Orbits(compose(UPDATE, Field.of(noisy))).run([[0.0]], 20_000, run, noise=drawn, every=1, keep=keep).path
    assert fall is not None
    assert shaky is not None
    return tuple(_memory(beta, fall[:, 0, i], shaky[10_000:, 0, i]) for i, beta in enumerate(DECAYS))


def _memory(beta: float, fall: Array, shaky: Array) -> Memory:
    steps, trembling = 1 / np.sqrt(fall + EPS), 1 / np.sqrt(shaky + EPS)
    back = steps[SWITCH:] >= 1 / 1.1
    recovery = 1 + int(back.argmax()) if back.any() else -1
    predicted = 1.0 if beta == 0 else log(1e6 / 0.21) / -log(beta)
    first, median, third = np.quantile(trembling, (0.25, 0.5, 0.75))
    return Memory(beta, steps, recovery, predicted, float((third - first) / median))


def turned() -> tuple[tuple[str, float, float], ...]:
    """Of each rule, the fewest steps to 1% on a valley of condition 1,000, along the axes and turned by 45 degrees."""
    return tuple(
        (name, fewest(rule, aligned, ALIGNED_START), fewest(rule, rotated, ROTATED_START))
        for name, rule in (("gradient descent", DESCENT), ("RMSProp", UPDATE))
    )


def fewest(rule: Rule, landscape: Callable[..., Any], start: tuple[float, float]) -> float:
    """Steps at the best of 41 learning rates."""
    return float(steps_to(paths(rule, landscape, start, 4000, decades(1e-4, 10, 8)), 0.01).min())
