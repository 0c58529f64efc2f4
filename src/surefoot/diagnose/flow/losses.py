"""The losses on which discrete steps are held against their continuous-time limits: smooth, flat, and with kinks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from surefoot.engines.evaluate import Table
from surefoot.engines.field import Field
from surefoot.rules import OPERATIONS, Value, where

#: Python's own floats: for one number at a time they are quicker than NumPy.
FLOATS = Table(float, {name: operation.meaning for name, operation in OPERATIONS.items() if operation.meaning})


@dataclass(frozen=True)
class Loss:
    """A loss of one parameter.

    Attributes:
        name: for titles. function: it, as a landscape. formula: it, in Unicode.
        start: where walks and flows begin. span: until which time they are compared.
        kinks: where the gradient jumps.
    """

    name: str
    function: Callable[..., Any]
    formula: str
    start: float
    span: float
    kinks: tuple[float, ...] = ()

    @cached_property
    def field(self) -> Field:
        """The loss traced, with its gradient."""
        return Field.of(self.function)

    def gradient(self, x: float) -> float:
        """The gradient; at a kink, that of the side which the function's conditions choose."""
        _, (slope,) = self.field.evaluate(FLOATS, (x,))
        return float(slope)

    def slopes(self, kink: float) -> tuple[float, float]:
        """The gradient just left and just right of a kink."""
        near = 1e-9 * max(1.0, abs(kink))
        return self.gradient(kink - near), self.gradient(kink + near)


def quadratic(x: Value) -> Value:
    """The exercise's own."""
    return 0.5 * x * x


def quartic(x: Value) -> Value:
    """Flat at its minimum."""
    return 0.25 * x * x * x * x


def huber(x: Value) -> Value:
    """A quadratic with straight arms."""
    size = abs(x)
    return where(size < 0.5, 0.5 * x * x, 0.5 * size - 0.125)


def absolute(x: Value) -> Value:
    """A kink at the minimum."""
    return abs(x)


def double_well(x: Value) -> Value:
    """Two minima and a hill between them."""
    well = x * x - 1
    return 0.25 * well * well


def kinked(x: Value) -> Value:
    """Steep to the right of 1, nearly flat to its left."""
    return 0.05 * x * x + where(x > 1, 4 * (x - 1), 0.0)


LOSSES = (
    Loss("quadratic", quadratic, "x²/2", start=1.0, span=1.5),
    Loss("quartic", quartic, "x⁴/4", start=1.5, span=2.5),
    Loss("Huber", huber, "x²/2 within ½, |x|/2 − ⅛ beyond", start=1.5, span=2.5),
    Loss("absolute value", absolute, "|x|", start=2 / 3, span=1.5, kinks=(0.0,)),
    Loss("double well", double_well, "(x² − 1)²/4", start=0.1, span=2.5),
    Loss("kinked", kinked, "x²/20 + 4 max(x − 1, 0)", start=2.0, span=2.5, kinks=(1.0,)),
)
