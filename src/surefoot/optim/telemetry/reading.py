"""What is read of a rule after a step: the effective learning rate of elements, the trust ratio of a tensor."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines import host
from surefoot.engines.analysis.effective import RATE, rate_of_state
from surefoot.engines.analysis.trust import trust_ratio
from surefoot.engines.evaluate import Table, step
from surefoot.engines.graph import Graph, Level
from surefoot.engines.numpy import OPS

Array = NDArray[np.float64]
TRUST = "trust"


@dataclass(frozen=True)
class Reading:
    """A rule's graph made to answer.

    Attributes:
        graph: its outputs are `rate` and, where the rule has one, `trust`. slots: the inputs that it needs.
        uniforms: the host's function for it.
    """

    graph: Graph
    slots: tuple[str, ...]
    uniforms: Callable[..., tuple[float, ...]]


@lru_cache(maxsize=256)
def reading(formula: Graph) -> Reading:
    """What can be read between two steps of a rule."""
    rated = rate_of_state(formula)
    ratio = trust_ratio(formula)
    graph = replace(rated, outputs=rated.outputs if ratio is None else {**rated.outputs, TRUST: ratio})
    inputs = [graph.nodes[i] for i in graph.needed if graph.nodes[i].op == "input" and graph.levels[i] == Level.ELEMENT]
    return Reading(graph, tuple(str(node.payload) for node in inputs), host.uniforms(graph))


def read(
    of: Reading,
    slots: Mapping[str, Array],
    uniforms: Sequence[Sequence[float]],
    valid: NDArray[np.bool_],
    weights: Array,
) -> tuple[Array, Array]:
    """The rates of sampled elements of some tensors, and the tensors' trust ratios (NaN without).

    Args:
        slots: (tensors, sample) each. uniforms: of each tensor. valid: (tensors, sample) which places are taken.
        weights: (tensors,) how many elements each sampled one stands for; norms are estimated by them.
    """

    def norm(x: Any) -> Array:
        squares = np.where(valid, np.square(np.broadcast_to(x, valid.shape)), 0.0)
        return np.asarray(np.sqrt(squares.sum(1, keepdims=True) * weights[:, None]))

    columns = [np.array(column, np.float64)[:, None] for column in zip(*uniforms, strict=True)]
    with np.errstate(all="ignore"):
        found = step(of.graph, Table(lambda value: value, {**OPS, "norm": norm}), slots, columns)  # type: ignore[arg-type]
    trust = np.broadcast_to(found.get(TRUST, np.nan), (len(valid), 1))[:, 0]
    return np.broadcast_to(found[RATE], valid.shape), np.asarray(trust, np.float64)
