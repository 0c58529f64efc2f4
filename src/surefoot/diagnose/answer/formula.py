"""SymPy's expressions as a reader's formulas: plain text, LaTeX, MathML."""

from typing import Any

import sympy as sp
from sympy.printing.mathml import mathml

from surefoot.diagnose.answer.diagnosis import Formula
from surefoot.engines.printing import latex

#: Beyond this many operations a formula is no help to a reader.
LONGEST = 60


def formula(expression: Any) -> Formula:
    """An expression written three ways, hyperparameters as the field writes them."""
    letters = {s: sp.Symbol(_plain_letter(s.name)) for s in expression.free_symbols}
    typeset = {s: latex.name(s.name.rstrip("'")) + "'" * s.name.endswith("'") for s in expression.free_symbols}
    marked = mathml(expression.xreplace(letters), printer="presentation")
    return Formula(str(expression).replace("**", "^"), sp.latex(expression, symbol_names=typeset), marked)


def readable(expression: Any) -> Formula | None:
    """The formula, unless it is too long to be read."""
    return formula(expression) if expression is not None and sp.count_ops(expression) <= LONGEST else None


def _plain_letter(name: str) -> str:
    """A name that SymPy's MathML printer sets as a Greek letter with its subscript."""
    stem, below = latex.parts(name.rstrip("'"))
    return "_".join([stem, *below]) + "′" * name.endswith("'")
