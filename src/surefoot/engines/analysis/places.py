"""State slots that hold a place, not a difference: an average of x, or Nesterov's second sequence, which move with x.

They are told by numbers: a slot that moves with x becomes one more if x and all such slots were one more, and looks at
x to do so. What holds at two draws of every input and step count is taken to hold.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache

import numpy as np

from surefoot.engines.analysis.response import Response, is_nought, respond, tape_of
from surefoot.engines.graph import Graph
from surefoot.engines.numpy import OPS
from surefoot.rules.vocabulary import Tape, Value

#: Step counts long after the start.
LATE = (7, 11)


@lru_cache(maxsize=256)
def places(graph: Graph) -> frozenset[str]:
    """The slots that move with x.

    >>> from surefoot.rules import Rule
    >>> def nesterov(x, g, y, *, t, lr=0.1, beta=0.9):
    ...     new = x - lr * g
    ...     return new + beta * (new - y), new
    >>> sorted(places(Graph.of(Rule.of(nesterov))))
    ['y']
    """
    tape = tape_of(graph)
    found = set(graph.state)
    while True:
        responses = _shifted(tape, graph, {"x", *found})
        kept = {slot for slot in found if _is(tape, responses[slot], 1.0)}
        if kept == found:
            break
        found = kept
    looking: set[str] = set()
    while True:
        responses = _shifted(tape, graph, {"x", *looking})
        more = {slot for slot in found if not _is(tape, responses[slot], 0.0)}
        if more <= looking:
            return frozenset(looking)
        looking |= more


@lru_cache(maxsize=256)
def begun(graph: Graph) -> frozenset[str]:
    """The slots that are x after the first step, as far as x has a say in them, and later go their own way."""
    if not graph.begins:
        return frozenset()
    tape = tape_of(graph)
    responses = _shifted(tape, graph, {"x"})
    return frozenset(slot for slot in graph.state if _is(tape, responses[slot], 1.0, (1,))) - places(graph)


def is_one_late(tape: Tape, response: Response) -> bool:
    """Whether a response is 1, whatever the inputs, long after the start."""
    return _is(tape, response, 1.0)


def _shifted(tape: Tape, graph: Graph, slots: Collection[str]) -> Mapping[str, Response]:
    responses = respond(tape, graph, dict.fromkeys(slots, 1.0))
    return {slot: responses[graph.outputs[slot]] for slot in graph.state}


def _is(tape: Tape, response: Response, number: float, counts: tuple[int, ...] = LATE) -> bool:
    if not isinstance(response, Value):
        return is_nought(response) if number == 0 else response == number
    return all(abs(_value(tape, response.index, t) - number) < 1e-9 for t in counts)


def _value(tape: Tape, end: int, t: int) -> float:
    """A node's number where every other input is drawn from (0, 1), the same at each call with this step count."""
    rng = np.random.default_rng(t)
    values: list[np.float64] = []
    with np.errstate(all="ignore"):
        for node in tape.nodes[: end + 1]:
            if node.op == "const":
                values.append(np.float64(node.payload))
            elif node.op == "input":
                values.append(np.float64(t if node.payload == "t" else rng.uniform()))
            else:
                values.append(OPS[node.op](*(values[a] for a in node.args)))
    return float(values[end])
