r"""How a step's results are rounded for storage in fewer bits, written into the graph.

Without it every result is rounded to the nearest number of its storage type when it is stored. Then a parameter stands
still while its steps are smaller than half the distance to its neighbour, and an average never falls where its decay is
smaller than that. Two remedies:

- `stochastic`: round up or down at random, each as often as the value is near to that side, so that the mean is right.
- `compensated`: keep what rounding cut off the parameter in a state slot of the engine's own, `compensation`, in
  bfloat16, and add it back at the next step: Kahan's summation. The rule sees the sum of the two. That sum is exact in
  float32: 8 + 8 bits of bfloat16, or 11 + 8 of float16, with one between them.
"""

from collections.abc import Mapping
from dataclasses import replace

from surefoot.engines.graph import Graph, Level
from surefoot.engines.rewriting.rewrite import rerecord
from surefoot.rules.vocabulary import Tape, Value, where

#: The state slot in which a compensated parameter keeps what rounding cut off.
COMPENSATION = "compensation"
#: Inputs that the engine draws, one number of 16 random bits for each element: `_random0`, `_random1`, ...
RANDOM = "_random"


def draw_of(slot: str) -> int | None:
    """Which draw an input is, or None if it is a slot in memory.

    >>> draw_of("_random1"), draw_of("x")
    (1, None)
    """
    return int(slot.removeprefix(RANDOM)) if slot.startswith(RANDOM) else None


def stochastic(graph: Graph, storage: Mapping[str, str]) -> Graph:
    """The same step with some of its results rounded at random.

    Args:
        storage: `x` or state slot to `bfloat16` or `float16`.

    >>> from surefoot.rules import find
    >>> stochastic(Graph.of(find("sgd")), {"x": "bfloat16"}).slots
    ('x', 'g', '_random0')
    """
    tape, results = _tape(graph), dict(graph.outputs)
    draws: list[str] = []
    for slot, index in graph.outputs.items():
        if slot in storage:
            draws.append(f"{RANDOM}{len(draws)}")
            results[slot] = tape.record(f"dither_{storage[slot]}", index, tape.input(draws[-1]).index).index
    return replace(graph, nodes=tuple(tape.nodes), outputs=results, slots=(*graph.slots, *draws))


def compensated(graph: Graph, storage: str) -> Graph:
    """The same step on the parameter and what was cut off it before; `storage` is the parameter's.

    >>> from surefoot.rules import find
    >>> compensated(Graph.of(find("sgd")), "bfloat16").state
    ('compensation',)
    """
    if graph.levels[graph.outputs["x"]] != Level.ELEMENT:
        return graph  # one new value for all elements, whatever they were: nothing to add up
    tape, outputs = rerecord(graph, "x", lambda x: x + x.tape.input(COMPENSATION))
    new = Value(tape, outputs["x"])
    stored = tape.record(f"nearest_{storage}", new.index)
    cut = new - stored
    # Where the parameter is NaN, infinite, or too large for its storage, nothing is kept that would spoil the sum.
    rest = where(abs(cut) < float("inf"), cut, 0.0)
    outputs |= {"x": stored.index, COMPENSATION: rest.index}
    return replace(graph, nodes=tuple(tape.nodes), outputs=outputs, slots=(*graph.slots, COMPENSATION))


def _tape(graph: Graph) -> Tape:
    """A tape that goes on where the graph ends."""
    tape = Tape()
    for node in graph.nodes:
        tape.record(node.op, *node.args, payload=node.payload)
    return tape
