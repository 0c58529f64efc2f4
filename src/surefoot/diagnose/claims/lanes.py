"""One rule at many learning rates at once, by the compiled orbit engine."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.field import Field
from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.rules.rule import Rule

Array = NDArray[np.float64]


def paths(
    rule: Rule, landscape: Callable[..., Any], start: Sequence[float], steps: int, rates: Sequence[float], **more: Any
) -> Array:
    """The points after each step, (steps, coordinates, rates).

    Args:
        landscape: a loss of the coordinates. more: other hyperparameters and static options of the rule.
    """
    static = {name: value for name, value in more.items() if name in rule.static}
    hyper = {name: value for name, value in more.items() if name not in rule.static}
    orbits = Orbits(compose(rule, Field.of(landscape), static))
    settings = {**hyper, "lr": np.asarray(rates)}
    path = orbits.run(np.array([start]).T, steps, settings, every=1).path
    assert path is not None
    return np.asarray(path, np.float64)


def decades(low: float, high: float, per_decade: int = 4) -> list[float]:
    """Numbers from low to high, evenly spaced by their logarithm.

    >>> decades(1.0, 100.0, 1)
    [1.0, 10.0, 100.0]
    """
    return [float(f"{x:.6g}") for x in np.geomspace(low, high, 1 + round(per_decade * np.log10(high / low)))]


def steps_to(path: Array, near: float) -> Array:
    """Of each lane, the step after which every |coordinate| was first at most `near`; infinite where it never was."""
    there = (np.abs(path) <= near).all(axis=1)
    return np.where(there.any(axis=0), 1.0 + there.argmax(axis=0), np.inf)
