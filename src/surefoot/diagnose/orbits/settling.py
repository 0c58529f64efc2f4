"""Deciding what an orbit does: more and more steps, until the answer can no longer change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.orbits import kinds
from surefoot.diagnose.orbits.course import course
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.lyapunov import exponents
from surefoot.engines.orbits.composed import Map
from surefoot.engines.orbits.orbit import Orbits

Numbers = NDArray[np.floating[Any]]

#: Steps of the first attempt, and at most; each attempt that leaves it open makes four times as many.
FIRST, MOST = 4096, 2**20
#: How many of the last errors decide on a period, and over how many steps an exponent is measured.
LAST, MEASURED = 512, 8192
#: A rest is tried by moving the error to NUDGE, whose square is 0 in float64, for NUDGED steps: it repels if the error
#: becomes LEAVES times as large.
NUDGE, NUDGED, LEAVES = 1e-165, 2000, 1e6
#: Of errors below about this size float64 cannot hold the squares: what an orbit does there is not the rule's doing.
LEAST = 1e-150
#: Steps in which the state of an orbit at rest fades.
FADES = 2**17


@dataclass(frozen=True)
class Simulation:
    """An orbit and what became of it.

    Attributes:
        kind: what it does in the end.
        steps: how many steps were made. first: the errors after the first of them, the start before all.
        last: the errors after the last of them. course: (points, 2) steps and sizes of the error, to be drawn.
        amplitude: the largest error at the end, 0 where it converges, infinite where it diverges.
        period: of a cycle, 1 where it rests, None where it does not repeat itself.
        rate: where it converges, the factor a step by which the largest error fell at the end.
        exponent: the largest Lyapunov exponent a step, where one was needed to tell.
        monotone: whether |e| fell at every step until it was 0. keeps_sign: whether e never changed its sign.
        nudged: how often the error had become too small for float64 beside a minimum that repels: it was put to 1e-165,
            as any disturbance would.
        undefined: the step that had no value in float64 (NaN: nought by nought, the root of what is negative) though
            the error was finite; None if every step had one.
        variables: (variables,) where it ended, in the map's own coordinates.
        without_rounding: where it is absorbed by rounding beside x*, what the error does with the minimum at 0.
    """

    kind: Kind
    steps: int
    first: Numbers
    last: Numbers
    course: Numbers
    amplitude: float
    period: int | None
    rate: float | None
    exponent: float | None
    monotone: bool
    keeps_sign: bool
    nudged: int
    undefined: int | None
    variables: Numbers
    without_rounding: Kind | None = None


def settle(map_: Map, parameters: Mapping[str, Any], place: float, start: float, most: int) -> Simulation:
    """Make more and more steps until what the orbit does is clear, at most so many.

    Args:
        map_: of one coordinate. place: where the minimum is. start: the first error. most: how many steps at most.
    """
    orbit = _Orbit(Orbits(map_), parameters, place, start)
    wanted, kind, period = 0, Kind.UNDECIDED, None
    while kind is Kind.UNDECIDED and wanted < most:
        wanted = min(4 * wanted or FIRST, most)
        orbit.go(wanted - orbit.made)
        kind, period = _kind(orbit.errors, orbit.left, wanted >= most, orbit.least)
    if orbit.undefined is not None:  # what is divided at the minimum itself is no sign of having left it
        kind = Kind.CONVERGES if abs(orbit.errors[-1]) < orbit.least else Kind.DIVERGES
    elif kind is Kind.CONVERGES and abs(orbit.errors[-1]) < orbit.least and orbit.is_held():
        orbit.go_on_nudged(most // 4 + FADES)
        kind, period = _kind(orbit.errors[-(most // 4) :], False, False, orbit.least)
    exponent = None
    if kind is Kind.UNDECIDED and not _is_moving(orbit.errors):
        exponent = float(exponents(map_, orbit.variables, MEASURED, parameters, first=orbit.made + 1)[0, 0])
        if exponent > kinds.NEUTRAL or not _shrinks_in_swings(orbit.errors):
            kind = kinds.irregular(exponent, orbit.errors[len(orbit.errors) // 2 :])
    return _summary(orbit, kind, period, exponent)


class _Orbit:
    """One orbit under way: its errors so far, and where it stands."""

    def __init__(self, engine: Orbits, parameters: Mapping[str, Any], place: float, start: float) -> None:
        self.engine = engine
        self.parameters = parameters
        self.place = place
        self.variables = engine.run([[place + start]], 0, parameters).variables
        self.least = LEAST * max(1.0, abs(start)) / min(1.0, float(parameters.get("field:h", 1.0)))
        self.made = 0
        self.left = False
        self.nudged = 0
        self.undefined: int | None = None
        self._parts: list[Numbers] = [np.array([start])]

    @property
    def errors(self) -> Numbers:
        """The start, then the error after each step."""
        self._parts = [np.concatenate(self._parts)]
        return self._parts[0]

    def go(self, steps: int) -> None:
        """Go on by so many steps."""
        walk = self.engine.run(self.variables, steps, self.parameters, first=self.made + 1, every=1)
        assert walk.path is not None
        self.variables, self.left = walk.variables, bool(walk.left[0])
        new = walk.path[:, 0, 0] - self.place
        numbers = int(np.argmax(np.isnan(new))) if np.isnan(new).any() else steps
        if numbers < steps and np.isfinite(new[:numbers]).all():
            new, self.undefined = new[:numbers], self.made + numbers + 1
        new[np.abs(new) < kinds.NOTHING] = 0
        self._parts.append(new)
        self.made += steps

    def is_held(self) -> bool:
        """Whether float64 alone holds the orbit at the minimum: it would leave it if it were not exactly there.

        Asked twice, the second time when the state that the way there has left behind has faded.
        """
        if self.place != 0:
            return False
        first = self.made + 1
        faded = self.engine.run(self.variables, FADES, self.parameters, first=first).variables
        return bool(
            repels(self.engine, self.variables, self.parameters, first)[0]
            or repels(self.engine, faded, self.parameters, first + FADES)[0]
        )

    def go_on_nudged(self, steps: int) -> None:
        """Go on, and wherever the error has become nothing, put it to NUDGE, as any disturbance would."""
        for _ in range(steps // FIRST):
            if self.undefined is not None:
                return
            if self._parts[-1][-1] == 0:
                self.variables[0] = NUDGE
                self.nudged += 1
            self.go(FIRST)


def repels(engine: Orbits, variables: Numbers, parameters: Mapping[str, Any], first: int) -> NDArray[np.bool_]:
    """Which orbits, at rest on a minimum at 0, would leave it if they were not exactly there: (orbits,)."""
    nudged = variables.copy()
    nudged[0] = NUDGE
    tail = engine.run(nudged, NUDGED, parameters, first=first, tail=NUDGED).tail
    assert tail is not None
    stays = np.maximum(-tail.low[0], tail.high[0]) < LEAVES * NUDGE
    return np.asarray(~stays)


def _kind(errors: Numbers, left: bool, is_last: bool, least: float) -> tuple[Kind, int | None]:
    """What the errors so far say, `UNDECIDED` if more steps could say otherwise."""
    if left or not np.isfinite(errors).all():
        return Kind.DIVERGES, None
    before, after = _quarters(errors)
    rests = is_last and after >= least and _comes_to_rest(errors)
    falls = is_last and after <= kinds.SHRINKS * before and not rests and _falls(errors)
    if after == 0 or max(before, after) < least or falls:
        return Kind.CONVERGES, None
    (period,) = kinds.periods(errors[-LAST:, np.newaxis])
    change = abs(after - before) / after
    if rests or (period == 1 and change <= kinds.STILL):
        return Kind.TRAPPED, 1
    if period > 1 and change <= kinds.SETTLED:
        return (Kind.TWO_CYCLE if period == 2 else Kind.CYCLE), int(period)
    return (Kind.DIVERGES if is_last and _grows(errors) else Kind.UNDECIDED), None


def _quarters(errors: Numbers) -> tuple[float, float]:
    """The largest error over the second and over the last quarter."""
    n = len(errors)
    return float(np.abs(errors[n // 4 : n // 2]).max()), float(np.abs(errors[3 * n // 4 :]).max())


def _falls(errors: Numbers) -> bool:
    """Whether the mean size falls as well, and on: on the way to a cycle the largest may fall alone."""
    second, third, fourth = (part.mean() for part in np.array_split(np.abs(errors), 4)[1:])
    largest = np.array([part.max() for part in np.array_split(np.abs(errors[len(errors) // 4 :]), 6)])
    falls = fourth <= kinds.SHRINKS * second and kinds.still_falls(second, third, fourth)
    return bool(falls and (np.diff(largest) < 0).all() and not _is_passing(errors))


def _shrinks_in_swings(errors: Numbers) -> bool:
    """Whether the largest error falls from quarter to quarter, though not from each stretch to the next."""
    second, third, fourth = (np.abs(part).max() for part in np.array_split(errors, 4)[1:])
    return bool(third < kinds.SHRINKS * second and fourth < kinds.SHRINKS * third)


def _is_passing(errors: Numbers) -> bool:
    """Whether it goes one way and, for its size, ever faster, as what does not slow down at the minimum."""
    steps = np.diff(errors[len(errors) // 2 :])
    if not ((steps >= 0).all() or (steps <= 0).all()):
        return False
    first, second, third = errors[[len(errors) // 2, 3 * len(errors) // 4, -1]]
    return bool(third * first < kinds.STEADY * second * second)


def _blocks(errors: Numbers) -> Numbers:
    """The largest error in each of 16 stretches of the last half."""
    return np.array([np.abs(part).max() for part in np.array_split(errors[len(errors) // 2 :], 16)])


def _grows(errors: Numbers) -> bool:
    largest = _blocks(errors)
    return bool((np.diff(largest) > 0).all() and largest[-1] > largest[0] / kinds.SHRINKS)


def _comes_to_rest(errors: Numbers) -> bool:
    """Whether it goes one way, each quarter by the same part of the quarter before, to a place that is not 0."""
    n = len(errors)
    steps = np.diff(errors[n // 4 :])
    if not ((steps >= 0).all() or (steps <= 0).all()):
        return False
    four = errors[[n // 4, n // 2, 3 * n // 4, n - 1]]
    if abs(four[3] - four[2]) <= kinds.STILL * abs(four[3]):
        return bool(four[3] != 0)
    return bool(kinds.rests_beside(four))


def _is_moving(errors: Numbers) -> bool:
    """Whether it is still under way: its largest errors go one way, by a twentieth and more or at every step."""
    largest, sizes = _blocks(errors), np.abs(errors[len(errors) // 2 :])
    steps = np.diff(largest)
    if not ((steps > 0).all() or (steps < 0).all()):
        return False
    return bool(abs(largest[-1] - largest[0]) > 0.05 * largest[0] or (np.diff(sizes) <= 0).all())


def _summary(orbit: _Orbit, kind: Kind, period: int | None, exponent: float | None) -> Simulation:
    errors = orbit.errors
    sizes = np.abs(errors)
    nonzero = sizes[: int(np.argmin(sizes)) + 1] if (sizes == 0).any() else sizes
    monotone = bool((np.diff(nonzero) < 0).all()) and not sizes[len(nonzero) :].any()
    converges = kind is Kind.CONVERGES
    return Simulation(
        kind=Kind.MONOTONE if converges and monotone else kind,
        steps=len(errors) - 1,
        first=errors[:LAST],
        course=course(sizes, kind in (Kind.QUASI_PERIODIC, Kind.CHAOS, Kind.UNDECIDED)),
        last=errors[-LAST:],
        amplitude=0.0 if converges else np.inf if kind is Kind.DIVERGES else float(sizes[-LAST:].max()),
        period=period,
        rate=_rate(nonzero, orbit.least) if converges else None,
        exponent=exponent,
        monotone=monotone,
        keeps_sign=bool((np.sign(errors[: len(nonzero)]) * np.sign(errors[0]) >= 0).all()),
        nudged=orbit.nudged,
        undefined=orbit.undefined,
        variables=orbit.variables[:, 0],
    )


def _rate(sizes: Numbers, least: float) -> float:
    """The factor a step, from the largest error of one stretch to that of the next, before it is too small to tell."""
    able = sizes[: int(np.argmax(sizes < least))] if (sizes < least).any() else sizes
    n = len(able) // 4
    if n == 0:
        return 0.0
    return float((able[-n:].max() / able[-2 * n : -n].max()) ** (1 / n))
