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
from surefoot.diagnose.orbits.settling import NUDGE, repels

#: How many stretches of how many steps; of how many the trend is taken; over how many steps an exponent is measured.
STRETCHES, STEPS = 32, 2**13
TREND = 16
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
        stretch = ensemble.run(variables[:, open_], STEPS, first=1 + number * STEPS, last=LAST)
        variables[:, open_], last[:, open_] = stretch.variables, stretch.last
        sizes[number:, open_] = stretch.after
        kind[open_] = _told(stretch)
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
    irregular = open_[~_goes_one_way(kind, sizes, open_) | held[open_]]
    if len(irregular):
        exponent[irregular] = exponents(
            ensemble.map, variables[:, irregular], MEASURED, ensemble.parameters, first=1 + STRETCHES * STEPS
        )[0]
    for orbit in irregular:
        kind[orbit] = kinds.irregular(float(exponent[orbit]), last[:, orbit])
    amplitude = np.where(np.isin(kind, PERIODIC), sizes[-1], sizes[-TREND:].max(0))
    return Arrived(kind, amplitude, exponent, last)


def _told(stretch: Stretch) -> NDArray[np.str_]:
    kind = kinds.repeating(stretch.before, stretch.after, stretch.last)
    kind[stretch.left] = Kind.DIVERGES
    return kind


def _repelled(ensemble: Ensemble, variables: Numbers, first: int) -> NDArray[np.bool_]:
    if ensemble.place != 0 or not variables.shape[1]:
        return np.zeros(variables.shape[1], bool)
    return repels(ensemble.engine, variables, ensemble.parameters, first)


def _goes_one_way(kind: NDArray[np.str_], sizes: Numbers, open_: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which orbits, still open, only shrank or only grew lately; those that shrank enough are said to converge."""
    ratio = sizes[-TREND:, open_] / sizes[-TREND - 1 : -1, open_]  # never 0 / 0: who vanished is not open
    shrinks, grows = (ratio < 1).all(0), (ratio > 1).all(0)
    overall = sizes[-1, open_] / sizes[-TREND - 1, open_]
    kind[open_[shrinks & (overall <= kinds.SHRINKS)]] = Kind.CONVERGES
    moves: NDArray[np.bool_] = (shrinks | grows) & (np.abs(overall - 1) > 0.05)
    return moves
