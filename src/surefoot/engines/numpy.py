"""NumPy, the reference: float64 as the meaning of a rule, float32 as what the kernels must equal bit for bit."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.evaluate import Table, step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.rules.rule import Rule

Array = NDArray[np.floating[Any]]


def _maximum(a: Any, b: Any) -> Any:
    return np.where((a > b) | np.isnan(a), a, b)


def _minimum(a: Any, b: Any) -> Any:
    return np.where((a < b) | np.isnan(a), a, b)


def norm(x: Any) -> Any:
    """The Euclidean norm of a whole array, accumulated in float64, in the array's type."""
    return x.dtype.type(np.sqrt(np.sum(np.square(x, dtype=np.float64))))


OPS: dict[str, Any] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "neg": np.negative,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "maximum": _maximum,
    "minimum": _minimum,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "where": np.where,
    "norm": norm,
}


@lru_cache
def table(dtype: str) -> Table:
    """The NumPy engine in one floating type."""
    return Table(np.dtype(dtype).type, OPS)


def run(rule: Rule, slots: Mapping[str, Any], t: int, dtype: str = "float64", **settings: Any) -> dict[str, Array]:
    """One step of a rule, by the reference engine.

    Args:
        rule: the rule. slots: arrays `x`, `g` and state, all of one shape. t: the step count, from 1.
        dtype: `float64` or `float32`, in which everything elementwise is computed.
        settings: hyperparameters and static options; defaults where not given.

    Returns:
        The new `x` and the new state, arrays of the same shape.

    Raises:
        UserError: for a setting outside its domain or a slot that is missing.

    >>> from surefoot.rules import find
    >>> run(find("sgd"), {"x": [1.0, 2.0], "g": [1.0, -1.0]}, t=1, lr=0.5)["x"]
    array([0.5, 2.5])
    """
    chosen = rule.settings(settings)
    graph = Graph.of(rule, chosen)
    arrays = {slot: np.asarray(value, dtype) for slot, value in slots.items()}
    hyper = {name: chosen[name] for name in rule.hyper}
    with np.errstate(all="ignore"):
        new = step(graph, table(dtype), arrays, uniforms(graph)(t, **hyper))
    shape = np.shape(arrays["x"])
    return {slot: np.broadcast_to(np.asarray(value, dtype), shape) for slot, value in new.items()}
