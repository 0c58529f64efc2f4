"""What can be read off a rule's graph without solving anything: signs, symmetry, what grows, whether x itself matters.

Each of these assumes something of the state slots, looks whether a step keeps it, and so knows that it holds for ever.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.engines.analysis.intervals import ALL, INFINITY, NOT_NEGATIVE, Interval, table
from surefoot.engines.evaluate import Table
from surefoot.engines.graph import Graph
from surefoot.engines.sympy import walk
from surefoot.rules.vocabulary import Node

#: More state slots than this and the symmetry is not looked for: the assumptions to try double with each.
MOST_SLOTS = 8


@dataclass(frozen=True)
class Structure:
    """What holds of every step of a rule.

    Attributes:
        not_negative: state slots that are never negative, since they do not start so.
        parity: +1 for slots that stay, -1 for those that change sign when x - x* and all such do; None if the rule has
            no such symmetry.
        growing: state slots that never decrease.
        shifted: slots that move along when the minimum is moved, `x` among them; None if the rule looks at x itself.
    """

    not_negative: frozenset[str]
    parity: Mapping[str, int] | None
    growing: frozenset[str]
    shifted: frozenset[str] | None


def structure(quadratic: Quadratic) -> Structure:
    """Read it."""
    graph = quadratic.graph
    kept = _not_negative(quadratic)
    ranges = ranges_of(quadratic, kept)
    shifted = _shifted(graph)
    parity = _parity(graph) if shifted is not None or quadratic.minimum == 0 else None
    growing = frozenset(s for s in graph.state if _never_less(graph, graph.outputs[s], s, ranges))
    return Structure(kept, parity, growing, shifted)


def ranges_of(quadratic: Quadratic, not_negative: frozenset[str]) -> dict[int, Interval]:
    """What each node can be at any step, whatever x and the gradient are."""
    inputs: dict[str, Interval] = {slot: NOT_NEGATIVE if slot in not_negative else ALL for slot in quadratic.rule.slots}
    inputs |= {name: Interval(value, value) for name, value in quadratic.hyper.items()}
    return walk(quadratic.graph, {**inputs, "t": Interval(1.0, INFINITY)}, table())


def _not_negative(quadratic: Quadratic) -> frozenset[str]:
    graph = quadratic.graph
    kept = frozenset(s for s in graph.state if quadratic.first(s) >= 0)
    while True:
        ranges = ranges_of(quadratic, kept)
        still = frozenset(s for s in kept if ranges[graph.outputs[s]].low >= 0)
        if still == kept:
            return kept
        kept = still


def _never_less(graph: Graph, end: int, slot: str, ranges: Mapping[int, Interval]) -> bool:
    """Whether a node is the slot's old value, something not negative added to it, or the larger of it and another."""
    node = graph.nodes[end]
    if node == Node("input", (), slot):
        return False  # at the end of the way down only: see below
    inner = [a for a in node.args if graph.nodes[a] == Node("input", (), slot) or _never_less(graph, a, slot, ranges)]
    if node.op == "maximum":
        return bool(inner)
    return node.op == "add" and any(ranges[b].low >= 0 for a in inner for b in _others(node.args, a))


def _others(args: tuple[int, ...], one: int) -> Iterator[int]:
    yield from (b for b in args if b != one)


# Symmetry: the parity of each node, 0 for what is nought, None for what is neither odd nor even.


def _sum_parity(a: Any, b: Any) -> Any:
    if a == 0 or b == 0:
        return b if a == 0 else a
    return None if a is None or a != b else int(a)


def _product_parity(a: Any, b: Any) -> Any:
    return 0 if a == 0 or b == 0 else None if None in (a, b) else a * b


def _even_only(*parities: Any) -> Any:
    return 1 if all(p in (0, 1) for p in parities) else None


def _compared(a: Any, b: Any) -> Any:
    """A comparison keeps its answer where both sides do; that of an odd thing with nought does for = alone."""
    return _even_only(a, b)


def _compared_for_equality(a: Any, b: Any) -> Any:
    return 1 if None not in (a, b) and (a == b or 0 in (a, b)) else None


def _chosen_parity(condition: Any, a: Any, b: Any) -> Any:
    return _sum_parity(a, b) if condition == 1 else None


class _Whole(int):
    """The parity of a whole number: even, as of all constants; `odd` counts where it is an exponent."""

    odd: bool


def _constant(value: float) -> int:
    if value == 0:
        return 0
    if value != int(value):
        return 1
    whole = _Whole(1)
    whole.odd = bool(value % 2)
    return whole


def _power_parity(a: Any, b: Any) -> Any:
    if not isinstance(b, _Whole) or a is None:
        return _even_only(a, b)
    return a if b.odd else abs(a)


PARITY = Table(
    _constant,
    {
        **dict.fromkeys(("add", "sub"), _sum_parity),
        **dict.fromkeys(("mul", "div"), _product_parity),
        **dict.fromkeys(("neg", "sign", "sin"), lambda a: a),
        **dict.fromkeys(("abs", "norm"), lambda a: None if a is None else abs(a)),
        **dict.fromkeys(("exp", "cos"), lambda a: None if a is None else 1),
        **dict.fromkeys(("sqrt", "log"), _even_only),
        "pow": _power_parity,
        **dict.fromkeys(("maximum", "minimum"), _even_only),
        **dict.fromkeys(("lt", "le", "gt", "ge"), _compared),
        **dict.fromkeys(("eq", "ne"), _compared_for_equality),
        "where": _chosen_parity,
        "exp": _even_only,
    },
)


def _parity(graph: Graph) -> dict[str, int] | None:
    if len(graph.state) > MOST_SLOTS:
        return None
    for signs in product((-1, 1), repeat=len(graph.state)):
        slots = {"x": -1, "g": -1, **dict.fromkeys(graph.slots[2:], 1), **dict(zip(graph.state, signs, strict=True))}
        values = walk(graph, {**slots, **dict.fromkeys(graph.hyper, 1), "t": 1}, PARITY)
        if all(values[end] in (slots[slot], 0) for slot, end in graph.outputs.items()):
            return {slot: slots[slot] for slot in ("x", *graph.state)}
    return None


# Moving the minimum: 1 for what moves along with x, 0 for what stays, None for anything else.


def _fixed_only(*shifts: Any) -> Any:
    return 0 if all(s == 0 for s in shifts) else None


def _same(a: Any, b: Any) -> Any:
    return a if a == b else None


SHIFT = Table(
    lambda value: 0,
    {
        **dict.fromkeys(PARITY.ops, _fixed_only),
        "add": lambda a, b: None if None in (a, b) or a + b not in (0, 1) else a + b,
        "sub": lambda a, b: None if None in (a, b) or a - b not in (0, 1) else a - b,
        **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), lambda a, b: 0 if a is not None and a == b else None),
        **dict.fromkeys(("maximum", "minimum"), _same),
        "where": lambda condition, a, b: _same(a, b) if condition == 0 else None,
    },
)


def _shifted(graph: Graph) -> frozenset[str] | None:
    if len(graph.state) > MOST_SLOTS:
        return None
    for shifts in product((0, 1), repeat=len(graph.state)):
        slots = {**dict.fromkeys(graph.slots, 0), "x": 1, **dict(zip(graph.state, shifts, strict=True))}
        values = walk(graph, {**slots, **dict.fromkeys(graph.hyper, 0), "t": 0}, SHIFT)
        if all(values[end] == slots[slot] for slot, end in graph.outputs.items()):
            return frozenset(s for s in ("x", *graph.state) if slots[s] == 1)
    return None
