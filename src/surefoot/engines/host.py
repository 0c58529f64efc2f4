"""The host's share of a step, printed as Python: what depends on `t` and the hyperparameters alone, in float64."""

import math
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from surefoot.engines.graph import Graph, Level
from surefoot.errors import UserError
from surefoot.rules.vocabulary import OPERATIONS

#: Operation to Python text. Words of our own begin with _, lest a hyperparameter have the same name.
PYTHON = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "div": "{} / {}",
    "pow": "_pow({}, {})",
    "neg": "-{}",
    "sqrt": "_sqrt({})",
    "abs": "_abs({})",
    "sign": "_sign({})",
    "exp": "_exp({})",
    "log": "_log({})",
    "sin": "_sin({})",
    "cos": "_cos({})",
    "maximum": "_maximum({}, {})",
    "minimum": "_minimum({}, {})",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "gt": "{} > {}",
    "ge": "{} >= {}",
    "eq": "{} == {}",
    "ne": "{} != {}",
    "where": "{1} if {0} else {2}",
}

#: As the vocabulary defines them, NaN and signed zeros included.
_CHOICE: dict[str, Any] = {f"_{op}": OPERATIONS[op].meaning for op in ("maximum", "minimum", "sign")}
FLOATS: dict[str, Any] = {
    "_abs": abs,
    "_float": float,
    "_sqrt": math.sqrt,
    "_exp": math.exp,
    "_log": math.log,
    "_sin": math.sin,
    "_cos": math.cos,
    "_pow": math.pow,
    **_CHOICE,
}
#: The same words on NumPy's float64, which answers with infinity and NaN where Python's floats raise.
IEEE: dict[str, Any] = {
    "_abs": abs,
    "_float": float,
    "_sqrt": np.sqrt,
    "_exp": np.exp,
    "_log": np.log,
    "_sin": np.sin,
    "_cos": np.cos,
    "_pow": operator.pow,
    **_CHOICE,
}


def source(graph: Graph, constant: str = "{}") -> str:
    """The function as text, every constant in it written by the format `constant`.

    >>> from surefoot.rules import find
    >>> print(source(Graph.of(find("momentum"), {"form": "ema"})))
    def uniforms(t, lr, beta):
        _8 = 1.0 - beta
        return (_float(lr), _float(beta), _float(_8))
    """
    names: dict[int, str] = {}
    lines = []
    for i in graph.needed:
        node = graph.nodes[i]
        if graph.levels[i] != Level.HOST:
            continue
        if node.op in ("const", "input"):
            is_constant = node.op == "const"
            names[i] = constant.format(_literal(float(node.payload))) if is_constant else str(node.payload)  # type: ignore[arg-type]
            continue
        names[i] = f"_{i}"
        lines.append(f"    _{i} = {PYTHON[node.op].format(*(names[a] for a in node.args))}")
    results = "".join(f"_float({names[i]}), " for i in graph.hoisted)
    head = f"def uniforms({', '.join(('t', *graph.hyper))}):"
    return "\n".join([head, *lines, f"    return ({results.rstrip() if len(graph.hoisted) == 1 else results[:-2]})"])


def _literal(value: float) -> str:
    text = repr(value)
    return text if text[0].isdigit() and "n" not in text else f"_float('{text}')"


@lru_cache(maxsize=256)
def _on_floats(text: str) -> Callable[..., tuple[float, ...]]:
    return _compiled(text, FLOATS)


@lru_cache(maxsize=256)
def _on_ieee(text: str) -> Callable[..., tuple[float, ...]]:
    return _compiled(text, {**IEEE, "_float64": np.float64})


def _compiled(text: str, words: dict[str, Any]) -> Callable[..., tuple[float, ...]]:
    names = dict(words)
    exec(compile(text, "<surefoot host>", "exec"), names)
    function: Callable[..., tuple[float, ...]] = names["uniforms"]
    return function


def uniforms(graph: Graph) -> Callable[..., tuple[float, ...]]:
    """The function `(t, **hyperparameters) -> values of graph.hoisted`, in float64.

    >>> from surefoot.rules import find
    >>> uniforms(Graph.of(find("momentum"), {"form": "ema"}))(t=1, lr=0.5, beta=0.75)
    (0.5, 0.75, 0.25)
    """
    quick = _on_floats(source(graph))

    def run(t: float, **hyper: Any) -> tuple[float, ...]:
        try:
            return quick(float(t), **hyper)
        except (ZeroDivisionError, OverflowError, ValueError):
            ieee = _on_ieee(source(graph, "_float64({})"))
            with np.errstate(all="ignore"):
                return ieee(np.float64(t), **{name: np.float64(value) for name, value in hyper.items()})
        except TypeError as error:
            raise UserError(f"{graph.name} takes hyperparameters {', '.join(graph.hyper)}: {error}") from None

    return run
