"""The letters that a diagnosis is written in, and the numbers that they stand for."""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.structure import Structure
from surefoot.engines.sympy import exact, symbol

Expr = Any  # SymPy has no types


class DerivationError(Exception):
    """What could not be derived, and why, as the end of a sentence."""


@dataclass(frozen=True)
class Symbols:
    """A symbol for each thing that varies, with what is known of its sign.

    Attributes:
        slots: `x` (which stands for the error e = x - x*) and the state slots. hyper: the hyperparameters.
        curvature: h. values: the numbers of the hyperparameters and of h.
        minimum: x*, a number.
    """

    slots: dict[str, Expr]
    hyper: dict[str, Expr]
    curvature: Expr
    values: dict[Expr, Expr]
    minimum: Expr

    @classmethod
    def of(cls, quadratic: Quadratic, found: Structure) -> "Symbols":
        """The symbols of one diagnosis."""
        taken = {*quadratic.rule.slots, *quadratic.hyper}
        error, curvature = ("e" if "e" not in taken else "error"), ("h" if "h" not in taken else "curvature")
        slots = {s: sp.Symbol(s, **_sign(s in found.not_negative)) for s in quadratic.rule.state}
        hyper = {name: symbol(name, domain) for name, domain in quadratic.rule.hyper.items()}
        h = sp.Symbol(curvature, positive=True)
        return cls(
            slots={"x": sp.Symbol(error, real=True), **slots},
            hyper=hyper,
            curvature=h,
            values={h: exact(quadratic.curvature)} | {hyper[n]: exact(v) for n, v in quadratic.hyper.items()},
            minimum=exact(quadratic.minimum),
        )

    @property
    def error(self) -> Expr:
        """The symbol e."""
        return self.slots["x"]

    def number(self, expression: Expr, digits: int = 30) -> Expr:
        """The expression with all hyperparameters and h as numbers: exact if it can be, else to many digits."""
        value = sp.sympify(expression).subs(self.values)
        return value if value.is_Rational or value.free_symbols else sp.N(value, digits)


def _sign(positive: bool) -> dict[str, bool]:
    return {"positive": True} if positive else {"real": True}
