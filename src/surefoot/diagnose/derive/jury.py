"""When all roots of a characteristic polynomial lie inside the unit circle: Jury's conditions, exactly.

A root leaves the circle through 1, through -1, or as a pair of complex roots. So the boundaries are p(1) = 0, p(-1) = 0
and, since the products of pairs of eigenvalues are the eigenvalues of the second compound matrix C (all 2 by 2 minors),
det(I - C) = 0. Whether a given matrix is inside is decided by the Schur-Cohn recursion in exact arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sympy as sp
from sympy.polys.matrices import DomainMatrix

Expr = Any


@dataclass(frozen=True)
class Boundary:
    """A way to leave the unit circle.

    Attributes:
        through: `1`, `-1` or `a complex pair`. margin: positive inside; nought on the boundary.
    """

    through: str
    margin: Expr


def polynomial(matrix: Expr, root: Expr) -> Expr:
    """The characteristic polynomial of a square matrix."""
    return sp.expand(_determinant(root * sp.eye(matrix.rows) - matrix))


def _determinant(matrix: Expr) -> Expr:
    """Over the field of the entries, which is much faster than term by term."""
    field = DomainMatrix.from_Matrix(matrix).to_field()
    return field.domain.to_sympy(field.det())


def boundaries(matrix: Expr, largest: int = 8) -> list[Boundary]:
    """Jury's conditions for a matrix: all margins positive if, and on the way from 0 as long as, it is stable.

    Args:
        matrix: square. largest: beyond this size the condition on complex pairs is left out, its determinant being of
            size n(n-1)/2.

    >>> a = sp.Symbol("a")
    >>> [(b.through, b.margin) for b in boundaries(sp.Matrix([[a]]))]
    [('1', 1 - a), ('-1', a + 1)]
    """
    size = matrix.rows
    one = sp.eye(size)
    found = [
        Boundary("1", sp.expand(_determinant(one - matrix))),
        Boundary("-1", sp.expand(_determinant(one + matrix))),
    ]
    if 1 < size <= largest:
        compound = _compound(matrix)
        found.append(Boundary("a complex pair", sp.expand(_determinant(sp.eye(compound.rows) - compound))))
    return found


def _compound(matrix: Expr) -> Expr:
    pairs = list(combinations(range(matrix.rows), 2))
    return sp.Matrix([[matrix[i, k] * matrix[j, m] - matrix[i, m] * matrix[j, k] for k, m in pairs] for i, j in pairs])


def is_stable(coefficients: Sequence[Expr]) -> bool:
    """Whether all roots lie strictly inside the unit circle, by the Schur-Cohn recursion on numbers.

    Args:
        coefficients: of the polynomial, highest power first; exact numbers give an exact answer.

    >>> is_stable([sp.Integer(4), sp.Integer(0), sp.Integer(-1)]), is_stable([sp.Integer(1), sp.Integer(-1)])
    (True, False)
    """
    p = list(coefficients)
    while len(p) > 1:
        first, last = p[0], p[-1]
        if not abs(last) < abs(first):
            return False
        p = [first * a - last * b for a, b in zip(p[:-1], reversed(p[1:]), strict=True)]
    return True
