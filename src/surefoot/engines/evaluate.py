"""Engines that evaluate: walk the graph with a table that gives every operation a meaning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surefoot.engines.graph import Graph, Level
from surefoot.errors import UserError


@dataclass(frozen=True)
class Table:
    """What an engine must know: `scalar` makes one of its own values of a Python float, `ops` act on its values."""

    scalar: Callable[[float], Any]
    ops: Mapping[str, Callable[..., Any]]


def step(graph: Graph, table: Table, slots: Mapping[str, Any], uniforms: Sequence[float]) -> dict[str, Any]:
    """One step of a rule on one tensor: the new `x` and state.

    Args:
        slots: the values of `x`, `g` and the state slots.
        uniforms: what the host computed, in the order of graph.hoisted.

    Raises:
        UserError: if a slot is missing.
    """
    hoisted = dict(zip(graph.hoisted, uniforms, strict=True))
    values: dict[int, Any] = {}
    for i in graph.needed:
        node = graph.nodes[i]
        if i in hoisted:
            values[i] = table.scalar(hoisted[i])
        elif node.op == "const":
            values[i] = table.scalar(float(node.payload))  # type: ignore[arg-type]
        elif graph.levels[i] == Level.HOST:
            continue  # the host's own way to the uniforms
        elif node.op == "input":
            values[i] = _slot(graph, slots, str(node.payload))
        else:
            values[i] = table.ops[node.op](*(values[a] for a in node.args))
    return {slot: values[i] for slot, i in graph.outputs.items()}


def _slot(graph: Graph, slots: Mapping[str, Any], name: str) -> Any:
    if name not in slots:
        raise UserError(f"{graph.name} needs the slot {name!r}; given: {', '.join(slots)}")
    return slots[name]
