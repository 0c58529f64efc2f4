"""SymPy: a rule's step as expressions, for diagnosis alone (it reorders, so no float32 result may come from it).

A value is one number, so that `norm` is the absolute value: what is derived here holds for a tensor of one element.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from surefoot.engines.evaluate import Table
from surefoot.engines.graph import Graph
from surefoot.rules.domains import Domain
from surefoot.rules.vocabulary import Node

Expr = Any  # SymPy has no types


def symbol(name: str, domain: Domain) -> Expr:
    """A hyperparameter as a symbol with what its domain says of its sign; the ends of a domain are left out.

    >>> from surefoot.rules import find
    >>> symbol("lr", find("sgd").hyper["lr"]).is_positive
    True
    """
    if domain.low >= 0:
        return sp.Symbol(name, positive=True)
    return sp.Symbol(name, negative=True) if domain.high <= 0 else sp.Symbol(name, real=True)


def exact(value: float) -> Expr:
    """The number as it is written: 0.9 is nine tenths, not the binary fraction next to it.

    >>> exact(0.9), exact(1e-8)
    (9/10, 1/100000000)
    """
    if not math.isfinite(value):
        return sp.sympify(value)
    fraction = Fraction(repr(float(value)))
    return sp.Rational(fraction.numerator, fraction.denominator)


def _where(condition: Expr, a: Expr, b: Expr) -> Expr:
    return sp.Piecewise((a, condition), (b, True))


OPS: dict[str, Callable[..., Expr]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "sqrt": sp.sqrt,
    "abs": sp.Abs,
    "sign": sp.sign,
    "exp": sp.exp,
    "log": sp.log,
    "sin": sp.sin,
    "cos": sp.cos,
    "maximum": sp.Max,
    "minimum": sp.Min,
    "lt": sp.Lt,
    "le": sp.Le,
    "gt": sp.Gt,
    "ge": sp.Ge,
    "eq": sp.Eq,
    "ne": sp.Ne,
    "where": _where,
    "norm": sp.Abs,
}

TABLE = Table(exact, OPS)


def walk(graph: Graph, inputs: Mapping[str, Expr], table: Table = TABLE) -> dict[int, Expr]:
    """The value of every node that an output depends on, the host's included.

    Args:
        graph: the rule. inputs: a value for `t`, each slot and each hyperparameter.
        table: what the operations mean; SymPy's expressions unless told otherwise.

    >>> from surefoot.rules import find
    >>> graph = Graph.of(find("sgd"))
    >>> x, g, lr = sp.symbols("x g lr")
    >>> walk(graph, {"x": x, "g": g, "lr": lr})[graph.outputs["x"]]
    -g*lr + x
    """
    values: dict[int, Any] = {}
    for i in graph.needed:
        node = graph.nodes[i]
        if node.op == "const":
            values[i] = table.scalar(float(node.payload))  # type: ignore[arg-type]
        elif node.op == "input":
            values[i] = inputs[str(node.payload)]
        else:
            # Some tables know more of the square of a thing than of a product of two.
            is_square = node.op == "mul" and node.args[0] == node.args[1] and "square" in table.ops
            values[i] = table.ops["square"](values[node.args[0]]) if is_square else _applied(table, node, values)
    return values


def _applied(table: Table, node: Node, values: Mapping[int, Any]) -> Any:
    return table.ops[node.op](*(values[a] for a in node.args))
