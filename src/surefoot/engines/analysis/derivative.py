"""Derivatives on the tape: forward-mode differentiation, which records tangents as more operations.

Gradients of landscapes and tangent maps of whole steps are made here, in the same words as what they are derivatives
of, so that every engine has them. At a kink the derivative is that of one side, always the same: |a| has sign(a), so 0
at 0; `maximum`, `minimum` and `where` have that of the branch they return; `sign` and comparisons have 0; `norm` has 0
at the origin. Where there is no finite derivative (`sqrt` at 0) it is infinite or NaN, as arithmetic has it.
"""

from collections.abc import Callable, Iterable, Mapping

from surefoot.rules.vocabulary import COMPARISONS, Tape, Value, cos, exp, log, sign, sin, sqrt, where

#: A tangent: a recorded value, a plain number, or None for one that is zero whatever the inputs.
Tangent = Value | float | None


def tangents(tape: Tape, seeds: Mapping[int, Tangent], ends: Iterable[int]) -> list[Tangent]:
    """The derivative of each end along the seeds.

    Args:
        tape: where the ends are recorded, and where the tangents will be.
        seeds: node to its derivative along the direction, for the inputs that move; the others stand still.
        ends: nodes to differentiate.

    Returns:
        A tangent an end: a value on the same tape, a plain number, or None where it is zero identically.

    >>> tape = Tape()
    >>> x, y = tape.input("x"), tape.input("y")
    >>> (along_x,) = tangents(tape, {x.index: 1.0}, [(x * y).index])
    >>> along_x.index == y.index
    True
    """
    wanted = list(ends)
    known: dict[int, Tangent] = dict(seeds)
    for index in range(max(wanted, default=-1) + 1):
        node = tape.nodes[index]
        if index in known or not any(known.get(a) is not None for a in node.args):
            continue
        values = [Value(tape, a) for a in node.args]
        known[index] = _RULES[node.op](Value(tape, index), values, [known.get(a) for a in node.args])
    return [known.get(end) for end in wanted]


def _scaled(factor: Value | float, tangent: Tangent) -> Tangent:
    """factor * tangent, without recording a product by 1."""
    if tangent is None or (isinstance(tangent, float) and tangent == 1.0):
        return None if tangent is None else factor
    if isinstance(factor, float) and factor == 1.0:
        return tangent
    return factor * tangent


def _sum(a: Tangent, b: Tangent) -> Tangent:
    if a is None or b is None:
        return a if b is None else b
    return a + b


def _difference(a: Tangent, b: Tangent) -> Tangent:
    if b is None:
        return a
    return -b if a is None else a - b


def _quotient(a: Tangent, b: Value | float) -> Tangent:
    return None if a is None else a / b


def _power(result: Value, base: Value, exponent: Value, d_base: Tangent, d_exponent: Tangent) -> Tangent:
    node = exponent.tape.nodes[exponent.index]
    along_base: Tangent = None
    if d_base is not None:
        power = float(node.payload) if node.op == "const" else exponent  # type: ignore[arg-type]
        lower = base if isinstance(power, float) and power == 2.0 else base ** (power - 1.0)
        along_base = _scaled(_scaled(power, lower), d_base)  # type: ignore[arg-type]
    along_exponent = None if d_exponent is None else _scaled(result * log(base), d_exponent)
    return _sum(along_base, along_exponent)


def _chosen(condition: Value, a: Tangent, b: Tangent) -> Tangent:
    if a is None and b is None:
        return None
    return where(condition, 0.0 if a is None else a, 0.0 if b is None else b)


def _norm(result: Value, parts: list[Value], along: list[Tangent]) -> Tangent:
    inner: Tangent = None
    for part, tangent in zip(parts, along, strict=True):
        inner = _sum(inner, _scaled(part, tangent))
    return None if inner is None else where(result > 0, inner / result, 0.0)


#: Operation to (its result, its arguments, their tangents) -> its tangent. At least one tangent is not None.
_RULES: dict[str, Callable[[Value, list[Value], list[Tangent]], Tangent]] = {
    "add": lambda r, x, d: _sum(d[0], d[1]),
    "sub": lambda r, x, d: _difference(d[0], d[1]),
    "mul": lambda r, x, d: _sum(_scaled(x[1], d[0]), _scaled(x[0], d[1])),
    "div": lambda r, x, d: _quotient(_difference(d[0], _scaled(r, d[1])), x[1]),
    "pow": lambda r, x, d: _power(r, x[0], x[1], d[0], d[1]),
    "neg": lambda r, x, d: _difference(None, d[0]),
    "sqrt": lambda r, x, d: _quotient(d[0], 2.0 * sqrt(x[0])),
    "abs": lambda r, x, d: _scaled(sign(x[0]), d[0]),
    "sign": lambda r, x, d: None,
    "exp": lambda r, x, d: _scaled(exp(x[0]), d[0]),
    "log": lambda r, x, d: _quotient(d[0], x[0]),
    "sin": lambda r, x, d: _scaled(cos(x[0]), d[0]),
    "cos": lambda r, x, d: _difference(None, _scaled(sin(x[0]), d[0])),
    "maximum": lambda r, x, d: _chosen(x[0] > x[1], d[0], d[1]),
    "minimum": lambda r, x, d: _chosen(x[0] < x[1], d[0], d[1]),
    "where": lambda r, x, d: _chosen(x[0], d[1], d[2]),
    "norm": _norm,
    **{comparison: lambda r, x, d: None for comparison in COMPARISONS},
}
