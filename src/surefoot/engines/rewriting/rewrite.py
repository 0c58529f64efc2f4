"""A graph recorded anew with something changed on the way in: the rule sees of an input what was made of it."""

from collections.abc import Callable

from surefoot.engines.graph import Graph
from surefoot.rules.vocabulary import Tape, Value


def rerecord(graph: Graph, slot: str, change: Callable[[Value], Value]) -> tuple[Tape, dict[str, int]]:
    """Record all nodes again, with `change` of an input wherever the graph has the input.

    Returns:
        The tape, and the node of each output on it.
    """
    tape = Tape()
    moved: list[int] = []
    for node in graph.nodes:
        value = tape.record(node.op, *(moved[a] for a in node.args), payload=node.payload)
        is_it = node.op == "input" and node.payload == slot
        moved.append((change(value) if is_it else value).index)
    return tape, {name: moved[i] for name, i in graph.outputs.items()}
