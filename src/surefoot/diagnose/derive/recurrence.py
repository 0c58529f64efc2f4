"""The recurrence in error coordinates: the rule's own step with x = x* + e and g = h e, in text, LaTeX and MathML."""

from collections.abc import Callable
from dataclasses import dataclass

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.engines.printing import formula, latex, mathml
from surefoot.engines.printing.formula import ATOM, PRODUCT, SUM, Notation, Text

#: What the minimum x* is called in the recurrence of a rule that looks at x itself.
MINIMUM = "c"


@dataclass(frozen=True)
class Recurrence:
    """The step from (e, state) to the next, an equation a line, the error last.

    Attributes:
        text: as Python would have it; a prime is the new value. latex, mathml: typeset, with k for the step.
    """

    text: tuple[str, ...]
    latex: tuple[str, ...]
    mathml: tuple[str, ...]


@dataclass(frozen=True)
class _Writing:
    """A notation, how a slot is called in it before and after the step, and how an equation is written."""

    notation: Notation
    old: Callable[[str], str]
    new: Callable[[str], str]
    equation: str


_TEXT = _Writing(formula.TEXT, str, "{}'".format, "{} = {}")
_LATEX = _Writing(latex.LATEX, lambda s: latex.name(s, "k"), lambda s: latex.name(s, "k+1"), "{} = {}")
_MATHML = _Writing(mathml.MATHML, lambda s: mathml.name(s, "k"), lambda s: mathml.name(s, "k+1"), "{}<mo>=</mo>{}")


def recurrence(quadratic: Quadratic, looks_at_x: bool) -> Recurrence:
    """Write it from the graph, in source order.

    Args:
        looks_at_x: whether the place of the minimum matters to the rule, and so must stand in it.
    """
    apart = looks_at_x and quadratic.minimum != 0
    return Recurrence(*(tuple(_lines(quadratic, apart, writing)) for writing in (_TEXT, _LATEX, _MATHML)))


def letters(quadratic: Quadratic) -> tuple[str, str]:
    """What the error and the curvature are called: e and h, unless the rule has such a name."""
    taken = {*quadratic.rule.slots, *quadratic.hyper}
    return ("e" if "e" not in taken else "error"), ("h" if "h" not in taken else "curvature")


def _lines(quadratic: Quadratic, apart: bool, writing: _Writing) -> list[str]:
    graph, notation = quadratic.graph, writing.notation
    known = _inputs(quadratic, apart, writing)
    lines = []
    for label, end in formula.steps(graph):
        lines.append(writing.equation.format(writing.new(label), formula.write(graph, end, notation, known)))
        known.setdefault(end, (writing.new(label), ATOM))
    error = formula.write(graph, graph.outputs["x"], notation, known)
    if apart:
        error = notation.forms["sub"].text.format(error, notation.name(MINIMUM))
    return [*lines, writing.equation.format(writing.new(letters(quadratic)[0]), error)]


def _inputs(quadratic: Quadratic, apart: bool, writing: _Writing) -> dict[int, Text]:
    notation = writing.notation
    error, curvature = letters(quadratic)
    e = writing.old(error)
    named = {slot: (writing.old(slot), ATOM) for slot in quadratic.rule.state}
    named["g"] = notation.forms["mul"].text.format(notation.name(curvature), e), PRODUCT
    named["x"] = (notation.forms["add"].text.format(notation.name(MINIMUM), e), SUM) if apart else (e, ATOM)
    nodes = quadratic.graph.nodes
    return {
        i: named[str(nodes[i].payload)]
        for i in quadratic.graph.needed
        if nodes[i].op == "input" and nodes[i].payload in named
    }
