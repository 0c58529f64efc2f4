"""Intervals: what every node of a rule can be, given what its inputs can be. Ends are floats, rounded outwards.

An interval may reach to infinity, and stands for the real numbers in it. There are two ways to round: `FLOATS` takes
Python's own arithmetic and a neighbouring float outwards; `arb()` takes python-flint's ball arithmetic, whose error
bounds are proved, and is what certificates are made with.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from surefoot.engines.evaluate import Table
from surefoot.errors import UserError

INFINITY = math.inf


@dataclass(frozen=True)
class Interval:
    """The real numbers from `low` to `high`; `low` > `high` never happens, and an end may be infinite."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"[{self.low:.6g}, {self.high:.6g}]"

    @property
    def point(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def split(self) -> tuple["Interval", "Interval"]:
        """Two halves; of an interval of positive numbers over more than a decade, halves of its logarithm."""
        if self.low > 0 and self.high > 10 * self.low:
            middle = math.sqrt(self.low) * math.sqrt(self.high)
        else:
            middle = self.low + (self.high - self.low) / 2
        return Interval(self.low, middle), Interval(middle, self.high)


ALL = Interval(-INFINITY, INFINITY)
NOT_NEGATIVE = Interval(0.0, INFINITY)

#: Lower and upper bound of an operation at two points, neither of them infinite.
Bounds = Callable[..., tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """A way to round: for each of add, mul, div, sqrt, exp, log, pow and sin, bounds of its value at points."""

    bounds: dict[str, Bounds]


def _outwards(function: Callable[..., float], ulps: int, exact: bool = False) -> Bounds:
    """Bounds a few floats away; `exact` where nought can come of no rounding, as in sums."""

    def bounds(*at: float) -> tuple[float, float]:
        try:
            value = function(*at)
        except OverflowError:
            return math.nextafter(INFINITY, 0), INFINITY
        if value == 0 and (0.0 in at or exact):
            return 0.0, 0.0
        if math.isinf(value):
            return (math.nextafter(INFINITY, 0), INFINITY) if value > 0 else (-INFINITY, -math.nextafter(INFINITY, 0))
        low, high = value, value
        for _ in range(ulps):
            low, high = math.nextafter(low, -INFINITY), math.nextafter(high, INFINITY)
        return low, high

    return bounds


#: The four operations that IEEE 754 rounds to the nearest lie within one float of it; libraries' others within a few.
FLOATS = Arithmetic(
    {
        "add": _outwards(lambda a, b: a + b, 1, exact=True),
        "mul": _outwards(lambda a, b: a * b, 1),
        "div": _outwards(lambda a, b: a / b, 1),
        "sqrt": _outwards(math.sqrt, 1),
        "exp": _outwards(math.exp, 4),
        "log": _outwards(math.log, 4),
        "pow": _outwards(math.pow, 4),
        "sin": _outwards(math.sin, 4),
    }
)


@cache
def arb() -> Arithmetic:
    """Ball arithmetic of python-flint.

    Raises:
        UserError: if python-flint is not installed.
    """
    try:
        from flint import arb as ball  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise UserError("proofs need python-flint, which is not installed: pip install 'surefoot[prove]'") from None

    def bounded(function: Callable[..., Any]) -> Bounds:
        def bounds(*at: float) -> tuple[float, float]:
            value = function(*(ball(a) for a in at))
            return _down(float(value.lower()), value), _up(float(value.upper()), value)

        return bounds

    def _down(low: float, value: Any) -> float:
        while not (ball(low) <= value.lower()) and low > -INFINITY:
            low = math.nextafter(low, -INFINITY)
        return low

    def _up(high: float, value: Any) -> float:
        while not (ball(high) >= value.upper()) and high < INFINITY:
            high = math.nextafter(high, INFINITY)
        return high

    return Arithmetic(
        {
            "add": bounded(lambda a, b: a + b),
            "mul": bounded(lambda a, b: a * b),
            "div": bounded(lambda a, b: a / b),
            "sqrt": bounded(lambda a: a.sqrt()),
            "exp": bounded(lambda a: a.exp()),
            "log": bounded(lambda a: a.log()),
            "pow": bounded(lambda a, b: a**b),
            "sin": bounded(lambda a: a.sin()),
        }
    )


class _Operations:
    """The words of the rules on intervals, given a way to round."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.bounds = arithmetic.bounds

    def _at(self, op: str, *at: float) -> tuple[float, float]:
        """Bounds at points, infinite ones included; 0 times infinity is 0: infinity itself is in no interval."""
        if any(math.isinf(a) for a in at):
            value = _at_infinity(op, *at)
            return value, value
        return self.bounds[op](*at)

    def _corners(self, op: str, a: Interval, b: Interval) -> Interval:
        ends = [self._at(op, p, q) for p in (a.low, a.high) for q in (b.low, b.high)]
        return Interval(min(low for low, _ in ends), max(high for _, high in ends))

    def _rising(self, op: str, a: Interval) -> Interval:
        return Interval(self._at(op, a.low)[0], self._at(op, a.high)[1])

    def add(self, a: Interval, b: Interval) -> Interval:
        return Interval(self._at("add", a.low, b.low)[0], self._at("add", a.high, b.high)[1])

    def neg(self, a: Interval) -> Interval:
        return Interval(-a.high, -a.low)

    def sub(self, a: Interval, b: Interval) -> Interval:
        return self.add(a, self.neg(b))

    def mul(self, a: Interval, b: Interval) -> Interval:
        return self._corners("mul", a, b)

    def square(self, a: Interval) -> Interval:
        """The product of a thing with itself, which is not that of two things between the same ends."""
        size = self.abs(a)
        product = self._corners("mul", size, size)
        return Interval(max(product.low, 0.0), product.high)

    def div(self, a: Interval, b: Interval) -> Interval:
        if b.low < 0 < b.high or b.low == b.high == 0:
            return ALL
        if b.low == 0:
            return self.mul(a, Interval(self._at("div", 1.0, b.high)[0], INFINITY))
        if b.high == 0:
            return self.mul(a, Interval(-INFINITY, self._at("div", 1.0, b.low)[1]))
        return self._corners("div", a, b)

    def sqrt(self, a: Interval) -> Interval:
        """Anything, if there may be no root at all."""
        if a.low < 0:
            return ALL
        root = self._rising("sqrt", a)
        return Interval(max(root.low, 0.0), root.high)

    def abs(self, a: Interval) -> Interval:
        if a.low >= 0:
            return a
        return self.neg(a) if a.high <= 0 else Interval(0.0, max(-a.low, a.high))

    def sign(self, a: Interval) -> Interval:
        return Interval(float((a.low > 0) - (a.low < 0)), float((a.high > 0) - (a.high < 0)))

    def exp(self, a: Interval) -> Interval:
        value = self._rising("exp", a)
        return Interval(max(value.low, 0.0), value.high)

    def log(self, a: Interval) -> Interval:
        """Anything, if there may be no logarithm at all."""
        return ALL if a.low <= 0 else self._rising("log", a)

    def pow(self, a: Interval, b: Interval) -> Interval:
        if b.point and b.low == int(b.low) and b.low % 2 == 0 and b.low > 0:
            a = self.abs(a)
        if a.low > 0 or (a.low == 0 and b.low > 0):
            value = self._corners("pow", a, b)
            return Interval(max(value.low, 0.0), value.high)
        return ALL

    def sin(self, a: Interval) -> Interval:
        return Interval(*self._at("sin", a.low)) if a.point and math.isfinite(a.low) else Interval(-1.0, 1.0)

    def cos(self, a: Interval) -> Interval:
        return Interval(-1.0, 1.0)

    def maximum(self, a: Interval, b: Interval) -> Interval:
        return Interval(max(a.low, b.low), max(a.high, b.high))

    def minimum(self, a: Interval, b: Interval) -> Interval:
        return Interval(min(a.low, b.low), min(a.high, b.high))

    def where(self, condition: bool | None, a: Interval, b: Interval) -> Interval:
        if condition is None:
            return Interval(min(a.low, b.low), max(a.high, b.high))
        return a if condition else b


def _at_infinity(op: str, *at: float) -> float:
    if op == "mul":
        return 0.0 if 0.0 in at else at[0] * at[1]
    if op == "div":
        return 0.0 if math.isinf(at[1]) else at[0] / at[1]
    if op == "add":
        return at[0] + at[1]
    if op == "pow":
        return _power_at_infinity(*at)
    return {"sqrt": INFINITY, "log": INFINITY, "exp": INFINITY if at[0] > 0 else 0.0}[op]


def _power_at_infinity(a: float, b: float) -> float:
    if math.isinf(a):
        return 1.0 if b == 0 else INFINITY if b > 0 else 0.0
    if a == 1:
        return 1.0
    return INFINITY if (a > 1) == (b > 0) else 0.0


def _less(a: Interval, b: Interval) -> bool | None:
    return True if a.high < b.low else False if a.low >= b.high else None


def _less_or_equal(a: Interval, b: Interval) -> bool | None:
    return True if a.high <= b.low else False if a.low > b.high else None


def _equal(a: Interval, b: Interval) -> bool | None:
    if a.point and b.point:
        return a.low == b.low
    return False if a.high < b.low or b.high < a.low else None


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def table(arithmetic: Arithmetic = FLOATS) -> Table:
    """The interval engine; a comparison is True, False or None where the intervals do not tell.

    >>> ops = table().ops
    >>> ops["mul"](Interval(-1.0, 2.0), Interval(3.0, 4.0)).high >= 8.0
    True
    >>> print(ops["sqrt"](NOT_NEGATIVE), ops["lt"](Interval(0, 1), Interval(2, 3)))
    [0, inf] True
    """
    words = _Operations(arithmetic)
    named = ("add", "sub", "mul", "div", "pow", "neg", "sqrt", "abs", "sign", "exp", "log", "sin", "cos")
    ops: dict[str, Callable[..., Any]] = {
        op: getattr(words, op) for op in (*named, "maximum", "minimum", "where", "square")
    }
    comparisons = {
        "lt": _less,
        "le": _less_or_equal,
        "gt": lambda a, b: _less(b, a),
        "ge": lambda a, b: _less_or_equal(b, a),
        "eq": _equal,
        "ne": lambda a, b: _not(_equal(a, b)),
    }
    return Table(lambda value: Interval(value, value), {**ops, **comparisons, "norm": words.abs})
