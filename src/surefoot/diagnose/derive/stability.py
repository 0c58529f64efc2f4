"""The fixed point: what the step is to first order around it, and for which learning rates it draws errors in.

The slots are parted in two. Those that change sign with the error (the error, first moments) are small together near
the minimum; those that do not (second moments) settle by themselves. The step of the small ones is linear in them to
first order, with a matrix A that depends on where the others settle. If A's eigenvalues lie inside the unit circle the
fixed point draws in all starts near it; if one lies outside, starts near it leave. The step need not be differentiable
in the second moments for that (sqrt(v) + eps is not, at v = 0): A need only be continuous in them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from surefoot.diagnose.derive.jury import Boundary, boundaries
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.rest import Rest
from surefoot.diagnose.derive.structure import Structure
from surefoot.diagnose.derive.symbols import DerivationError, Expr, Symbols
from surefoot.diagnose.derive.twins import Piece, pieces

#: Above this size of A, the condition on complex pairs is a formula that nobody reads.
READABLE = 3
#: Next to nought.
NEXT = sp.Rational(1, 10**190)


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """The minimum as a fixed point of the rule.

    Attributes:
        small: the slots that are small with the error, `x` first.
        frozen: slots that keep what they have there, with their first values.
        matrix: A, one for each piece around the point (one if the rule is smooth there), in symbols.
        own: the eigenvalues with which the other slots settle, numbers.
        meets: the operations whose branches meet there.
        whole: whether the step is linear everywhere, not only near the minimum.
        bounded: whether the state stays bounded while the error does: each slot an average, linear in the state.
        symbols: what the letters stand for.
    """

    small: tuple[str, ...]
    frozen: Mapping[str, Expr]
    matrices: tuple[Expr, ...]
    own: tuple[float, ...]
    meets: tuple[str, ...]
    whole: bool
    bounded: bool
    symbols: Symbols

    @property
    def smooth(self) -> bool:
        """Whether one matrix serves all around the point."""
        return len(self.matrices) == 1

    @property
    def matrix(self) -> Expr:
        """A, if it is one."""
        (matrix,) = self.matrices
        return matrix

    @property
    def kept(self) -> dict[Expr, Expr]:
        """What the frozen slots keep if nothing has happened yet."""
        return {self.symbols.slots[s]: v for s, v in self.frozen.items()}

    @cached_property
    def eigenvalues(self) -> list[complex]:
        """Of A, largest first, numbers."""
        return eigenvalues(self.symbols.number(self.matrix.subs(self.kept)))

    @cached_property
    def radius(self) -> float:
        """Of A: the factor by which small errors shrink or grow a step, in the long run."""
        return max(map(abs, self.eigenvalues))

    @cached_property
    def conditions(self) -> list[Boundary]:
        """Jury's, in symbols; that on complex pairs for few slots only."""
        return boundaries(self.matrix, largest=READABLE)


def eigenvalues(matrix: Expr) -> list[complex]:
    """Of a matrix of numbers, largest first; one that is infinite if an entry is."""
    if matrix.has(sp.zoo, sp.nan, sp.oo):
        return [complex(math.inf)]
    values = np.linalg.eigvals(np.array(matrix.tolist(), dtype=np.complex128))
    return sorted((complex(v) for v in values), key=abs, reverse=True)


def fixed_point(
    quadratic: Quadratic, symbols: Symbols, found: Structure, late: Mapping[int, Any], at: Rest, shifted: frozenset[str]
) -> FixedPoint:
    """Linearise around the minimum.

    Raises:
        DerivationError: if the minimum is no fixed point, or the step has no derivative there.
    """
    # A slot that keeps its value could have any: where two branches meet at its first value only, take one next to it.
    point = {slot: NEXT if slot in at.free and value == 0 else value for slot, value in at.state.items()}
    around = pieces(quadratic, symbols, late, point, shifted)
    small = tuple(s for s in quadratic_slots(quadratic) if found.parity is None or found.parity[s] == -1)
    _check_fixed(around, symbols, at)
    matrices = []
    for piece in around:
        matrix = _matrix(piece, small, symbols, at)
        if matrix not in matrices:
            matrices.append(matrix)
    own = _own(around[0], small, symbols, at) if len(matrices) == 1 else ()
    meets = tuple(dict.fromkeys(what for piece in around for what in piece.meets))
    whole = quadratic.rational and _is_linear(around[0], small, matrices[0], symbols)
    averages = all(_averages(piece, symbols) for piece in around)
    frozen = {s: at.state[s] for s in at.free}
    return FixedPoint(small, frozen, tuple(matrices), own, meets, whole, averages, symbols)


def quadratic_slots(quadratic: Quadratic) -> tuple[str, ...]:
    """The error and the state slots kept under the options chosen."""
    return ("x", *quadratic.graph.state)


class UnsettledError(DerivationError):
    """On no side of the minimum does a step at it leave it where it is."""

    def __init__(self, leap: Expr) -> None:
        super().__init__("the step does not shrink with the error")
        self.leap = leap


def _check_fixed(around: list[Piece], symbols: Symbols, at: Rest) -> None:
    moves = []
    for piece in around:
        move = piece.values["x"]
        if move.has(sp.nan, sp.zoo):
            move = _at(piece.formulas["x"], symbols, at.state)
        moves.append(move)
    if all(m != 0 for m in moves):
        raise UnsettledError(min((abs(sp.N(m)) for m in moves), key=float))
    if any(m != 0 for m in moves):
        raise DerivationError("the step jumps at the minimum on one side of a branch")


def _at(formula: Expr, symbols: Symbols, state: Mapping[str, Expr]) -> Expr:
    return sp.cancel(formula).subs({symbols.slots[s]: v for s, v in state.items()})


def _matrix(piece: Piece, small: tuple[str, ...], symbols: Symbols, at: Rest) -> Expr:
    """The derivatives of the small slots by the small slots: first at no error, then where the others settle."""
    letters = [symbols.slots[s] for s in small]
    still = {letter: at.state[s] for s, letter in zip(small, letters, strict=True)}
    settled = {symbols.slots[s]: v for s, v in at.state.items() if s not in small and s not in at.free}
    rows = []
    for slot in small:
        formula = sp.cancel(piece.formulas[slot]) if piece.values[slot].has(sp.nan, sp.zoo) else piece.formulas[slot]
        slopes = [sp.diff(formula, letter).subs(still).subs(settled) for letter in letters]
        if any(slope.has(sp.nan, sp.zoo, sp.oo, sp.Derivative, sp.Subs) for slope in slopes):
            raise DerivationError("the step has no derivative at the fixed point")
        rows.append(slopes)
    return sp.Matrix(rows)


def _is_linear(piece: Piece, small: tuple[str, ...], matrix: Expr, symbols: Symbols) -> bool:
    """Whether the small slots are all there is, and their formulas are what the matrix makes of them."""
    if len(small) != len(piece.formulas):
        return False
    letters = sp.Matrix([symbols.slots[s] for s in small])
    formulas = sp.Matrix([piece.formulas[s] for s in small])
    return bool(sp.expand(formulas - matrix * letters).is_zero_matrix)


def _averages(piece: Piece, symbols: Symbols) -> bool:
    """Whether the state's new value is linear in the old one, with eigenvalues inside the unit circle."""
    slots = [s for s in piece.formulas if s != "x"]
    rows = [[sp.diff(piece.formulas[s], symbols.slots[o]) for o in slots] for s in slots]
    slopes = symbols.number(sp.Matrix(rows)) if slots else sp.Matrix()
    if slopes.free_symbols or slopes.has(sp.nan, sp.zoo, sp.oo, sp.Derivative):
        return False
    return not slots or abs(eigenvalues(slopes)[0]) < 1


def _own(piece: Piece, small: tuple[str, ...], symbols: Symbols, at: Rest) -> tuple[float, ...]:
    """With which factors the other slots come back to where they settle, the error being nought."""
    others = [s for s in at.state if s not in small and s not in at.free]
    still = {symbols.slots[s]: at.state[s] for s in small}
    settled = {symbols.slots[s]: at.state[s] for s in others}
    rows = [[sp.diff(piece.formulas[s].subs(still), symbols.slots[o]).subs(settled) for o in others] for s in others]
    if not others:
        return ()
    numbers = symbols.number(sp.Matrix(rows)) if rows else sp.Matrix()
    if numbers.has(sp.nan, sp.zoo, sp.oo) or numbers.free_symbols - {symbols.slots[s] for s in at.free}:
        raise DerivationError("how the second moments settle has no first order")
    return tuple(abs(v) for v in eigenvalues(numbers.subs({symbols.slots[s]: 1 for s in at.free})))
