"""Cycles of period two: e, -e, e, ... with the state at its cycle's value, how large they are and whether they attract.

For a rule that does the same mirrored (every rule whose slots are odd or even in the error), such a cycle is a fixed
point of the step followed by the mirror. The state slots are eliminated one after another, each from an equation linear
in it; what is left is one equation for e, whose roots are bracketed over 80 decades. The Jacobian of the mirrored step,
whose eigenvalues decide, is the folded Jacobian.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from surefoot.diagnose.derive.formulas import step
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.solving import positive_first, solutions
from surefoot.diagnose.derive.stability import eigenvalues, quadratic_slots
from surefoot.diagnose.derive.structure import Structure
from surefoot.diagnose.derive.symbols import DerivationError, Expr, Symbols
from surefoot.diagnose.derive.twins import Piece, pieces

_GRID = np.logspace(-40, 40, 3201)
_DIGITS = 40
_WORDS: dict[str, Any] = {
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "Abs": np.abs,
    "sign": np.sign,
    "sin": np.sin,
    "cos": np.cos,
}
_WORDS["Max"] = lambda *args: np.maximum.reduce(np.broadcast_arrays(*args))
_WORDS["Min"] = lambda *args: np.minimum.reduce(np.broadcast_arrays(*args))


@dataclass(frozen=True)
class Cycle:
    """A cycle e, -e.

    Attributes:
        amplitude: |e|. formula: the same in symbols, or None where there is no closed form.
        state: the slots' values at e > 0.
        eigenvalues: of the folded Jacobian, largest first; where branches meet on the cycle, of each piece in turn.
        smooth: whether the step is smooth on the cycle.
        folded: the folded Jacobian on the cycle in symbols, where the cycle has a closed form.
    """

    amplitude: float
    formula: Expr | None
    state: Mapping[str, float]
    eigenvalues: tuple[tuple[complex, ...], ...]
    smooth: bool
    folded: Expr | None

    @property
    def stable(self) -> bool | None:
        """Whether it attracts all starts near it; None where the linearisation does not say."""
        radii = [max(map(abs, values)) for values in self.eigenvalues]
        if not self.smooth or any(abs(r - 1) < 1e-9 for r in radii):
            return None
        return radii[0] < 1


def cycles(
    quadratic: Quadratic, symbols: Symbols, found: Structure, late: Mapping[int, Any], shifted: frozenset[str]
) -> list[Cycle]:
    """All cycles e, -e that the elimination finds, smallest first.

    Raises:
        DerivationError: if the rule has no mirror symmetry, or the state cannot be eliminated.
    """
    if found.parity is None:
        raise DerivationError("the rule does not do the same mirrored, so that cycles e, -e are not solved for")
    e = sp.Symbol(symbols.error.name, positive=True)
    letters = {**{s: symbols.slots[s] for s in quadratic.graph.state}, "x": e}
    new = step(quadratic, symbols, late, letters, shifted)
    if _contradicted(new, letters, found.parity):
        return []
    state = eliminate(new, letters, found.parity)
    left = sp.cancel(new["x"].subs(_by_letter(letters, state)) / e) + 1
    if left.free_symbols - {e}:
        raise DerivationError(
            "a state slot keeps what it has, so that there is a cycle for each of its values, or none"
        )
    if e not in left.free_symbols:
        return []  # linear: cycles of every size or none
    context = _Context(quadratic, symbols, found, late, shifted, e)
    return [_cycle(context, root, state) for root in roots(left, e)]


@dataclass(frozen=True)
class _Context:
    quadratic: Quadratic
    symbols: Symbols
    found: Structure
    late: Mapping[int, Any]
    shifted: frozenset[str]
    e: Expr


def _contradicted(new: Mapping[str, Expr], letters: Mapping[str, Expr], parity: Mapping[str, int]) -> bool:
    """Whether a slot changes by something positive each step, an accumulator, so that it never comes back."""
    return any(sp.expand(new[s] - letters[s]).is_positive is True for s in new if s != "x" and parity[s] == 1)


def eliminate(new: Mapping[str, Expr], letters: Mapping[str, Expr], parity: Mapping[str, int]) -> dict[str, Expr]:
    """Each slot's value on the cycle in terms of e: the solution of `new value = mirrored old value`."""
    state: dict[str, Expr] = {}
    open_ = [s for s in new if s != "x"]
    while open_:
        for slot in open_:
            value = _solved(new[slot].subs(_by_letter(letters, state)), letters[slot], parity[slot])
            if value is not None:
                break
        else:
            raise DerivationError(f"on a cycle of period two, {', '.join(open_)} is not solved for")
        open_.remove(slot)
        state = {s: v.subs(letters[slot], value) for s, v in state.items()}
        state[slot] = value
    return state


def _by_letter(letters: Mapping[str, Expr], state: Mapping[str, Expr]) -> dict[Expr, Expr]:
    return {letters[s]: v for s, v in state.items()}


def _solved(new: Expr, letter: Expr, sign: int) -> Expr | None:
    if new.func == sp.Max and letter in new.args:  # what never falls: the least value that stays
        return sp.Max(*(a for a in new.args if a != letter))
    equation = new - sign * letter
    slope = sp.cancel(sp.diff(equation, letter))
    if slope == 0:
        return letter if equation == 0 else None
    if letter in slope.free_symbols or slope.has(sp.Derivative, sp.Subs):
        return None
    return sp.cancel(-equation.subs(letter, 0) / slope)


def roots(left: Expr, e: Expr) -> list[Any]:
    """Positive roots of an expression in e, each to 40 digits, where it changes sign between points of the grid."""
    with mpmath.workdps(_DIGITS), np.errstate(all="ignore"):
        rough = _on_grid(left, e)
        fine = sp.lambdify(e, left, "mpmath")
        signs = np.sign(rough)
        found = []
        for i in np.flatnonzero(signs[:-1] * signs[1:] < 0):
            low, high = mpmath.mpf(float(_GRID[i])), mpmath.mpf(float(_GRID[i + 1]))
            if mpmath.sign(fine(low)) * mpmath.sign(fine(high)) < 0:
                root = _halved(fine, low, high)
                if abs(fine(root)) < mpmath.mpf(10) ** -12:  # not a pole
                    found.append(root)
        return found


def _on_grid(left: Expr, e: Expr) -> NDArray[np.float64]:
    function = sp.lambdify(e, left, [_WORDS])  # not "numpy": SymPy would import all of it, test tools too
    try:
        return np.asarray(function(_GRID) * np.ones_like(_GRID), np.float64)
    except (TypeError, ValueError):  # a branch left open
        return np.array([float(function(float(point))) for point in _GRID])


def _halved(function: Any, low: Any, high: Any) -> Any:
    try:
        return mpmath.findroot(function, (low, high), solver="anderson", tol=mpmath.mpf(10) ** -60, maxsteps=200)
    except (ValueError, ZeroDivisionError):
        side = mpmath.sign(function(low))
        for _ in range(140):
            middle = (low + high) / 2
            low, high = (middle, high) if mpmath.sign(function(middle)) == side else (low, middle)
        return (low + high) / 2


def _cycle(context: _Context, root: Any, state: Mapping[str, Expr]) -> Cycle:
    symbols, e = context.symbols, context.e
    exactly = sp.Float(root, _DIGITS)
    values = {s: sp.N(v.subs(e, exactly), _DIGITS) for s, v in state.items()}
    point = {"x": exactly, **values}
    around = pieces(context.quadratic, symbols, context.late, point, context.shifted)
    slots = quadratic_slots(context.quadratic)
    numbers = {symbols.slots[s]: point[s] for s in slots}
    jacobians = []
    for piece in around:
        jacobian = _folded(piece, slots, symbols, context.found.parity or {})
        jacobians.append(sp.N(jacobian.subs(symbols.values).subs(numbers), 20))
    smooth = len(around) == 1
    closed = next((form for piece in around if (form := _closed_form(context, piece, root)) is not None), None)
    return Cycle(
        amplitude=float(root),
        formula=None if closed is None else closed[0],
        state={s: float(v) for s, v in values.items()},
        eigenvalues=tuple(tuple(eigenvalues(j)) for j in jacobians),
        smooth=smooth,
        folded=closed[1] if closed is not None and smooth else None,
    )


def _folded(piece: Piece, slots: tuple[str, ...], symbols: Symbols, parity: Mapping[str, int]) -> Expr:
    return sp.Matrix([[parity[s] * sp.diff(piece.formulas[s], symbols.slots[o]) for o in slots] for s in slots])


def _closed_form(context: _Context, piece: Piece, root: Any) -> tuple[Expr, Expr] | None:
    """The amplitude in symbols, and the folded Jacobian with it put in."""
    symbols, e = context.symbols, context.e
    letters = {**{s: symbols.slots[s] for s in context.quadratic.graph.state}, "x": e}
    new = {s: f.subs(symbols.error, e) for s, f in piece.formulas.items()}
    try:
        state = eliminate(new, letters, context.found.parity or {})
    except DerivationError:
        return None
    left = sp.together(sp.cancel(new["x"].subs(_by_letter(letters, state)) / e) + 1)
    if left.free_symbols & {letters[s] for s in state}:
        return None
    for candidate in solutions(left, e):
        value = sp.N(candidate.subs(symbols.values), 30)
        if value.is_real and abs(value - sp.Float(root, 30)) <= abs(value) * sp.Float("1e-12"):
            slots = quadratic_slots(context.quadratic)
            folded = _folded(piece, slots, symbols, context.found.parity or {}).subs(symbols.error, e)
            return tidy(candidate, symbols), folded.subs(_by_letter(letters, state)).subs(e, candidate)
    return None


def tidy(expression: Expr, symbols: Symbols) -> Expr:
    """Sorted by powers of the learning rate, each with its factors."""
    rate = symbols.hyper.get("lr")
    if rate is None:
        return sp.factor(expression)
    if expression.is_Pow:
        return tidy(expression.base, symbols) ** expression.exp
    parts = sp.collect(sp.expand(expression), rate, evaluate=False)
    if any(rate in part.free_symbols for part in parts.values()):
        return positive_first(expression)
    return sum((power * positive_first(part) for power, part in parts.items()), sp.Integer(0))
