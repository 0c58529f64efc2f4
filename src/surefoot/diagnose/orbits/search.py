"""The largest learning rate that settles, found by trying many at once: for rules of which no threshold is derived."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.orbits import kinds
from surefoot.diagnose.orbits.ensemble import Ensemble, Numbers
from surefoot.diagnose.orbits.settling import LEAST
from surefoot.errors import UserError
from surefoot.rules.rule import Rule, Setting

#: The rates first tried at curvature 1, and how many; then FINE between the last that settles and the first that fails.
LOW, HIGH, MANY, FINE, ROUNDS = 1e-12, 1e6, 145, 32, 2
#: Starts: the given one, and these many learning rates. Steps that settle are seen from near, far cycles from far.
STARTS = (1.0, 1e-2, 1e-6)
#: An orbit settles that shrinks from each stretch of steps to the next, or, two by two, by a tenth to those
#: four later.
STRETCHES, STEPS = 8, 2048
#: A start nearer than this part of the minimum's place is lost to rounding, and so are rates a thousandth of it.
LAST_DIGITS = 1e-9
#: Starts nearer than this part of it move in coarse steps of its last digit.
COARSE = 1e-3


@dataclass(frozen=True)
class Searched:
    """What was found.

    Attributes:
        value: the largest rate below which every rate tried settles: 0 if none does, infinite if all do.
        low, high: the least and the largest rate tried.
    """

    value: float
    low: float
    high: float


def largest_rate(
    rule: Rule, settings: Mapping[str, Setting], rate: str, *, curvature: float, minimum: float, start: float
) -> Searched | None:
    """Try a few hundred learning rates, each from several starts that are no further away than the given one.

    A rate settles if from every start the errors shrink to the end, or come to rest beside a minimum that is not at 0.
    None where fewer than two rates are allowed.
    """
    ensemble = Ensemble(rule, settings, curvature, minimum)
    low, high = max(LOW / max(1.0, curvature), LAST_DIGITS / 1e3 * abs(ensemble.place)), HIGH / min(1.0, curvature)
    rates = np.array([lr for lr in np.geomspace(low, high, MANY) if _is_allowed(rule, rate, lr)])
    if len(rates) < 2:
        return None
    low, high = float(rates[0]), float(rates[-1])
    good, bad = 0.0, math.inf
    for number in range(1 + ROUNDS):
        settled = settle_at(ensemble, rate, rates, start)
        if settled.all():
            good = float(rates[-1]) if number else math.inf
            break
        first = int(np.argmin(settled))
        if first == 0 and number == 0:
            break
        good, bad = (float(rates[first - 1]) if first else good), float(rates[first])
        rates = np.geomspace(good, bad, FINE)
    return Searched(good, low, high)


def settle_at(ensemble: Ensemble, rate: str, rates: Numbers, start: float) -> NDArray[np.bool_]:
    """(rates,) whether orbits settle from every start."""
    least = max(LAST_DIGITS * abs(ensemble.place), LEAST)
    near = [np.clip(part * rates, min(least, abs(start)), abs(start)) for part in STARTS]
    starts = np.sign(start) * np.concatenate([np.full(len(rates), abs(start)), *near])
    own = {rate: np.tile(rates, 1 + len(STARTS))}
    variables, first = ensemble.begin(starts, own), 1
    sizes = []
    for _ in range(STRETCHES):
        walk = ensemble.engine.run(variables, STEPS, ensemble.parameters | own, first=first, tail=STEPS)
        assert walk.tail is not None
        variables, first = walk.variables, first + STEPS
        sizes.append(np.fmax(walk.tail.high[0] - ensemble.place, ensemble.place - walk.tail.low[0]))
        variables[:, (walk.left > 0) | ~np.isfinite(variables).all(0)] = np.nan
    ends = np.abs(variables[0] - ensemble.place)
    settled = _settled(np.array(sizes), ends, starts, abs(ensemble.place))
    return np.asarray(settled.reshape(1 + len(STARTS), -1).all(0))


def _settled(sizes: Numbers, ends: Numbers, starts: Numbers, place: float) -> NDArray[np.bool_]:
    """Which orbits settle. One that has not moved by a last digit tells nothing, and so is not against its rate."""
    with np.errstate(invalid="ignore"):
        pairs = np.maximum(sizes[::2], sizes[1::2])  # what swings slowly need not shrink from each stretch to the next
        stands = (sizes[1:] == sizes[:-1]) & (np.abs(starts) < COARSE * place)  # some steps there change no digit of x
        shrinks = ((sizes[1:] < sizes[:-1]) | (sizes[1:] < LEAST) | stands).all(0)
        shrinks |= (pairs[2:] < kinds.SHRINKS * pairs[:-2]).all(0) & (pairs[-1] < np.abs(starts) / 2)
        rests = (sizes[-1] - ends <= kinds.STILL * np.maximum(sizes[-1], place)) & (sizes[-1] < place / 2)
        unmoved = np.abs(ends - np.abs(starts)) <= kinds.STILL * place
    return np.asarray(np.isfinite(ends) & (shrinks | rests | unmoved))


def _is_allowed(rule: Rule, rate: str, value: float) -> bool:
    try:
        rule.hyper[rate].check(rate, value)
    except UserError:
        return False
    return True
