"""Many orbits followed until each is on its attractor, and what each does there.

In stretches. An orbit that rests, cycles or has left the numbers is done; the others go on. One that has vanished into
the minimum is nudged after each stretch, while its state fades: if the minimum repels it, only float64 held it there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.orbits import kinds
from surefoot.diagnose.orbits.ensemble import Ensemble, Numbers, Stretch
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.lyapunov import exponents
from surefoot.diagnose.orbits.settling import LEAST, NUDGE, repels

#: How many stretches of how many steps; of how many the trend is taken; over how many steps an exponent is measured.
STRETCHES, STEPS = 32, 2**13
TREND = 16
#: What falls smoothly falls steadily if the part it falls to in half the trend changes no more than this.
STEADY = 1 - 1e-3
MEASURED = 8192
LAST = 4 * kinds.LONGEST
PERIODIC = (Kind.TRAPPED, Kind.TWO_CYCLE, Kind.CYCLE)


@dataclass(frozen=True)
class Arrived:
    """Where orbits are after their transients, (orbits,) each.

    Attributes:
        kind: what each does; `undecided` if it is still on its way. amplitude: its largest error lately.
        exponent: its largest Lyapunov exponent, NaN where none was needed.
        last: (recorded, orbits) its last errors.
    """

    kind: NDArray[np.str_]
    amplitude: Numbers
    exponent: Numbers
    last: Numbers


def arrive(ensemble: Ensemble, errors: Numbers) -> Arrived:
    """Follow orbits that begin at these errors, (orbits,)."""
    variables, count = ensemble.begin(errors), len(errors)
    kind = np.full(count, str(Kind.UNDECIDED), dtype="U32")
    sizes, last = np.zeros((STRETCHES, count)), np.zeros((LAST, count))
    held = np.zeros(count, bool)  # by float64 alone, at some time
    open_ = np.arange(count)
    for number in range(STRETCHES):
        first = 1 + number * STEPS
        before, stretch = variables[:, open_], ensemble.run(variables[:, open_], STEPS, first=first, last=LAST)
        variables[:, open_], last[:, open_] = stretch.variables, stretch.last
        sizes[number:, open_] = stretch.after
        kind[open_] = _told(stretch)
        kind[open_[_vanish(ensemble, before, stretch, first)]] = Kind.CONVERGES
        vanished = open_[np.abs(last[-1, open_]) < kinds.NOTHING]
        repelled = vanished[_repelled(ensemble, variables[:, vanished], 1 + (number + 1) * STEPS)]
        held[repelled] = True
        variables[0, repelled] = ensemble.place + NUDGE
        open_ = np.flatnonzero(kind == Kind.UNDECIDED)
        if not len(open_):
            break
    exponent = np.full(count, np.nan)
    kind[(np.abs(last[-1]) < kinds.NOTHING) & ~held & (kind == Kind.UNDECIDED)] = Kind.CONVERGES
    open_ = np.flatnonzero(kind == Kind.UNDECIDED)
    irregular = open_[~_goes_one_way(kind, sizes, last, open_) | held[open_]]
    if len(irregular):
        exponent[irregular] = exponents(
            ensemble.map, variables[:, irregular], MEASURED, ensemble.parameters, first=1 + STRETCHES * STEPS
        )[0]
    for orbit in irregular:
        kind[orbit] = kinds.irregular(float(exponent[orbit]), last[:, orbit])
    swinging = irregular[_shrinks_in_swings(sizes[:, irregular]) & (exponent[irregular] <= kinds.NEUTRAL)]
    kind[swinging], exponent[swinging] = Kind.CONVERGES, np.nan
    early, late = sizes[-TREND : -TREND // 2].max(0), sizes[-TREND // 2 :].max(0)  # it may have arrived in between
    whole = np.where(early > 2 * late, late, np.maximum(early, late))
    amplitude = np.where(np.isin(kind, PERIODIC), sizes[-1], whole)
    return Arrived(kind, amplitude, exponent, last)


def _told(stretch: Stretch) -> NDArray[np.str_]:
    kind = kinds.repeating(stretch.before, stretch.after, stretch.last)
    kind[(kind != Kind.UNDECIDED) & (stretch.after < LEAST)] = Kind.CONVERGES
    kind[stretch.left] = Kind.DIVERGES
    return kind


def _vanish(ensemble: Ensemble, before: Numbers, stretch: Stretch, first: int) -> NDArray[np.bool_]:
    """Which orbits have no number in the end (nought by nought) because they had come so near the minimum."""
    gone = np.flatnonzero(stretch.left & np.isnan(stretch.variables[0]))
    found = np.zeros(len(stretch.left), bool)
    if len(gone):
        path = ensemble.engine.run(before[:, gone], STEPS, ensemble.parameters, first=first, every=1).path
        assert path is not None
        errors = np.concatenate([before[:1, gone], path[:, 0]]) - ensemble.place
        ends = errors[np.isfinite(errors).cumprod(0).sum(0) - 1, range(len(gone))]
        found[gone] = np.abs(ends) < LEAST
    return found


def _repelled(ensemble: Ensemble, variables: Numbers, first: int) -> NDArray[np.bool_]:
    if ensemble.place != 0 or not variables.shape[1]:
        return np.zeros(variables.shape[1], bool)
    return repels(ensemble.engine, variables, ensemble.parameters, first)


def _shrinks_in_swings(sizes: Numbers) -> NDArray[np.bool_]:
    """Which orbits' largest errors, four stretches by four, were always less than before in the last three quarters."""
    largest = np.maximum.reduceat(sizes, range(STRETCHES // 4, STRETCHES, 4), axis=0)
    return np.asarray((np.diff(largest, axis=0) < 0).all(0) & (largest[-1] < kinds.SHRINKS * largest[0]))


def _goes_one_way(kind: NDArray[np.str_], sizes: Numbers, last: Numbers, open_: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which orbits, still open, only shrank or only grew lately; those that shrank steadily are said to converge."""
    ratio = sizes[-TREND:, open_] / sizes[-TREND - 1 : -1, open_]  # never 0 / 0: who vanished is not open
    shrinks, grows = (ratio < 1).all(0), (ratio > 1).all(0)
    overall = sizes[-1, open_] / sizes[-TREND - 1, open_]
    start, half, end = (sizes[k, open_] for k in (-TREND - 1, -TREND // 2 - 1, -1))
    lately = np.diff(np.abs(last[:, open_]), axis=0)
    smooth = (lately <= 0).all(0)
    steady = np.where(smooth, STEADY, kinds.SHRINKS)
    faster = end * start < steady * half * half  # it may be passing the minimum
    elsewhere = kinds.rests_beside(sizes[-TREND :: TREND // 3][:4][:, open_])
    falls = shrinks & (overall <= kinds.SHRINKS) & kinds.still_falls(start, half, end)
    kind[open_[falls & ~faster & ~elsewhere]] = Kind.CONVERGES
    slowly = (shrinks & smooth) | (grows & (lately >= 0).all(0))
    moves: NDArray[np.bool_] = (shrinks | grows) & (np.abs(overall - 1) > 0.05) | slowly
    return moves
