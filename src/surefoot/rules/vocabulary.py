"""The words a rule is written in: recording values, the closed set of operations on them, and four idioms of the field.

A rule is never run on numbers. It is called once on `Value`s, which record every operation on a `Tape` in source order;
engines are derived from the tape. Equal operations on equal arguments are recorded once.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

from surefoot.errors import UserError

Number = float | int


@dataclass(frozen=True)
class Op:
    """An operation: its arity, and what it does to two Python floats (for constants, and for engines to agree with)."""

    arity: int
    meaning: Callable[..., object] | None = None


def _sign(a: float) -> float:
    return a + 0.0 if a == 0 or math.isnan(a) else math.copysign(1.0, a)


def _maximum(a: float, b: float) -> float:
    return a if a > b or math.isnan(a) else b


def _minimum(a: float, b: float) -> float:
    return a if a < b or math.isnan(a) else b


#: The whole vocabulary. A new word needs a decision record: every engine has to learn it.
OPERATIONS: dict[str, Op] = {
    "add": Op(2, operator.add),
    "sub": Op(2, operator.sub),
    "mul": Op(2, operator.mul),
    "div": Op(2, operator.truediv),
    "pow": Op(2, operator.pow),
    "neg": Op(1, operator.neg),
    "sqrt": Op(1, math.sqrt),
    "abs": Op(1, operator.abs),
    "sign": Op(1, _sign),
    "exp": Op(1, math.exp),
    "log": Op(1, math.log),
    "sin": Op(1, math.sin),
    "cos": Op(1, math.cos),
    "maximum": Op(2, _maximum),
    "minimum": Op(2, _minimum),
    "lt": Op(2, operator.lt),
    "le": Op(2, operator.le),
    "gt": Op(2, operator.gt),
    "ge": Op(2, operator.ge),
    "eq": Op(2, operator.eq),
    "ne": Op(2, operator.ne),
    "where": Op(3, lambda c, a, b: a if c else b),
    "norm": Op(1, operator.abs),
}

COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})


@dataclass(frozen=True)
class Node:
    """One recorded operation: arguments are indices of earlier nodes; leaves (`const`, `input`) carry a payload."""

    op: str
    args: tuple[int, ...] = ()
    payload: float | str | None = None


@dataclass
class Tape:
    """Operations in source order, each distinct one once."""

    nodes: list[Node] = field(default_factory=list)
    _known: dict[Node, int] = field(default_factory=dict)

    def record(self, op: str, *args: int, payload: float | str | None = None) -> "Value":
        """The value of an operation, new or recorded before."""
        node = Node(op, args, payload)
        # -0.0 == 0.0 for Python, not for a kernel: tell them apart by how they are written.
        key = Node(op, args, repr(payload)) if op == "const" else node
        index = self._known.setdefault(key, len(self.nodes))
        if index == len(self.nodes):
            self.nodes.append(node)
        return Value(self, index)

    def input(self, name: str) -> "Value":
        """A named input: a tensor slot, a hyperparameter or `t`."""
        return self.record("input", payload=name)


def _record(op: str, *args: "Value | Number") -> "Value":
    tape = next(a.tape for a in args if isinstance(a, Value))
    if any(a.tape is not tape for a in args if isinstance(a, Value)):
        raise UserError(
            "a value of an earlier call is used; what a rule keeps from step to step stands in a state slot"
        )
    indices = [_index(tape, op, a) for a in args]
    for position, index in enumerate(indices):
        if (tape.nodes[index].op in COMPARISONS) != (op == "where" and position == 0):
            raise UserError("a comparison in a rule stands as the condition of where(condition, a, b), and only there")
    return tape.record(op, *indices)


def _index(tape: Tape, op: str, argument: "Value | Number") -> int:
    if isinstance(argument, Value):
        return argument.index
    if isinstance(argument, Real):  # bool is an int: True counts as 1, as in Python
        return tape.record("const", payload=float(argument)).index
    raise UserError(f"{op} in a rule takes values and plain numbers, got {type(argument).__name__}; see surefoot.rules")


def _apply(op: str, *args: "Value | Number") -> "Value":
    """Record an operation on values; on plain numbers alone, just compute it."""
    if any(isinstance(a, Value) for a in args):
        return _record(op, *args)
    meaning = OPERATIONS[op].meaning
    assert meaning is not None
    return meaning(*args)  # type: ignore[return-value]


def _refused(reason: str) -> Callable[..., Any]:
    def refuse(self: "Value", *_: object) -> Any:
        raise UserError(reason)

    return refuse


class Value:
    """A tensor, a hyperparameter or a number computed from them, as a rule sees it."""

    __array_ufunc__ = None  # NumPy must not try to spread an operation over a Value
    __slots__ = ("index", "tape")

    def __init__(self, tape: Tape, index: int) -> None:
        self.tape = tape
        self.index = index

    def __add__(self, other: "Value | Number") -> "Value":
        return _record("add", self, other)

    def __radd__(self, other: Number) -> "Value":
        return _record("add", other, self)

    def __sub__(self, other: "Value | Number") -> "Value":
        return _record("sub", self, other)

    def __rsub__(self, other: Number) -> "Value":
        return _record("sub", other, self)

    def __mul__(self, other: "Value | Number") -> "Value":
        return _record("mul", self, other)

    def __rmul__(self, other: Number) -> "Value":
        return _record("mul", other, self)

    def __truediv__(self, other: "Value | Number") -> "Value":
        return _record("div", self, other)

    def __rtruediv__(self, other: Number) -> "Value":
        return _record("div", other, self)

    def __pow__(self, other: "Value | Number") -> "Value":
        # Correctly rounded forms where there is one, as NumPy and torch do: no library's pow comes between engines.
        if not isinstance(other, Value) and other == 2:
            return self * self
        if not isinstance(other, Value) and other == 0.5:
            return _record("sqrt", self)
        return _record("pow", self, other)

    def __rpow__(self, other: Number) -> "Value":
        return _record("pow", other, self)

    def __neg__(self) -> "Value":
        return _record("neg", self)

    def __pos__(self) -> "Value":
        return self

    def __abs__(self) -> "Value":
        return _record("abs", self)

    def __lt__(self, other: "Value | Number") -> "Value":
        return _record("lt", self, other)

    def __le__(self, other: "Value | Number") -> "Value":
        return _record("le", self, other)

    def __gt__(self, other: "Value | Number") -> "Value":
        return _record("gt", self, other)

    def __ge__(self, other: "Value | Number") -> "Value":
        return _record("ge", self, other)

    def __eq__(self, other: object) -> "Value":  # type: ignore[override]
        return _record("eq", self, other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> "Value":  # type: ignore[override]
        return _record("ne", self, other)  # type: ignore[arg-type]

    __hash__ = None  # type: ignore[assignment]  # == records: a Value cannot be a key

    __bool__ = _refused(
        "a rule cannot branch on a value (if, and, or, not, min, max): use where(), minimum() or maximum()"
    )
    __float__ = __complex__ = _refused(
        "a rule cannot turn a value into a number (float(), math.*): use sqrt, exp, log of surefoot.rules"
    )
    __int__ = __index__ = __round__ = _refused(
        "a rule cannot turn a value into a whole number (int(), round(), range()): a count is fixed while tracing, "
        "as a static option k: Literal[1, 2] = 1 is"
    )
    __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __divmod__ = __rdivmod__ = _refused(
        "a rule has no % and //: to count to k, keep the count in a state slot, n = where(n + 1 < k, n + 1, 0.0)"
    )
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = _refused(
        "a rule has no &, | and ~: write where(a, where(b, yes, no), no) for a & b, where(a, no, yes) for ~a"
    )

    def __repr__(self) -> str:
        return f"<value {self.tape.nodes[self.index].payload or self.tape.nodes[self.index].op}>"

    def __getattr__(self, name: str) -> "Value":
        if name.startswith("__"):  # protocols that Python or NumPy look for, and may miss
            raise AttributeError(name)
        raise UserError(
            f"a value in a rule has no .{name}: the words are + - * / **, comparisons, and surefoot.rules' functions"
        )


def sqrt(x: Value | Number) -> Value:
    """Square root, elementwise."""
    return _apply("sqrt", x)


def exp(x: Value | Number) -> Value:
    """Exponential, elementwise; engines agree to a few ulp, not bit for bit."""
    return _apply("exp", x)


def log(x: Value | Number) -> Value:
    """Natural logarithm, elementwise; engines agree to a few ulp, not bit for bit."""
    return _apply("log", x)


def sin(x: Value | Number) -> Value:
    """Sine of an angle in radians, elementwise; engines agree to a few ulp, not bit for bit."""
    return _apply("sin", x)


def cos(x: Value | Number) -> Value:
    """Cosine of an angle in radians, elementwise; engines agree to a few ulp, not bit for bit."""
    return _apply("cos", x)


def sign(x: Value) -> Value:
    """-1, 0 or 1, elementwise; NaN stays NaN."""
    return _apply("sign", x)


def maximum(a: Value | Number, b: Value | Number) -> Value:
    """The larger, elementwise; NaN if either is NaN. Of two equal ones, as 0 and -0 are, it is `b`."""
    return _apply("maximum", a, b)


def minimum(a: Value | Number, b: Value | Number) -> Value:
    """The smaller, elementwise; NaN if either is NaN. Of two equal ones, as 0 and -0 are, it is `b`."""
    return _apply("minimum", a, b)


def where(condition: Value | bool, a: Value | Number, b: Value | Number) -> Value:
    """`a` where the condition, a comparison, holds, else `b`, elementwise."""
    if not isinstance(condition, Value) and condition in (False, True):  # decided while tracing, by a static option
        return a if condition else b  # type: ignore[return-value]
    return _apply("where", condition, a, b)


def norm(x: Value) -> Value:
    """The Euclidean norm over the whole of one tensor: a number for each tensor, accumulated in float64."""
    return _apply("norm", x)


def ema(old: Value, new: Value, beta: Value | Number) -> Value:
    """Exponential moving average: beta * old + (1 - beta) * new."""
    return beta * old + (1 - beta) * new


def debias(m: Value, beta: Value | Number, t: Value) -> Value:
    """An average that started at zero, corrected for it: m / (1 - beta^t)."""
    return m / (1 - beta**t)


def root(v: Value, eps: Value | Number, eps_at: str) -> Value:
    """The square root of a second moment, kept from zero: sqrt(v + eps), sqrt(v) + eps or max(sqrt(v), eps)."""
    if eps_at == "inside":
        return sqrt(v + eps)
    if eps_at == "outside":
        return sqrt(v) + eps
    return maximum(sqrt(v), eps)
