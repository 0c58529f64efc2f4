r"""The effective learning rate of every element, read off a rule's graph.

The chapter calls $\eta / \sqrt{G_{jj} + \epsilon}$ the effective learning rate of parameter j. For any rule it is taken
here as: how far the element moves per unit of gradient, if the gradient has been steady, with everything even in the
gradient (second moments, absolute values, norms) as it is. So it is lr/sqrt(G + eps) for RMSProp, lr/(sqrt(v_hat) +
eps) for Adam and, after many steps, lr/(1 - beta) for heavy-ball momentum.

It is the linear response of the new x to g (see response.py). A state slot that passes it on (a first moment) has by
step t-1 responded to a steady unit gradient with b (1 - a^(t-1)) / (1 - a), where its update is s' = a s + b g.

A slot that holds a place (see places.py) moves with x. Where x moves by v a step, such a slot stands away from x by an
offset d that its update keeps, d + v = a d + b, which is linear in v, as is then the move of x; so v is solved for. A
slot that begins as x and then goes its own way, as in schedule-free methods, counts as standing where it is: the rate
is then the response of this step alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from surefoot.engines.analysis.places import begun, is_one_late, places
from surefoot.engines.analysis.response import Response, is_nought, respond, tape_of
from surefoot.engines.graph import Graph
from surefoot.rules.vocabulary import Node, Tape, Value, where

RATE = "rate"


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
    tape = tape_of(graph)
    moved = respond(tape, graph, {"g": 1.0, **_gains(tape, graph, {"g": 1.0}, 0.0)})[graph.outputs["x"]]
    if places(graph):  # x moves by v, of which this is the part that does not come of v
        moved = moved / (1 - respond(tape, graph, _gains(tape, graph, {}, 1.0))[graph.outputs["x"]])
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


def _gains(tape: Tape, graph: Graph, seeds: Mapping[str, Response], velocity: float) -> dict[str, Response]:
    """Of every state slot, its response by step t-1 to the seeds since the start; 0.0 for those that are even.

    Of a place it is the offset from x, where x moves by the velocity.
    """
    t = tape.input("t")
    with_x, from_x = places(graph), begun(graph)
    gains: dict[str, Response] = {}
    for slot in _in_order(tape, graph):
        new = graph.outputs[slot]
        own = respond(tape, graph, {slot: 1.0})[new]
        given = respond(tape, graph, {**seeds, **gains})[new]
        if slot in with_x:
            gains[slot] = (given - velocity) / (1 - own)
        elif slot in from_x or is_nought(given):
            gains[slot] = 0.0
        elif is_one_late(tape, own):
            gains[slot] = given * (t - 1)
        elif isinstance(own, Value) and not _constant(tape, graph, own):
            gains[slot] = given / (1 - own)  # its decay changes from step to step: what it would come to
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
        follows[slot] = {s for s in others if not is_nought(respond(tape, graph, {s: 1.0})[new])}
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
