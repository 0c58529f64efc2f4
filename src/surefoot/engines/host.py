"""The host's share of a step, printed as Python: what depends on `t` and the hyperparameters alone, in float64."""

import math
from collections.abc import Callable
from functools import lru_cache
from math import copysign, isnan
from typing import Any

import numpy as np

from surefoot.engines.graph import Graph, Level
from surefoot.errors import UserError

#: Operation to Python text. Maximum and minimum as the vocabulary defines them, NaN and signed zeros included.
PYTHON = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "div": "{} / {}",
    "pow": "{} ** {}",
    "neg": "-{}",
    "sqrt": "sqrt({})",
    "abs": "abs({})",
    "sign": "sign({})",
    "exp": "exp({})",
    "log": "log({})",
    "maximum": "maximum({}, {})",
    "minimum": "minimum({}, {})",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "gt": "{} > {}",
    "ge": "{} >= {}",
    "eq": "{} == {}",
    "ne": "{} != {}",
    "where": "{1} if {0} else {2}",
}

_CHOICE: dict[str, Any] = {
    "maximum": lambda a, b: a if a > b or isnan(a) else b,
    "minimum": lambda a, b: a if a < b or isnan(a) else b,
    "sign": lambda a: a + 0.0 if a == 0 or isnan(a) else copysign(1.0, a),
}
FLOATS: dict[str, Any] = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, **_CHOICE}
#: The same words on NumPy's float64, which answers with infinity and NaN where Python's floats raise.
IEEE: dict[str, Any] = {"sqrt": np.sqrt, "exp": np.exp, "log": np.log, **_CHOICE}


def source(graph: Graph) -> str:
    """The function as text.

    >>> from surefoot.rules import find
    >>> print(source(Graph.of(find("momentum"), {"form": "ema"})))
    def uniforms(t, lr, beta):
        v8 = 1.0 - beta
        return (float(lr), float(beta), float(v8))
    """
    names: dict[int, str] = {}
    lines = []
    for i in graph.needed:
        node = graph.nodes[i]
        if graph.levels[i] != Level.HOST:
            continue
        if node.op in ("const", "input"):
            names[i] = _literal(float(node.payload)) if node.op == "const" else str(node.payload)  # type: ignore[arg-type]
            continue
        names[i] = f"v{i}"
        lines.append(f"    v{i} = {PYTHON[node.op].format(*(names[a] for a in node.args))}")
    results = "".join(f"float({names[i]}), " for i in graph.hoisted)
    head = f"def uniforms({', '.join(('t', *graph.hyper))}):"
    return "\n".join([head, *lines, f"    return ({results.rstrip() if len(graph.hoisted) == 1 else results[:-2]})"])


def _literal(value: float) -> str:
    text = repr(value)
    return text if text[0].isdigit() and "n" not in text else f"float('{text}')"


@lru_cache(maxsize=256)
def _compiled(text: str) -> tuple[Callable[..., tuple[float, ...]], Callable[..., tuple[float, ...]]]:
    code = compile(text, "<surefoot host>", "exec")
    functions = []
    for words in (FLOATS, IEEE):
        names = dict(words)
        exec(code, names)
        functions.append(names["uniforms"])
    return functions[0], functions[1]


def uniforms(graph: Graph) -> Callable[..., tuple[float, ...]]:
    """The function `(t, **hyperparameters) -> values of graph.hoisted`, in float64.

    >>> from surefoot.rules import find
    >>> uniforms(Graph.of(find("momentum"), {"form": "ema"}))(t=1, lr=0.5, beta=0.75)
    (0.5, 0.75, 0.25)
    """
    quick, ieee = _compiled(source(graph))

    def run(t: float, **hyper: Any) -> tuple[float, ...]:
        try:
            return quick(t, **hyper)
        except (ZeroDivisionError, OverflowError, ValueError):
            with np.errstate(all="ignore"):
                return ieee(np.float64(t), **{name: np.float64(value) for name, value in hyper.items()})
        except TypeError as error:
            raise UserError(f"{graph.name} takes hyperparameters {', '.join(graph.hyper)}: {error}") from None

    return run
