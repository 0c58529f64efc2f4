"""The largest learning rate at which the fixed point is stable: in closed form where there is one, and certified.

The margins of Jury's conditions are rational in the learning rate. Their real roots are isolated exactly (no root is
missed, none is invented), the matrix is tested between neighbouring roots in exact arithmetic, and the threshold is
where the last stable stretch ends. A closed form is sought for the margin that vanishes there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sympy as sp

from surefoot.diagnose.derive.jury import boundaries, is_stable
from surefoot.diagnose.derive.solving import of_low_degree, positive_first
from surefoot.diagnose.derive.stability import FixedPoint
from surefoot.diagnose.derive.symbols import DerivationError, Expr, Symbols

#: Roots are isolated to this width, relative to nothing: learning rates are multiplied up first.
_WIDTH = sp.Rational(1, 10**30)


@dataclass(frozen=True)
class Threshold:
    """Where stability ends.

    Attributes:
        value: the largest stable learning rate, infinite if there is none, 0 if no learning rate is stable.
        formula: the same in symbols, or None where there is no closed form (then `value` is a root, isolated).
        low: from where on it is stable; 0 nearly always.
        through: how an eigenvalue leaves the unit circle there: `1`, `-1` or `a complex pair`.
        exact: whether the roots were isolated in exact arithmetic; else numbers were rounded to 40 digits first.
    """

    value: float
    formula: Expr | None
    low: float
    through: str
    exact: bool


def threshold(point: FixedPoint, rate: str | None) -> Threshold:
    """Find it.

    Raises:
        DerivationError: if the rule has no learning rate, or is not smooth at the minimum.
    """
    if rate is None:
        raise DerivationError("the rule has no hyperparameter lr, and none that is declared as the only Rate")
    symbols = point.symbols
    lr = symbols.hyper[rate]
    fixed = {letter: value for letter, value in symbols.values.items() if letter != lr}
    frozen = point.kept
    matrix, exact = _rational(point.matrix.subs(frozen).subs(fixed), lr)
    if matrix.has(sp.zoo, sp.nan):  # eps = 0: no step is short enough
        return Threshold(0.0, _formula_at(point, lr, frozen), 0.0, "-1", True)
    if lr not in matrix.free_symbols:
        raise DerivationError("near the minimum, and as t grows, the step does not depend on the learning rate")
    numeric = boundaries(matrix)
    margins = [sp.fraction(sp.together(b.margin)) for b in numeric]
    roots = sorted({r for top, bottom in margins for side in (top, bottom) for r in _positive_roots(side, lr)})
    stretches = _stable(matrix, lr, roots)
    if not stretches:
        return Threshold(0.0, None, 0.0, "", exact)
    low, high = stretches[-1]
    if high == sp.oo:
        return Threshold(math.inf, None, float(low), "", exact)
    through = next(b.through for b, (top, _) in zip(numeric, margins, strict=True) if _vanishes(top, lr, high))
    formula = closed_form([b.margin.subs(frozen) for b in point.conditions if b.through == through], lr, symbols, high)
    value = float(sp.N(formula.subs(symbols.values), 30)) if formula is not None else float(high)
    return Threshold(value, formula, float(low), through, exact)


def _formula_at(point: FixedPoint, lr: Expr, frozen: dict[Expr, Expr]) -> Expr | None:
    """The closed form where the numbers make it 0: of the first boundary met for small positive numbers instead."""
    for boundary in point.conditions[::-1]:
        for root in _roots_in(boundary.margin.subs(frozen), lr):
            if root != 0 and root.subs(point.symbols.values) == 0:
                return root
    return None


def _rational(matrix: Expr, lr: Expr) -> tuple[Expr, bool]:
    """The matrix with every irrational number replaced by a fraction next to it, and whether there was none."""
    irrational = {n for n in matrix.atoms(sp.Pow, sp.exp, sp.log, sp.Float, sp.sin, sp.cos) if n.is_number}
    rough = {n: sp.Rational(str(sp.N(n, 40))) for n in irrational if not n.is_Rational}
    rough = {n: value for n, value in rough.items() if n.is_real}
    return matrix.xreplace(rough), not rough


def _positive_roots(expression: Expr, lr: Expr) -> list[Expr]:
    """The middles of isolating intervals of the positive real roots; exact roots where they are fractions."""
    if lr not in expression.free_symbols:
        return []
    if not expression.is_polynomial(lr):
        raise DerivationError("the stability conditions are not rational in the learning rate")
    poly = sp.Poly(expression, lr)
    # Learning rates of 1e-9 and less are not unusual: scale, so that the width is small against them.
    scale = sp.Integer(10) ** max(0, math.ceil(-math.log10(_smallest(poly))))
    scaled = sp.Poly(poly.as_expr().subs(lr, lr / scale), lr)
    found = []
    for (low, high), _ in scaled.intervals(eps=_WIDTH):
        if high > 0:
            found.append((low + high) / 2 / scale)
    return found


def _smallest(poly: Any) -> float:
    """A bound from below on the size of the roots that are not nought (Cauchy's, of the reversed polynomial)."""
    coefficients = [abs(c) for c in poly.all_coeffs() if c != 0]
    return float(coefficients[-1] / (coefficients[-1] + max(coefficients)))


def _stable(matrix: Expr, lr: Expr, roots: Sequence[Expr]) -> list[tuple[Expr, Expr]]:
    """The stretches between neighbouring roots that are stable, joined where they meet."""
    ends = [sp.Integer(0), *roots, sp.oo]
    stretches: list[tuple[Expr, Expr]] = []
    for low, high in pairwise(ends):
        middle = 2 * low + 1 if high == sp.oo else (low + high) / 2
        if not is_stable_matrix(matrix.subs(lr, middle)):
            continue
        if stretches and stretches[-1][1] == low:
            stretches[-1] = (stretches[-1][0], high)
        else:
            stretches.append((low, high))
    return stretches


def is_stable_matrix(matrix: Expr) -> bool:
    """Whether a matrix of fractions has all eigenvalues strictly inside the unit circle, exactly."""
    if matrix.has(sp.zoo, sp.nan):
        return False
    return is_stable(matrix.charpoly().all_coeffs())


def _vanishes(margin: Expr, lr: Expr, at: Expr) -> bool:
    if lr not in margin.free_symbols:
        return False
    return any(abs(root - at) <= abs(at) * sp.Rational(1, 10**12) for root in _positive_roots(margin, lr))


def closed_form(margins: Sequence[Expr], lr: Expr, symbols: Symbols, near: Expr) -> Expr | None:
    """The root of a margin in symbols, if the margin is of first or second degree in the learning rate."""
    for root in (root for margin in margins for root in _roots_in(margin, lr)):
        value = sp.N(root.subs(symbols.values), 30)
        if value.is_real and abs(value - near) <= abs(near) * sp.Float("1e-9"):
            return root
    return None


def _roots_in(margin: Expr, lr: Expr) -> list[Expr]:
    return [positive_first(root) for root in of_low_degree(sp.fraction(sp.together(margin))[0], lr)]
