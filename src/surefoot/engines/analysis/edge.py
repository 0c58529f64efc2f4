r"""The edge of stability of a rule: the largest product of curvature and effective rate at which it still settles.

On a valley of curvature h a plain step settles while h times its step size is below 2. An adaptive rule whose second
moments change slowly acts, from one step to the next, as a linear map on the error and the first moments, scaled by the
effective rate; the edge is where that map's spectral radius reaches 1. It is 2 for RMSProp and 2(1+b)/(1-b) for heavy
ball and for Adam with b = beta1 (Cohen et al. 2021, 2022), and comes out of the graph for any rule.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.analysis.effective import RATE, with_rate
from surefoot.engines.analysis.response import respond, tape_of
from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.numpy import table
from surefoot.rules.vocabulary import Value

#: Where the products are looked at first; the first crossing is then found by halving.
_PRODUCTS = np.geomspace(1e-3, 1e6, 400)
#: A step count by which bias corrections have vanished.
_LATE = 10_000_000
_WARM_UP = 200


def edge(graph: Graph, hyper: Mapping[str, float]) -> float:
    """The largest product of curvature and effective rate at which the rule is stable, second moments standing still.

    Args:
        graph: the rule under its static options. hyper: its hyperparameters, by name.

    Returns:
        The product; infinity if none below 1e6 is unstable, 0 if not even the smallest is stable.

    >>> from surefoot.rules import find
    >>> adam = find("adam")
    >>> round(edge(Graph.of(adam), adam.settings({"beta1": 0.5}) | {}), 6)
    6.0
    """
    numbers = {name: float(hyper[name]) for name in graph.hyper}
    still, given, rate = _linear_map(graph, numbers)
    if rate == 0:
        return float("inf")

    def radius(p: float) -> float:
        return float(np.abs(np.linalg.eigvals(still + p / rate * given)).max())

    stable = np.array([radius(p) <= 1 + 1e-12 for p in _PRODUCTS])
    if stable.all():
        return float("inf")
    first = int(np.argmin(stable))
    if first == 0:
        return 0.0
    low, high = _PRODUCTS[first - 1], _PRODUCTS[first]
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if radius(middle) <= 1 + 1e-12 else (low, middle)
    return float(low)


def linear(graph: Graph) -> Graph:
    """A graph with outputs `a by b`: how the new `a`, x or a state slot, responds to `b`: g, x or a state slot.

    What is even in the gradient is held still, so the map is linear; its numbers depend on the slots and on t.
    """
    tape = tape_of(graph)
    names = ("x", *graph.state)
    outputs: dict[str, int] = {}
    for source in ("g", *names):
        responses = respond(tape, graph, {source: 1.0})
        for target in names:
            value = responses[graph.outputs[target]]
            outputs[f"{target} by {source}"] = (
                value.index if isinstance(value, Value) else tape.record("const", payload=float(value)).index
            )
    return replace(graph, nodes=tuple(tape.nodes), outputs=outputs)


def _linear_map(graph: Graph, hyper: Mapping[str, float]) -> tuple[NDArray[Any], NDArray[Any], float]:
    """The map of (x, state) without a gradient, what a unit of x times curvature adds to it, and the effective rate."""
    names, responses = ("x", *graph.state), linear(graph)
    slots, rate = _steady(graph, hyper)
    found = step(responses, table("float64"), slots, uniforms(responses)(_LATE, **hyper))
    size = len(names)
    still, given = np.zeros((size, size)), np.zeros((size, size))
    for (i, target), (j, source) in product(enumerate(names), enumerate(names)):
        still[i, j] = float(np.max(found[f"{target} by {source}"]))
    for i, target in enumerate(names):
        given[i, 0] = float(np.max(found[f"{target} by g"]))
    return still, given, rate


def _steady(graph: Graph, hyper: Mapping[str, float]) -> tuple[dict[str, Any], float]:
    """Slots after steady unit gradients, and the effective rate then: the edge itself does not depend on their size."""
    rated = with_rate(graph)
    scalars = uniforms(graph)(_LATE, **hyper)
    slots: dict[str, Any] = {"x": np.ones(1), "g": np.ones(1), **{slot: np.ones(1) for slot in graph.state}}
    for _ in range(_WARM_UP):
        new = step(graph, table("float64"), slots, scalars)
        slots.update({slot: np.broadcast_to(new[slot], 1) for slot in graph.state})
    rate = step(rated, table("float64"), slots, uniforms(rated)(_LATE, **hyper))[RATE]
    return slots, abs(float(np.max(rate)))
