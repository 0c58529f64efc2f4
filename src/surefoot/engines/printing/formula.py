"""Formulas printed from a graph, in source order: one walk, and a notation for each way of writing.

A notation is a table as every engine's is: how an operation is written, how tightly it binds, and how tightly what
stands in it must bind, or be put in parentheses.
"""

import math
from collections import Counter
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from surefoot.engines.graph import Graph, Level
from surefoot.rules.vocabulary import Node

#: How tightly something binds.
CHOICE, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)

#: A text and how tightly it binds.
Text = tuple[str, int]


@dataclass(frozen=True)
class Form:
    """How an operation is written: a format of its arguments, how tightly it binds, and how tightly each must."""

    text: str
    binds: int
    inner: tuple[int, ...]


@dataclass(frozen=True)
class Notation:
    """A way of writing formulas.

    Attributes:
        forms: of every operation, and of `square`, a product of a thing with itself.
        name: how an input is written. number: how a constant is. parentheses: a format that encloses.
    """

    forms: Mapping[str, Form]
    name: Callable[[str], str]
    number: Callable[[float], str]
    parentheses: str


def number(value: float) -> str:
    """A constant as a reader writes it.

    >>> number(2.0), number(1e-08)
    ('2', '1e-08')
    """
    return f"{value:.12g}"


def write(graph: Graph, end: int, notation: Notation, known: Mapping[int, Text]) -> str:
    """The formula of one node.

    Args:
        graph: the graph. end: the node. notation: how to write.
        known: nodes that are not written out but named, each with its name (slots, say, and the new state).
    """
    return _write(graph.nodes, end, notation, known, {})[0]


def steps(graph: Graph) -> list[tuple[str, int]]:
    """What is best written on a line of its own before the new x, in source order: a name and a node each.

    These are the new state slots, and long formulas of tensors that are used more than once.
    """
    own = {graph.outputs[slot] for slot in graph.state}
    uses = Counter(a for i in graph.needed for a in graph.nodes[i].args)
    shared = [
        i
        for i in graph.needed
        if uses[i] > 1
        and i not in own
        and i != graph.outputs["x"]
        and graph.levels[i] > Level.HOST
        and _size(graph, i, own) > LONG
    ]
    free = [n for n in ("u", *(f"u{k}" for k in range(1, len(shared) + 2))) if n not in {*graph.slots, *graph.hyper}]
    named = zip(free[len(shared) > 1 :], shared, strict=False)
    return sorted([*((slot, graph.outputs[slot]) for slot in graph.state), *named], key=lambda line: line[1])


#: Operations in a formula from which on it is not written twice.
LONG = 3


def _size(graph: Graph, index: int, stops: Container[int]) -> int:
    node = graph.nodes[index]
    return bool(node.args) + sum(_size(graph, a, stops) for a in node.args if a not in stops)


def _write(
    nodes: tuple[Node, ...], index: int, notation: Notation, known: Mapping[int, Text], written: dict[int, Text]
) -> Text:
    if index in known:
        return known[index]
    if index not in written:
        node = nodes[index]
        if node.op == "input":
            written[index] = notation.name(str(node.payload)), ATOM
        elif node.op == "const":
            value = float(node.payload)  # type: ignore[arg-type]
            written[index] = notation.number(value), SUM if math.copysign(1.0, value) < 0 else ATOM
        elif node.op == "mul" and _is_one(nodes[node.args[0]]):
            written[index] = _write(nodes, node.args[1], notation, known, written)
        else:
            is_square = node.op == "mul" and node.args[0] == node.args[1]
            form = notation.forms["square" if is_square else node.op]
            inner = [_write(nodes, a, notation, known, written) for a in node.args]
            texts = [
                notation.parentheses.format(text) if binds < least else text
                for (text, binds), least in zip(inner, form.inner, strict=False)
            ]
            written[index] = form.text.format(*texts), form.binds
    return written[index]


def _is_one(node: Node) -> bool:
    return node.op == "const" and node.payload == 1


def operators(plus: str, minus: str, times: str, compare: Mapping[str, str]) -> dict[str, Form]:
    """The forms that all notations share but for their signs."""
    return {
        "add": Form(plus, SUM, (SUM, SUM)),
        "sub": Form(minus, SUM, (SUM, PRODUCT)),
        "mul": Form(times, PRODUCT, (PRODUCT, PRODUCT)),
        **{op: Form(text, CHOICE, (SUM, SUM)) for op, text in compare.items()},
    }


def functions(text: str, names: Mapping[str, str]) -> dict[str, Form]:
    """Forms of functions, whose arguments stand in a pair of their own; `NAME` in the text is where their name goes."""
    return {op: Form(text.replace("NAME", name), ATOM, (CHOICE,) * 2) for op, name in names.items()}


_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_WORDS = ("sqrt", "abs", "sign", "exp", "log", "sin", "cos", "norm")

#: Plain text, as Python would have it.
TEXT = Notation(
    forms={
        **operators("{} + {}", "{} - {}", "{}*{}", {op: f"{{}} {sign} {{}}" for op, sign in _SIGNS.items()}),
        **functions("NAME({})", {word: word for word in _WORDS}),
        **functions("NAME({}, {})", {"maximum": "max", "minimum": "min"}),
        "div": Form("{}/{}", PRODUCT, (PRODUCT, POWER)),
        "neg": Form("-{}", SIGN, (PRODUCT,)),
        "pow": Form("{}^{}", POWER, (ATOM, ATOM)),
        "square": Form("{}^2", POWER, (ATOM,)),
        "where": Form("({1} if {0} else {2})", ATOM, (CHOICE, SUM, SUM)),
    },
    name=str,
    number=number,
    parentheses="({})",
)
