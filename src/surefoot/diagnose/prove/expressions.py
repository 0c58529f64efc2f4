"""SymPy's expressions over intervals: an interval that holds the value for every setting in a box."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import sympy as sp

from surefoot.engines.analysis.intervals import ALL, Arithmetic, Interval, table

Expr = Any  # SymPy has no types


def enclose(expression: Expr, at: Mapping[Expr, Interval], arithmetic: Arithmetic) -> Interval:
    """Bounds of an expression, given those of its symbols; all numbers where it has none."""
    ops = table(arithmetic).ops
    if expression.is_Rational:
        return fraction(expression.p, expression.q, arithmetic)
    if expression.is_Symbol:
        return at[expression]
    inner = [enclose(a, at, arithmetic) for a in expression.args]
    if expression.is_Pow:
        return _power(expression, inner[0], ops)
    return reduce(ops[_WORDS[expression.func]], inner) if expression.func in _WORDS else ALL


#: Sums, products and extremes of any number of things, whatever SymPy has joined.
_WORDS = {sp.Add: "add", sp.Mul: "mul", sp.Max: "maximum", sp.Min: "minimum"}


def fraction(numerator: int, denominator: int, arithmetic: Arithmetic) -> Interval:
    """Bounds of a fraction; whole numbers beyond float64's are beyond this too."""
    top, bottom = float(numerator), float(denominator)
    if denominator == 1 and int(top) == numerator:
        return Interval(top, top)
    if int(top) != numerator or int(bottom) != denominator:
        return ALL
    return Interval(*arithmetic.bounds["div"](top, bottom))


def _power(expression: Expr, base: Interval, ops: Mapping[str, Any]) -> Interval:
    exponent = expression.exp
    if not exponent.is_Rational or exponent.q not in (1, 2):
        return ALL
    if exponent.q == 2:
        if base.low < 0:
            return ALL  # not known to be real
        base = ops["sqrt"](base)
    value = _whole_power(base, abs(int(exponent.p)), ops)
    return value if exponent.p > 0 else ops["div"](Interval(1.0, 1.0), value)


def _whole_power(base: Interval, power: int, ops: Mapping[str, Any]) -> Interval:
    if power == 1:
        return base
    if power % 2 == 0:
        return ops["square"](_whole_power(base, power // 2, ops))  # type: ignore[no-any-return]
    return ops["mul"](base, _whole_power(base, power - 1, ops))  # type: ignore[no-any-return]
