"""Every word of the vocabulary in a small rule's step, for tests of engines."""

from collections.abc import Callable

from surefoot.rules import cos, exp, log, maximum, minimum, norm, sign, sin, sqrt, where
from surefoot.rules.vocabulary import Value

WORDS: dict[str, Callable[[Value, Value], Value]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a, b: -a,
    "sqrt": lambda a, b: sqrt(a),
    "abs": lambda a, b: abs(a),
    "sign": lambda a, b: sign(a),
    "exp": lambda a, b: exp(a),
    "log": lambda a, b: log(a),
    "sin": lambda a, b: sin(a),
    "cos": lambda a, b: cos(a),
    "maximum": maximum,
    "minimum": minimum,
    "lt": lambda a, b: where(a < b, 1.0, 0.0),
    "le": lambda a, b: where(a <= b, 1.0, 0.0),
    "gt": lambda a, b: where(a > b, 1.0, 0.0),
    "ge": lambda a, b: where(a >= b, 1.0, 0.0),
    "eq": lambda a, b: where(a == b, 1.0, 0.0),
    "ne": lambda a, b: where(a != b, 1.0, 0.0),
    "where": lambda a, b: where(b > 0, a, b),
    "norm": lambda a, b: a / norm(b),
}
