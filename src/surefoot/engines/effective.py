r"""The effective learning rate of every element, read off a rule's graph.

The chapter calls $\eta / \sqrt{G_{jj} + \epsilon}$ the effective learning rate of parameter j. For any rule it is taken
here as: how far the element moves per unit of gradient, if the gradient has been steady, with everything even in the
gradient (second moments, absolute values, norms) as it is. So it is lr/sqrt(G + eps) for RMSProp, lr/(sqrt(v_hat) +
eps) for Adam and, after many steps, lr/(1 - beta) for heavy-ball momentum.

It is found by recording the linear response of the new x to g: sums pass it on, a factor or a divisor scales it, what
is even stops it, and sign(u) counts as u/|u|. A state slot that passes it on (a first moment) has by step t-1 responded
to a steady unit gradient with b (1 - a^(t-1)) / (1 - a), where its update is linear, s' = a s + b g.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from surefoot.engines.graph import Graph, Level
from surefoot.rules.vocabulary import Node, Number, Tape, Value, where

RATE = "rate"
#: A response: a value on the tape, a plain number, or 0.0 where there is none.
Response = Value | Number


def with_rate(graph: Graph) -> Graph:
    """The same step with one more output, `rate`: the effective learning rate of each element in this step.

    It is no state: `Graph.state` does not list it. Where the rule does not move an element whatever the gradient, it is
    0; it is negative where the rule ascends.

    >>> import numpy as np
    >>> from surefoot.rules import find
    >>> from surefoot.engines.numpy import table
    >>> from surefoot.engines.evaluate import step
    >>> from surefoot.engines.host import uniforms
    >>> graph = with_rate(Graph.of(find("adagrad")))
    >>> slots = {"x": np.ones(2), "g": np.array([3.0, 4.0]), "G": np.array([16.0, 0.0])}
    >>> step(graph, table("float64"), slots, uniforms(graph)(1, lr=0.1, eps=0.0, initial=0.0))["rate"]
    array([0.02 , 0.025])
    """
    tape = Tape()
    for node in graph.nodes:
        tape.record(node.op, *node.args, payload=node.payload)
    responses = _respond(tape, graph, {"g": 1.0, **_gains(tape, graph)})
    moved = responses[graph.outputs["x"]]
    rate = -moved
    index = rate.index if isinstance(rate, Value) else tape.record("const", payload=float(rate) + 0.0).index
    return replace(graph, nodes=tuple(tape.nodes), outputs={**graph.outputs, RATE: index})


def rate_of_state(graph: Graph) -> Graph:
    """A graph with the one output `rate`, to be evaluated between two steps: its state slots are those the step left.

    It reads `x` and `g` too where the rate depends on them other than through the state. `t` is the last step's count.
    """
    rated = with_rate(graph)
    nodes = list(rated.nodes)
    for slot in graph.state:
        nodes[graph.outputs[slot]] = Node("input", (), slot)
    return replace(rated, nodes=tuple(nodes), outputs={RATE: rated.outputs[RATE]})


def _gains(tape: Tape, graph: Graph) -> dict[str, Response]:
    """Of every state slot, its response by step t-1 to unit gradients since the start; 0.0 for those that are even."""
    t = tape.input("t")
    gains: dict[str, Response] = {}
    for slot in _in_order(tape, graph):
        new = graph.outputs[slot]
        own = _respond(tape, graph, {slot: 1.0})[new]
        given = _respond(tape, graph, {"g": 1.0, **gains})[new]
        if _is_nought(given):
            gains[slot] = 0.0
        elif isinstance(own, Value) and not _constant(tape, graph, own):
            gains[slot] = given / (1 - own)  # its decay changes from step to step: what it would come to
        elif not isinstance(own, Value) and own == 1:
            gains[slot] = given * (t - 1)
        elif not isinstance(own, Value) and own == 0:
            gains[slot] = where(t > 1, given, 0.0)
        else:
            gains[slot] = given * (1 - own ** (t - 1)) / (1 - own)
    return gains


def _in_order(tape: Tape, graph: Graph) -> list[str]:
    """The state slots, those first on whose old value another's new one depends linearly."""
    follows: dict[str, set[str]] = {}
    for slot in graph.state:
        others = [s for s in graph.state if s != slot]
        new = graph.outputs[slot]
        follows[slot] = {s for s in others if not _is_nought(_respond(tape, graph, {s: 1.0})[new])}
    try:
        return list(TopologicalSorter(follows).static_order())
    except CycleError:
        return list(graph.state)


def _constant(tape: Tape, graph: Graph, value: Value) -> bool:
    """Whether a value depends on hyperparameters alone."""
    open_, seen = [value.index], set()
    while open_:
        index = open_.pop()
        node = tape.nodes[index]
        if node.op == "input" and node.payload not in graph.hyper:
            return False
        if index not in seen:
            seen.add(index)
            open_.extend(node.args)
    return True


def _respond(tape: Tape, graph: Graph, seeds: Mapping[str, Response]) -> list[Response]:
    """The linear response of each of the graph's nodes, given those of the slots."""
    responses: list[Response] = []
    for i, node in enumerate(graph.nodes):
        if graph.levels[i] == Level.HOST:
            responses.append(0.0)
        elif node.op == "input":
            responses.append(seeds.get(str(node.payload), 0.0))
        elif node.op not in _PASSED or all(_is_nought(responses[a]) for a in node.args):
            responses.append(0.0)
        else:
            values = [Value(tape, a) for a in node.args]
            responses.append(_PASSED[node.op](*values, *(responses[a] for a in node.args)))
    return responses


def _is_nought(response: Response) -> bool:
    return not isinstance(response, Value) and response == 0


def _plus(a: Response, b: Response) -> Response:
    if _is_nought(a):
        return b
    return a if _is_nought(b) else a + b


def _times(factor: Value, response: Response) -> Response:
    if _is_nought(response):
        return 0.0
    return factor if not isinstance(response, Value) and response == 1 else response * factor


def _product(a: Value, b: Value, da: Response, db: Response) -> Response:
    if not _is_nought(da) and not _is_nought(db):
        return 0.0  # a square: even
    return _times(b, da) if _is_nought(db) else _times(a, db)


def _of_sign(a: Value, da: Response) -> Response:
    return where(abs(a) > 0, da / abs(a), 0.0)


#: Operations that pass a response on: their arguments, then the arguments' responses. All others stop it.
_PASSED: dict[str, Callable[..., Response]] = {
    "add": lambda a, b, da, db: _plus(da, db),
    "sub": lambda a, b, da, db: _plus(da, 0.0 if _is_nought(db) else -db),
    "neg": lambda a, da: -da,
    "mul": _product,
    "div": lambda a, b, da, db: 0.0 if _is_nought(da) else da / b,
    "sign": _of_sign,
    "maximum": lambda a, b, da, db: where(a > b, da, db),
    "minimum": lambda a, b, da, db: where(a < b, da, db),
    "where": lambda c, a, b, dc, da, db: where(c, da, db),
}
