"""Orbits by NumPy: the meaning of the compiled ones, a step at a time over all orbits."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines import numpy
from surefoot.engines.orbits.composed import CLOCKS, Map

Numbers = NDArray[np.floating[Any]]


def run(
    map_: Map,
    variables: Numbers,
    steps: int,
    parameters: Mapping[str, Any],
    first: int = 1,
    noise: Any = None,
) -> Numbers:
    """The variables after so many steps, (variables, orbits).

    Args:
        variables: (variables, orbits) at the start; their type is the orbits'. The rest is as for `orbit.Orbits.run`.
    """
    inputs: dict[str, Any] = {n: np.float64(parameters.get(n, d)) for n, d in map_.parameters.items()}
    dtype = variables.dtype
    with np.errstate(all="ignore"):
        fixed = _values(map_, dtype, [i for i in map_.needed if i in map_.fixed], inputs, {})
        order = [i for i in map_.needed if i not in map_.fixed]
        for k in range(steps):
            inputs |= dict.fromkeys(CLOCKS, np.float64(first + k)) | dict(zip(map_.variables, variables, strict=True))
            inputs |= {name: np.asarray(noise)[k, row] for row, name in enumerate(map_.noises)}
            values = _values(map_, dtype, order, inputs, fixed)
            new = [_typed(map_, values, i, dtype) for i in map_.next.values()]
            variables = np.stack([np.broadcast_to(value, variables.shape[1:]) for value in new])
    return variables


def _values(
    map_: Map, dtype: np.dtype[Any], order: list[int], inputs: Mapping[str, Any], known: Mapping[int, Any]
) -> dict[int, Any]:
    """The values of some nodes, given the inputs and values known already."""
    values = dict(known)
    for i in order:
        node = map_.nodes[i]
        if node.op == "const":
            continue
        if node.op == "input":
            values[i] = inputs[str(node.payload)]
        elif node.op == "norm":
            squares = [np.square(_typed(map_, values, a, np.dtype("float64"))) for a in node.args]
            values[i] = np.sqrt(sum(squares[1:], squares[0])).astype(dtype)
        else:
            own = np.dtype("float64") if i in map_.wide else dtype
            values[i] = numpy.OPS[node.op](*(_typed(map_, values, a, own) for a in node.args))
    return values


def _typed(map_: Map, values: Mapping[int, Any], index: int, dtype: np.dtype[Any]) -> Any:
    """A node's value in a floating type (a comparison's as it is)."""
    node = map_.nodes[index]
    if node.op == "const":
        return dtype.type(node.payload)
    value = values[index]
    return value if value.dtype in (dtype, np.dtype(bool)) else value.astype(dtype)
