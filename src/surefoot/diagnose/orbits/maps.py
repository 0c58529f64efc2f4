"""What a rule does over a range of settings, as plain records: stability maps and bifurcation diagrams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.orbits import kinds
from surefoot.diagnose.orbits.ensemble import Ensemble
from surefoot.diagnose.orbits.settling import NUDGE
from surefoot.errors import UserError, did_you_mean
from surefoot.rules.rule import Rule, Setting

Numbers = NDArray[np.floating[Any]]

#: The name of the one axis that is no hyperparameter.
CURVATURE = "curvature"
#: Errors kept of each orbit of a map: enough to see a period up to half as long.
KEPT = 12
#: Steps of a map at least: a quarter of them is longer than that.
FEWEST = 4 * (KEPT + 1)
#: A diagram's starts, beside those that go on from the setting before: of both sides, near and far.
STARTS = (1e-12, -1e-6, 1e-3, -1.0, 10.0)
#: Rounds of steps that are let pass at each setting of a diagram, and the errors then kept of each orbit.
ROUNDS, ROUND, SHOWN = 4, 4096, 48
#: Errors of a diagram above this have left for good, those below are on the minimum.
GONE, ARRIVED = 1e15, 1e-30
#: The step count at which a map begins: late, so that what corrects the first steps has faded.
LATE = 10**6


@dataclass(frozen=True)
class StabilityMap:
    """What becomes of a small error, over two settings.

    Attributes:
        x, y: what changes along each axis. x_values, y_values: its values.
        kind: (y values, x values) of `Kind`. amplitude: (y values, x values) the largest error in the end.
        steps: how many were made. start: the first error.
    """

    x: str
    y: str
    x_values: Numbers
    y_values: Numbers
    kind: NDArray[np.str_]
    amplitude: Numbers
    steps: int
    start: float


@dataclass(frozen=True)
class Bifurcation:
    """Where orbits end, over one setting.

    Attributes:
        name: what changes. values: its values.
        errors: (values, points) errors on the attractors found, 0 on the minimum: from starts near and far, and from
            where orbits were at the value below and at the value above, so that what exists beside another attractor is
            seen too. NaN where an orbit has left the numbers, or was still on its way: its error fell at every step.
        steps: how many were made before.
    """

    name: str
    values: Numbers
    errors: Numbers
    steps: int


def stability_map(
    rule: Rule,
    settings: Mapping[str, Setting],
    x: tuple[str, Sequence[float] | Numbers],
    y: tuple[str, Sequence[float] | Numbers],
    *,
    curvature: float = 1.0,
    minimum: float = 0.0,
    steps: int = 2000,
    first: int = LATE,
    start: float = 1e-20,
) -> StabilityMap:
    """What a rule does with a small error, over two settings.

    Args:
        rule: the rule. settings: all its hyperparameters and static options; the two of the axes are overruled.
        x, y: a hyperparameter's name, or `curvature`, and its values.
        curvature: h. minimum: x*. steps: how many.
        first: the step count of the first one: late, so that bias corrections have faded.
        start: the first error, so small that what is seen is whether the minimum itself attracts, and where orbits go
            if it does not.

    Raises:
        UserError: for an axis that is none or stands twice, or a number outside its range.

    >>> from surefoot.rules import find
    >>> rule = find("sgd")
    >>> stability_map(rule, rule.settings(), ("lr", [0.5, 2.5]), ("curvature", [1.0])).kind.tolist()
    [['converges', 'diverges']]
    """
    along, up = _axis(rule, *x), _axis(rule, *y)
    if x[0] == y[0]:
        raise UserError(f"a map has two axes, got {x[0]} twice")
    if not isinstance(steps, int) or steps < FEWEST:
        raise UserError(f"steps must be a whole number from {FEWEST}, got {steps!r}")
    if not 0 < abs(start) < GONE:
        raise UserError(f"start must be an error other than 0 and below {GONE:g}, got {start}")
    ensemble = Ensemble(rule, settings, curvature, minimum)
    grid = np.meshgrid(along, up)
    own = {_input(name): values.ravel() for (name, _), values in zip((x, y), grid, strict=True)}
    stretch = ensemble.run(ensemble.begin(np.array([start]), own), steps, own, first=first, last=KEPT)
    kind = kinds.coarse(stretch.peak, stretch.before, stretch.after, stretch.left, stretch.last, abs(start))
    shape = grid[0].shape
    return StabilityMap(x[0], y[0], along, up, kind.reshape(shape), stretch.after.reshape(shape), steps, start)


def bifurcation(
    rule: Rule,
    settings: Mapping[str, Setting],
    name: str,
    values: Sequence[float] | Numbers,
    *,
    curvature: float = 1.0,
    minimum: float = 0.0,
) -> Bifurcation:
    """Where orbits end as one setting changes.

    Args:
        rule: the rule. settings: all its hyperparameters and static options; the one that changes is overruled.
        name: a hyperparameter, or `curvature`. values: rising.

    Raises:
        UserError: for an unknown name, or a value outside its domain.
    """
    along = _axis(rule, name, values)
    ensemble = Ensemble(rule, settings, curvature, minimum)
    own = {_input(name): np.repeat(along, len(STARTS))}
    variables = ensemble.begin(np.tile(STARTS, len(along)), own)
    fresh, variables = _end(ensemble, variables, own)
    found = [fresh.reshape(SHOWN, len(along), len(STARTS)).transpose(1, 0, 2).reshape(len(along), -1)]
    ends = variables.reshape(len(variables), len(along), len(STARTS))
    found.append(_continued(ensemble, _input(name), along, ends[:, 0]))
    found.append(_continued(ensemble, _input(name), along[::-1], ends[:, -1])[::-1])
    return Bifurcation(name, along, np.concatenate(found, axis=1), ROUNDS * ROUND)


def _continued(ensemble: Ensemble, name: str, values: Numbers, variables: Numbers) -> Numbers:
    """(values, points) errors where each value's orbits begin where the last value's ended, moved by a millionth."""
    rows = []
    for value in values:
        errors, variables = _end(ensemble, variables * (1 + 1e-6), {name: value}, rounds=1)
        rows.append(errors.ravel())
    return np.array(rows)


def _end(
    ensemble: Ensemble, variables: Numbers, own: Mapping[str, Any], rounds: int = ROUNDS
) -> tuple[Numbers, Numbers]:
    """Some errors after the transient, (points, orbits), and the variables there.

    An orbit that has vanished into the minimum is nudged after each round, lest it stay on one that repels.
    """
    parameters, first = ensemble.parameters | dict(own), 1
    for _ in range(rounds):
        variables = ensemble.engine.run(variables, ROUND, parameters, first=first).variables
        first += ROUND
        if ensemble.place == 0:
            variables[0, np.abs(variables[0]) < kinds.NOTHING] = NUDGE
    walk = ensemble.engine.run(variables, SHOWN, parameters, first=first, every=1)
    assert walk.path is not None
    errors = walk.path[:, 0] - ensemble.place
    sizes = np.abs(errors)
    with np.errstate(invalid="ignore"):
        on_its_way = (np.diff(sizes, axis=0) < 0).all(0) & (sizes[-1] > ARRIVED)
        seen = (sizes < GONE) & ~on_its_way
    return np.where(seen, np.where(sizes < ARRIVED, 0.0, errors), np.nan), walk.variables


def _axis(rule: Rule, name: str, values: Sequence[float] | Numbers) -> Numbers:
    """The values of an axis, checked at both ends."""
    try:
        along = np.asarray(values, float)
    except (TypeError, ValueError) as error:
        raise UserError(f"{name}: an axis must be a list of numbers: {error}") from None
    if along.ndim != 1 or not len(along):
        raise UserError(f"{name}: an axis must be a list of numbers, got shape {along.shape}")
    if name == CURVATURE:
        if not (along > 0).all() or not np.isfinite(along).all():
            raise UserError(f"curvature must be above 0 and finite, got {along.min():g} to {along.max():g}")
        return along
    if name not in rule.hyper:
        known = [*rule.hyper, CURVATURE]
        raise UserError(f"{rule.name} has no hyperparameter {name!r} to vary; {did_you_mean(name, known)}")
    for value in along:
        rule.hyper[name].check(name, float(value))
    return along


def _input(name: str) -> str:
    return "field:h" if name == CURVATURE else name
