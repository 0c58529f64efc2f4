"""A rule's step on the parabola as SymPy expressions, with its branches left open and its host's share settled."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.symbols import Expr, Symbols
from surefoot.engines.graph import Level
from surefoot.engines.sympy import OPS


def step(
    quadratic: Quadratic,
    symbols: Symbols,
    late: Mapping[int, Any],
    at: Mapping[str, Expr],
    shifted: frozenset[str],
    *,
    named: Mapping[int, Expr] | None = None,
    numbers: bool = True,
) -> dict[str, Expr]:
    """The error and the state after a step.

    Args:
        late: the host's share as t goes to infinity (`twins.host`).
        at: expressions for `x`, which is the error, and the state slots. shifted: slots given and returned less x*.
        named: nodes to be called by a name instead of being written out.
        numbers: whether hyperparameters and h are numbers, not symbols.
    """
    graph = quadratic.graph
    values: dict[int, Any] = {i: _of_host(late[i], numbers) for i in late}
    h = symbols.values[symbols.curvature] if numbers else symbols.curvature
    offset = {slot: symbols.minimum if slot in shifted | {"x"} else sp.Integer(0) for slot in quadratic.rule.slots}
    for i in graph.needed:
        node = graph.nodes[i]
        if graph.levels[i] == Level.HOST:
            continue
        if node.op == "input":
            slot = str(node.payload)
            values[i] = h * at["x"] if slot == "g" else at.get(slot, sp.Integer(0)) + offset[slot]
        else:
            values[i] = OPS[node.op](*(values[a] for a in node.args))
        if named and i in named:
            values[i] = named[i]
    return {slot: values[end] - offset[slot] for slot, end in graph.outputs.items()}


def _of_host(late: Any, numbers: bool) -> Expr:
    """A number or a formula; what a comparison says as t goes to infinity."""
    if not isinstance(late, tuple):
        return late.value if numbers else late.formula
    op, left, right = late
    return OPS[op](left.value, right.value)
