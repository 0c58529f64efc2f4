"""Orbits to be drawn in the plane of the error and one state slot (the next error, for a rule that keeps nothing)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.orbits.ensemble import Ensemble
from surefoot.rules.rule import Rule, Setting

Numbers = NDArray[np.floating[Any]]

#: Starts of a portrait's orbits, in units of the given one; either sign, as orbits of one sign draw half a portrait.
STARTS = (1.0, -0.4, 0.1)


@dataclass(frozen=True)
class Portrait:
    """Orbits in a plane.

    Attributes:
        y: what the second axis shows: the name of a state slot, or `next error`.
        errors, others: (points, orbits) both coordinates: the start, then after each step.
        last_errors, last_others: (points, orbits) the same after the transient.
    """

    y: str
    errors: Numbers
    others: Numbers
    last_errors: Numbers
    last_others: Numbers


def portrait(
    rule: Rule,
    settings: Mapping[str, Setting],
    *,
    curvature: float = 1.0,
    minimum: float = 0.0,
    start: float | None = None,
    starts: Sequence[float] = STARTS,
    steps: int = 200,
    transient: int = 20_000,
) -> Portrait:
    """A few orbits of a setting.

    Args:
        rule: the rule. settings: all its hyperparameters and static options. curvature: h. minimum: x*.
        start: the largest first error, unless given thrice the largest error that an orbit from 1 has in the end;
            `starts` are in units of it. steps: how many to draw, from the start and again after a `transient`.

    >>> from surefoot.rules import find
    >>> rule = find("rmsprop")
    >>> drawn = portrait(rule, rule.settings({"lr": 0.01}))
    >>> drawn.y, drawn.errors.shape, round(float(drawn.errors[0, 0]), 6)
    ('G', (201, 3), 0.014997)
    """
    ensemble = Ensemble(rule, settings, curvature, minimum)
    names = ensemble.map.variables
    begin = ensemble.begin((start or _scale(ensemble, transient)) * np.asarray(starts))
    first = _path(ensemble, begin, steps, 1)
    there = ensemble.engine.run(begin, transient, ensemble.parameters).variables
    last = _path(ensemble, there, steps, transient + 1)
    if len(names) == 1:
        return Portrait("next error", first[:-1, 0], first[1:, 0], last[:-1, 0], last[1:, 0])
    slot = names[1].partition(".")[0]
    return Portrait(slot, first[:, 0], first[:, 1], last[:, 0], last[:, 1])


def _scale(ensemble: Ensemble, transient: int) -> float:
    walk = ensemble.engine.run(ensemble.begin(np.ones(1)), transient, ensemble.parameters, tail=transient // 4)
    assert walk.tail is not None
    largest = max(walk.tail.high[0, 0] - ensemble.place, ensemble.place - walk.tail.low[0, 0])
    return float(3 * largest) if 1e-9 < largest < 1e9 else 1.0


def _path(ensemble: Ensemble, variables: Numbers, steps: int, first: int) -> Numbers:
    """(steps + 1, variables, orbits), errors in place of x."""
    walk = ensemble.engine.run(variables, steps, ensemble.parameters, first=first, every=1, keep=ensemble.map.variables)
    assert walk.path is not None
    path = np.concatenate([variables[np.newaxis], walk.path])
    path[:, 0] -= ensemble.place
    return path
