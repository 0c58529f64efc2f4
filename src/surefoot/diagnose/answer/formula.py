"""SymPy's expressions as a reader's formulas: plain text, LaTeX, MathML; in every sum what is added comes first."""

from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.str import StrPrinter

from surefoot.diagnose.answer.diagnosis import Formula
from surefoot.engines.printing import latex

#: Beyond this many operations a formula is no help to a reader.
LONGEST = 60


def formula(expression: Any) -> Formula:
    """An expression written three ways, hyperparameters as the field writes them."""
    shown = _folded(expression)
    letters = {s: sp.Symbol(_plain_letter(s.name)) for s in shown.free_symbols}
    typeset = {s: latex.name(s.name.rstrip("'")) + "'" * s.name.endswith("'") for s in shown.free_symbols}
    marked = _MathML().doprint(shown.xreplace(letters))
    return Formula(plain(shown), _Latex({"symbol_names": typeset}).doprint(shown), marked)


def readable(expression: Any) -> Formula | None:
    """The formula, unless it is too long to be read."""
    return formula(expression) if expression is not None and sp.count_ops(expression) <= LONGEST else None


def plain(expression: Any) -> str:
    """The expression as text.

    >>> eps, lr, h = sp.symbols("eps lr h", positive=True)
    >>> plain(sp.sqrt(h**2 * lr**2 - 4 * eps) / (2 * h)), plain(-(h * lr - 2 * sp.sqrt(eps)) / sp.sqrt(eps))
    ('sqrt(h^2*lr^2 - 4*eps)/(2*h)', '(2*sqrt(eps) - h*lr)/sqrt(eps)')
    >>> plain(1 - h * lr * (1 - eps) / (1 + eps))
    '1 - h*lr*(1 - eps)/(eps + 1)'
    """
    text: str = _Text().doprint(_folded(expression))
    return text.replace("**", "^")


def _positive_first(terms: Any) -> list[Any]:
    return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))


class _Text(StrPrinter):  # type: ignore[misc]
    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return _positive_first(super()._as_ordered_terms(expr, order))


class _Latex(LatexPrinter):  # type: ignore[misc]
    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return _positive_first(super()._as_ordered_terms(expr, order))


class _MathML(MathMLPresentationPrinter):  # type: ignore[misc]
    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return _positive_first(super()._as_ordered_terms(expr, order))


def _folded(expression: Any, is_term: bool = False) -> Any:
    """A product's minus taken into a difference that stands in it; a sum's terms keep theirs."""
    if not expression.args:
        return expression
    inner = expression.func(*(_folded(part, expression.is_Add) for part in expression.args))
    turns = inner.is_Mul and not is_term and inner.as_coeff_Mul()[0].is_negative
    return _turned(inner) if turns else inner


def _turned(product: Any) -> Any:
    factors = list(product.args)
    for place, factor in enumerate(factors):
        if factor.is_Add and any(term.could_extract_minus_sign() for term in factor.args):
            return sp.Mul(-1, *factors[:place], *factors[place + 1 :]) * -factor
    return product


def _plain_letter(name: str) -> str:
    """A name that SymPy's MathML printer sets as a Greek letter with its subscript."""
    stem, below = latex.parts(name.rstrip("'"))
    return "_".join([stem, *below]) + "′" * name.endswith("'")
