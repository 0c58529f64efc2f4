"""Where a step makes the error smaller: the exact region, and whether it is everything.

Where the new error is the old one times a factor made of second moments alone, |e'| < |e| just where that factor lies
between -1 and 1. If it depends on one second moment V (its new value) and rises with it, that is a bound on V; the
error then decreases at every step from every start just if the bound lies below every V that can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from surefoot.diagnose.derive.formulas import step
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.solving import positive_first, solutions
from surefoot.diagnose.derive.structure import Structure
from surefoot.diagnose.derive.symbols import DerivationError, Expr, Symbols
from surefoot.rules.vocabulary import Node


@dataclass(frozen=True)
class Decrease:
    """The region of one-step decrease.

    Attributes:
        shrink: 1 - e'/e, in symbols: the error decreases just where it is above 0 and below 2, and keeps its sign where
            it is at most 1.
        moment: the new second moment it is made of, or None if it is of none. above: the error decreases just where the
            moment is above this. kept_above: and keeps its sign where it is at or above this.
        always: whether it decreases at every step from every start but the minimum. keeps_sign: whether it also keeps
            its sign then.
    """

    shrink: Expr
    moment: Expr | None
    above: Expr | None
    kept_above: Expr | None
    always: bool
    keeps_sign: bool


def decrease(
    quadratic: Quadratic, symbols: Symbols, found: Structure, late: Mapping[int, Any], shifted: frozenset[str]
) -> Decrease:
    """Derive it.

    Raises:
        DerivationError: if the step is not the error times a factor of one second moment, with the reason.
    """
    shrink, moments = shrinkage(quadratic, symbols, late, shifted)
    within = [letter for letter in moments.values() if letter in shrink.free_symbols]
    if symbols.error in shrink.free_symbols or shrink.free_symbols & set(symbols.slots.values()):
        raise _reason(shrink, moments, symbols)
    if shrink == 0:
        raise DerivationError("as t grows the step vanishes")
    if not within:
        value = symbols.number(shrink)
        return Decrease(shrink, None, None, None, bool(0 < value < 2), bool(0 < value <= 1))
    if len(within) > 1 or not falls(shrink, within[0]):
        raise DerivationError("the factor of the step is not seen to fall in one second moment")
    (moment,) = within
    worst = shrink.subs(moment, 0).subs(symbols.values)
    worst = sp.oo if worst.has(sp.zoo, sp.nan) else symbols.number(worst)
    above, kept = (_bound(shrink, moment, limit, symbols) for limit in (2, 1))
    if worst == 2:  # then the moment must not be nought, or the error would stay as large
        new = step(quadratic, symbols, late, symbols.slots, shifted)[moment.name.removesuffix("'")]
        worst += sp.Integer(new.subs(symbols.error, sp.Symbol("e", positive=True)).is_positive is not True)
    return Decrease(shrink, moment, above, kept, bool(worst <= 2), bool(worst <= 1))


class CarriedError(DerivationError):
    """The step moves also by what a slot remembers."""


def _reason(shrink: Expr, moments: Mapping[str, Expr], symbols: Symbols) -> DerivationError:
    # What is left of the step where there is no error: what is remembered.
    left = sp.cancel(shrink * symbols.error).subs(symbols.error, 0)
    old = {s: symbols.slots[s] for s in moments}
    carried = [s for s in old if left.free_symbols & {old[s], moments[s]}] if left != 0 else []
    # What only divides is not what moves.
    carried = [s for s in carried if left.subs({old[s]: 0, moments[s]: 0}) == 0] or carried
    if not carried:
        return DerivationError("the step is not a multiple of the error")
    return CarriedError(
        f"a step also moves by what {' and '.join(carried)} remember{'s' * (len(carried) == 1)}, so that no learning "
        "rate shortens the error from every state"
    )


def falls(factor: Expr, moment: Expr) -> bool:
    """Whether a factor is positive and never rises with a moment, on each branch of its maxima and minima."""
    choices = [factor]
    for _ in range(8):
        extremes = {m for f in choices for m in f.atoms(sp.Max, sp.Min)}
        if not extremes:
            return all(f.is_positive and sp.diff(f, moment).is_nonpositive for f in choices)
        extreme = extremes.pop()
        choices = [f.xreplace({extreme: branch}) for f in choices for branch in extreme.args]
    return False


def shrinkage(
    quadratic: Quadratic, symbols: Symbols, late: Mapping[int, Any], shifted: frozenset[str]
) -> tuple[Expr, dict[str, Expr]]:
    """1 - e'/e in terms of the new state, and the letters of the new state."""
    graph = quadratic.graph
    moments = {s: sp.Symbol(f"{s}'", **symbols.slots[s].assumptions0) for s in graph.state}
    named = {
        graph.outputs[s]: letter
        for s, letter in moments.items()
        if graph.nodes[graph.outputs[s]].op != Node("input").op
    }
    new = step(quadratic, symbols, late, symbols.slots, shifted, named=named, numbers=False)["x"]
    return positive_first(sp.cancel(1 - sp.expand(new) / symbols.error)), moments


def _bound(shrink: Expr, moment: Expr, limit: int, symbols: Symbols) -> Expr | None:
    """The moment at which a falling factor is so large, where it can be solved for and is not below 0."""
    for root in solutions(shrink - limit, moment):
        value = symbols.number(root)
        if value.is_real and value >= 0 and abs(symbols.number(shrink.subs(moment, root)) - limit) < 1e-9:
            return sp.factor(root) if sp.factor(root).is_Mul else sp.expand(root)
    return None
