"""A torch function of two numbers, rewritten in the rules' words: what torch records of it, operation by operation.

Tensors become arrays of recorded values, so indexing, stacking, sums and small matrix products need no words of their
own; what torch does elementwise is one word or a few. A function that branches on its values, or does what is not
below, is not rewritten.
"""

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import torch

from surefoot.rules.vocabulary import (
    Number,
    Value,
    cos,
    exp,
    log,
    maximum,
    minimum,
    sign,
    sin,
    sqrt,
    where,
)

Scalar = Value | Number
#: An array of values and numbers, of any shape, dtype object.
Objects = Any


#: Where a sigmoid is flat to the last digit; exp of more would overflow, and its derivative be NaN.
_FLAT = 60.0


class UnknownError(Exception):
    """The function does what has no words here; the message names it."""


def rewrite(function: Callable[..., Any], coordinates: Sequence[Value]) -> Value:
    """The loss on recorded values.

    Args:
        function: takes the two coordinates as float64 tensors without dimensions, and returns one number as a tensor.
        coordinates: what stands for them.

    Raises:
        UnknownError: for an operation that has no words here, or a branch on a value.
    """
    graph = _recorded(function)
    known: dict[Any, Any] = {}
    given = iter(coordinates)
    for node in graph.graph.nodes:
        if node.op == "placeholder":
            known[node] = _array(next(given))
        elif node.op == "get_attr":
            known[node] = _constants(getattr(graph, node.target))
        elif node.op == "call_function":
            known[node] = _apply(node, known)
        elif node.op == "output":
            return _only(known[node.args[0]])
    raise UnknownError("nothing is returned")


def _recorded(function: Callable[..., Any]) -> Any:
    from torch.fx.experimental.proxy_tensor import make_fx  # noqa: PLC0415 - slow to load

    points = torch.tensor([0.7, 0.4], dtype=torch.float64).unbind()
    try:
        return make_fx(function)(*(p.clone() for p in points))
    except Exception as error:
        raise UnknownError("torch cannot record it as one formula, for it branches on a value or reads one") from error


def _apply(node: Any, known: dict[Any, Any]) -> Objects:
    name = str(node.target).removeprefix("aten.").partition(".")[0]
    arguments = [_resolved(a, known) for a in node.args]
    options = {key: _resolved(a, known) for key, a in node.kwargs.items()}
    if name in _ELEMENTWISE and not options:
        return _array(np.frompyfunc(_ELEMENTWISE[name], len(arguments), 1)(*arguments))
    if name in _SHAPES:
        return _array(_SHAPES[name](*arguments, **options))
    raise UnknownError(f"torch's {name} has no words here")


def _resolved(argument: Any, known: dict[Any, Any]) -> Any:
    if isinstance(argument, list | tuple):
        return [_resolved(a, known) for a in argument]
    return known[argument] if isinstance(argument, torch.fx.Node) else argument


def _array(value: Any) -> Objects:
    if isinstance(value, np.ndarray):
        return value
    made = np.empty((), object)
    made[()] = value
    return made


def _constants(tensor: torch.Tensor) -> Objects:
    array = np.empty(tuple(tensor.shape), object)
    for place in np.ndindex(array.shape):
        array[place] = float(tensor[place])
    return array


def _only(array: Objects) -> Value:
    values = list(np.ravel(array))
    if len(values) != 1 or not isinstance(values[0], Value):
        raise UnknownError("what is returned is not one number made of the coordinates")
    return values[0]


def _sum(array: Objects, dim: Any = None, keepdim: bool = False, **_: Any) -> Objects:
    axis = tuple(dim) if isinstance(dim, list) and dim else None if isinstance(dim, list) else dim
    return np.sum(array, axis=axis, keepdims=keepdim)


def _mean(array: Objects, dim: Any = None, keepdim: bool = False, **_: Any) -> Objects:
    total = _array(_sum(array, dim, keepdim))
    return np.frompyfunc(lambda a: a / (array.size // total.size), 1, 1)(total)


def _product(array: Objects, **_: Any) -> Scalar:
    return reduce(operator.mul, np.ravel(array), 1.0)


def _vector_norm(array: Objects, order: float = 2, dim: Any = None, keepdim: bool = False, **_: Any) -> Objects:
    if order != 2:
        raise UnknownError(f"a norm of order {order} has no words here")
    return np.frompyfunc(sqrt, 1, 1)(_array(_sum(array * array, dim, keepdim)))


def _slice(array: Objects, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Objects:
    place = [slice(None)] * array.ndim
    place[dim] = slice(start, end, step)
    return array[tuple(place)]


def _select(array: Objects, dim: int, index: int) -> Objects:
    return np.take(array, index, axis=dim)


def _rounded_power(base: Scalar, power: Scalar) -> Scalar:
    """A whole power up to 4 as products: exact at negative bases on every engine, and quick."""
    whole = not isinstance(power, Value) and power in (1, 2, 3, 4)
    return reduce(operator.mul, [base] * int(power)) if whole else base**power


def _tanh(a: Scalar) -> Scalar:
    return 1 - 2 / (1 + exp(minimum(2 * a, _FLAT)))


def _sigmoid(a: Scalar) -> Scalar:
    return 1 / (1 + exp(minimum(-a, _FLAT)))


def _softplus(a: Scalar, beta: float = 1.0, threshold: float = 20.0) -> Scalar:
    scaled = a * beta
    return where(scaled > threshold, a, log(1 + exp(minimum(scaled, threshold))) / beta)


def _clamp(a: Scalar, low: Scalar | None = None, high: Scalar | None = None) -> Scalar:
    raised = a if low is None else maximum(a, low)
    return raised if high is None else minimum(raised, high)


#: torch's name to what it does to single values.
_ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "rsub": lambda a, b: b - a,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "pow": _rounded_power,
    "square": lambda a: a * a,
    "reciprocal": lambda a: 1 / a,
    "abs": abs,
    "sign": sign,
    "sgn": sign,
    "sqrt": sqrt,
    "rsqrt": lambda a: 1 / sqrt(a),
    "exp": exp,
    "exp2": lambda a: exp(a * math.log(2)),
    "expm1": lambda a: exp(a) - 1,
    "log": log,
    "log2": lambda a: log(a) / math.log(2),
    "log10": lambda a: log(a) / math.log(10),
    "log1p": lambda a: log(1 + a),
    "sin": sin,
    "cos": cos,
    "tan": lambda a: sin(a) / cos(a),
    "sinh": lambda a: (exp(a) - exp(-a)) / 2,
    "cosh": lambda a: (exp(a) + exp(-a)) / 2,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "relu": lambda a: maximum(a, 0.0),
    "clamp": _clamp,
    "clamp_min": maximum,
    "clamp_max": minimum,
    "maximum": maximum,
    "minimum": minimum,
    "where": where,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "hypot": lambda a, b: sqrt(a * a + b * b),
}

#: torch's name to what it does to whole arrays.
_SHAPES: dict[str, Callable[..., Any]] = {
    "sum": _sum,
    "mean": _mean,
    "prod": _product,
    "linalg_vector_norm": _vector_norm,
    "dot": np.dot,
    "mv": np.dot,
    "mm": np.dot,
    "select": _select,
    "slice": _slice,
    "stack": lambda arrays, dim=0: np.stack(arrays, axis=dim),
    "cat": lambda arrays, dim=0: np.concatenate(arrays, axis=dim),
    "unsqueeze": np.expand_dims,
    "squeeze": lambda array, dim=None: np.squeeze(array, None if dim is None else dim),
    "view": np.reshape,
    "reshape": np.reshape,
    "t": np.transpose,
    "permute": np.transpose,
    "expand": lambda array, shape, **_: np.broadcast_to(
        array, [d if d >= 0 else array.shape[i] for i, d in enumerate(shape)]
    ),
    "alias": lambda array: array,
    "clone": lambda array, **_: array,
    "lift_fresh_copy": lambda array: array,
    "_to_copy": lambda array, **_: array,
    "unbind": lambda array, dim=0: np.moveaxis(array, dim, 0),
}
