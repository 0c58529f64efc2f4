"""The state at rest: what the state slots settle to while the error is nought, and as t goes to infinity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from surefoot.diagnose.derive.formulas import step
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.symbols import DerivationError, Expr, Symbols
from surefoot.engines.sympy import exact


@dataclass(frozen=True)
class Rest:
    """A fixed point, or a family of them.

    Attributes:
        state: each slot's value, exact, and `x`, the error, which is 0.
        free: slots that keep whatever value they have: there is a fixed point for each, and `state` has that of the
            first values.
        drift: how far a step from here moves x: not 0 where the minimum is no fixed point of the rule.
    """

    state: Mapping[str, Expr]
    free: frozenset[str]
    drift: Expr


def rest(quadratic: Quadratic, symbols: Symbols, late: Mapping[int, Any], shifted: frozenset[str]) -> Rest:
    """Hold the error at nought and solve for a state that a step leaves as it is.

    Raises:
        DerivationError: if the equations are not solved one slot after another, or have several solutions.
    """
    letters = {s: symbols.slots[s] for s in quadratic.graph.state}
    new = step(quadratic, symbols, late, {"x": sp.Integer(0), **letters}, shifted)
    state: dict[str, Expr] = {}
    free = set()
    open_ = [s for s in new if s != "x"]
    while open_:
        for slot in open_:
            equation, letter = new[slot].subs(_letters(symbols, state)), symbols.slots[slot]
            if equation.free_symbols <= {letter}:
                break
        else:
            raise DerivationError(f"the state at rest of {', '.join(open_)} is not solved for")
        open_.remove(slot)
        if equation == letter:
            free.add(slot)
            state[slot] = exact(quadratic.first(slot))
        else:
            state[slot] = _root(slot, equation, letter)
    drift = new["x"].subs(_letters(symbols, state))
    if drift.has(sp.nan, sp.zoo):
        raise DerivationError("the rule divides nought by nought where gradient and state are nought")
    return Rest({"x": sp.Integer(0), **state}, frozenset(free), drift)


def _letters(symbols: Symbols, state: Mapping[str, Expr]) -> dict[Expr, Expr]:
    return {symbols.slots[slot]: value for slot, value in state.items()}


def _root(slot: str, equation: Expr, letter: Expr) -> Expr:
    if letter not in equation.free_symbols:
        return equation
    if not equation.is_polynomial(letter):
        raise DerivationError(f"the state at rest of {slot} is not solved for")
    roots = [r for r, _ in sp.roots(sp.Poly(equation - letter, letter)).items() if r.is_real]
    settled = [r for r in roots if abs(sp.N(sp.diff(equation, letter).subs(letter, r))) < 1]
    if len(settled) != 1:
        raise DerivationError(f"the state at rest of {slot} is one of several: {', '.join(map(str, roots)) or 'none'}")
    return settled[0]
