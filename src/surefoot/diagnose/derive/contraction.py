"""By how much of itself a step can change the error, bounded by interval arithmetic over every state that can be.

Values are carried as `unit * e + coefficient * s^power`, with s = |e|: a whole number of errors, and an interval of
coefficients times a power of the error's size. So the move of a step, e' - e, stays a coefficient times e, nothing is
lost to e being unknown, and that a step moves at all is not lost in a 1 beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.engines.analysis.intervals import ALL, FLOATS, INFINITY, Arithmetic, Interval
from surefoot.engines.analysis.intervals import table as interval_table
from surefoot.engines.evaluate import Table
from surefoot.engines.sympy import walk
from surefoot.rules.vocabulary import COMPARISONS

# Of sizes, an interval that begins at 0 stands for those above it.
#: As large as a second moment is taken to be; a step divided by the root of infinity would not move at all.
FAR = 1e300
WIDE = Interval(0.0, 1e100)
EVER = Interval(1.0, INFINITY)


@dataclass(frozen=True)
class Multiple:
    """unit * e + coefficient * s^power."""

    coefficient: Interval
    power: int
    unit: int = 0


@dataclass(frozen=True)
class Box:
    """What a claim is about: every error size, state slot, hyperparameter and step count in its interval."""

    size: Interval
    slots: Mapping[str, Interval]
    hyper: Mapping[str, Interval]
    curvature: Interval
    t: Interval = EVER


def box(quadratic: Quadratic, not_negative: frozenset[str], size: Interval = WIDE) -> Box:
    """The settings as they are, with any state that can be."""
    return Box(
        size,
        {s: Interval(0.0, FAR) if s in not_negative else ALL for s in quadratic.rule.state},
        {name: Interval(v, v) for name, v in quadratic.hyper.items()},
        Interval(quadratic.curvature, quadratic.curvature),
    )


def shrinkage(quadratic: Quadratic, within: Box, arithmetic: Arithmetic = FLOATS) -> Interval:
    """An interval that holds 1 - e'/e for every error of these sizes, either sign, every such state and every step t.

    The error shrinks where that is above 0 and below 2. Only for a rule that does not look at x itself, or whose
    minimum is at 0: the error is then x.
    """
    positive, negative = (shrinkage_of(sign, quadratic, within, arithmetic) for sign in (1.0, -1.0))
    return Interval(min(positive.low, negative.low), max(positive.high, negative.high))


def shrinkage_of(sign: float, quadratic: Quadratic, within: Box, arithmetic: Arithmetic = FLOATS) -> Interval:
    """As `shrinkage`, for errors of one sign only."""
    words = _Words(within.size, sign, arithmetic)
    ops = words.ops
    inputs = {name: Multiple(interval, 0) for name, interval in {**within.hyper, **within.slots}.items()}
    inputs["t"] = Multiple(within.t, 0)
    inputs["x"] = Multiple(Interval(0.0, 0.0), 1, unit=1)
    inputs["g"] = Multiple(ops["mul"](within.curvature, Interval(sign, sign)), 1)
    new = walk(quadratic.graph, inputs, words.table())[quadratic.graph.outputs["x"]]
    move = words.at(new, 1).coefficient if new.power >= 1 else words.over_size(new)
    # e' = unit e + move s, and e = sign s.
    rest = Interval(1.0 - new.unit, 1.0 - new.unit)
    return ops["sub"](rest, ops["mul"](move, Interval(sign, sign)))  # type: ignore[no-any-return]


def _power(size: Interval, power: int, ops: Mapping[str, Callable[..., Any]]) -> Interval:
    return ops["pow"](size, Interval(float(power), float(power)))  # type: ignore[no-any-return]


class _Words:
    """The rules' words on multiples."""

    def __init__(self, size: Interval, sign: float, arithmetic: Arithmetic) -> None:
        self.size, self.sign = size, sign
        self.ops = interval_table(arithmetic).ops

    def at(self, a: Multiple, power: int) -> Multiple:
        """The same with a power no higher than its own."""
        if a.power == power:
            return a
        return Multiple(self.ops["mul"](a.coefficient, _power(self.size, a.power - power, self.ops)), power, a.unit)

    def over_size(self, a: Multiple) -> Interval:
        """The coefficient of s that a lower power amounts to."""
        return self.ops["div"](a.coefficient, _power(self.size, 1 - a.power, self.ops))  # type: ignore[no-any-return]

    def folded(self, a: Multiple) -> Multiple:
        """The same with its errors counted among the coefficients: unit e is (unit sign) s."""
        if a.unit == 0:
            return a
        return self.add(Multiple(Interval(a.unit * self.sign, a.unit * self.sign), 1), Multiple(a.coefficient, a.power))

    def together(self, a: Multiple, b: Multiple) -> tuple[Interval, Interval, int]:
        """Two coefficients of one power; nought has any."""
        if _is_nought(a) or _is_nought(b):
            return a.coefficient, b.coefficient, b.power if _is_nought(a) else a.power
        power = min(a.power, b.power)
        return self.at(a, power).coefficient, self.at(b, power).coefficient, power

    def add(self, a: Multiple, b: Multiple) -> Multiple:
        left, right, power = self.together(a, b)
        return Multiple(self.ops["add"](left, right), power, a.unit + b.unit)

    def neg(self, a: Multiple) -> Multiple:
        return Multiple(self.ops["neg"](a.coefficient), a.power, -a.unit)

    def sub(self, a: Multiple, b: Multiple) -> Multiple:
        return self.add(a, self.neg(b))

    def mul(self, a: Multiple, b: Multiple) -> Multiple:
        a, b = self.folded(a), self.folded(b)
        return Multiple(self.ops["mul"](a.coefficient, b.coefficient), a.power + b.power)

    def square(self, a: Multiple) -> Multiple:
        a = self.folded(a)
        return Multiple(self.ops["square"](a.coefficient), 2 * a.power)

    def div(self, a: Multiple, b: Multiple) -> Multiple:
        a, b = self.folded(a), self.folded(b)
        return Multiple(self.ops["div"](a.coefficient, b.coefficient), a.power - b.power)

    def both(self, op: str) -> Callable[[Multiple, Multiple], Multiple]:
        """An operation that acts on coefficients of one power."""

        def apply(a: Multiple, b: Multiple) -> Multiple:
            left, right, power = self.together(self.folded(a), self.folded(b))
            return Multiple(self.ops[op](left, right), power)

        return apply

    def compared(self, op: str) -> Callable[[Multiple, Multiple], bool | None]:
        """A comparison: s is positive, so that of the coefficients."""

        def apply(a: Multiple, b: Multiple) -> bool | None:
            left, right, _ = self.together(self.folded(a), self.folded(b))
            return self.ops[op](left, right)  # type: ignore[no-any-return]

        return apply

    def abs(self, a: Multiple) -> Multiple:
        a = self.folded(a)
        return Multiple(self.ops["abs"](a.coefficient), a.power)

    def plain(self, op: str) -> Callable[..., Multiple]:
        """An operation that knows nothing of powers."""
        return lambda *args: Multiple(self.ops[op](*(self.whole(a) for a in args)), 0)

    def whole(self, a: Multiple) -> Interval:
        """The value itself."""
        a = self.folded(a)
        if a.power >= 0:
            return self.at(a, 0).coefficient
        return self.ops["div"](a.coefficient, _power(self.size, -a.power, self.ops))  # type: ignore[no-any-return]

    def sign_of(self, a: Multiple) -> Multiple:
        return Multiple(self.ops["sign"](self.folded(a).coefficient), 0)

    def sqrt(self, a: Multiple) -> Multiple:
        a = self.folded(a)
        if a.power % 2:
            return self.plain("sqrt")(a)
        return Multiple(self.ops["sqrt"](a.coefficient), a.power // 2)

    def pow(self, a: Multiple, b: Multiple) -> Multiple:
        a, exponent = self.folded(a), b.coefficient
        if b.power == 0 and b.unit == 0 and exponent.point and exponent.low == int(exponent.low):
            return Multiple(self.ops["pow"](a.coefficient, exponent), a.power * int(exponent.low))
        return self.plain("pow")(a, b)

    def where(self, condition: bool | None, a: Multiple, b: Multiple) -> Multiple:
        if condition is not None:
            return a if condition else b
        left, right, power = self.together(self.folded(a), self.folded(b))
        return Multiple(self.ops["where"](None, left, right), power)

    def table(self) -> Table:
        """The engine."""
        own = ("add", "sub", "neg", "mul", "square", "div", "abs", "sqrt", "pow", "where")
        return Table(
            lambda value: Multiple(Interval(value, value), 0),
            {
                **{op: getattr(self, op) for op in own},
                **{op: self.both(op) for op in ("maximum", "minimum")},
                **{op: self.compared(op) for op in COMPARISONS},
                **{op: self.plain(op) for op in ("exp", "log", "sin", "cos")},
                "sign": self.sign_of,
                "norm": self.abs,
            },
        )


def _is_nought(a: Multiple) -> bool:
    return a.coefficient.low == a.coefficient.high == 0
