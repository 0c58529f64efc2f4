"""Jury's margins of a matrix of intervals."""

from collections.abc import Sequence
from itertools import combinations

from surefoot.engines.analysis.intervals import Interval, arb, table

Matrix = Sequence[Sequence[Interval]]
ONE, NOUGHT = Interval(1.0, 1.0), Interval(0.0, 0.0)


def margins(matrix: Matrix) -> list[Interval]:
    """det(I - A), det(I + A) and, of the second compound matrix C, det(I - C), as `diagnose.jury` explains them."""
    pairs = list(combinations(range(len(matrix)), 2))
    compound = [[_minor(matrix, rows, columns) for columns in pairs] for rows in pairs]
    found = [determinant(_one_less(matrix)), determinant(_one_more(matrix))]
    return [*found, determinant(_one_less(compound))] if pairs else found


def determinant(matrix: Matrix) -> Interval:
    """By the first row; a factor that is nought is left out."""
    ops = table(arb()).ops
    if len(matrix) == 1:
        return matrix[0][0]
    total = NOUGHT
    for k, entry in enumerate(matrix[0]):
        if entry == NOUGHT:
            continue
        rest = [[*row[:k], *row[k + 1 :]] for row in matrix[1:]]
        term = ops["mul"](entry, determinant(rest))
        total = ops["sub" if k % 2 else "add"](total, term)
    return total


def _minor(matrix: Matrix, rows: tuple[int, int], columns: tuple[int, int]) -> Interval:
    return determinant([[matrix[i][j] for j in columns] for i in rows])


def _one_less(matrix: Matrix) -> Matrix:
    ops = table(arb()).ops
    return [[ops["sub"](ONE if i == j else NOUGHT, x) for j, x in enumerate(row)] for i, row in enumerate(matrix)]


def _one_more(matrix: Matrix) -> Matrix:
    ops = table(arb()).ops
    return [[ops["add"](ONE, x) if i == j else x for j, x in enumerate(row)] for i, row in enumerate(matrix)]
