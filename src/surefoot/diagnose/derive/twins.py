"""A rule's step near one point: every operation on a number and a formula at once.

The number is the node's exact value at the point and decides which branch of max, min, where, |.| and sign is taken
there; the formula then has no branches left and can be differentiated. Where two branches meet at the point itself the
rule is not smooth, and both are followed: the step is then one formula on each of several pieces around the point.

The step count is taken to infinity: what depends on t has its limit, bias corrections vanish.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.symbols import DerivationError, Expr, Symbols
from surefoot.engines.graph import Graph, Level
from surefoot.engines.sympy import OPS, exact
from surefoot.rules.vocabulary import COMPARISONS

#: More meeting branches than this are not followed.
MOST_PIECES = 16
#: Numbers that differ by less are the same: they come of exact arithmetic, shown to 60 digits.
SAME = sp.Float("1e-45", 60)


@dataclass(frozen=True)
class Twin:
    """A node near the point: its value there, and its formula. A comparison keeps its two sides instead."""

    value: Expr
    formula: Expr


@dataclass
class Branches:
    """Which branch to take where two meet: as `chosen` says for the first of them, the first branch for the others."""

    chosen: tuple[bool, ...] = ()
    met: list[str] = field(default_factory=list)

    def take(self, what: str) -> bool:
        """Whether to take the second branch; a meeting more is noted."""
        self.met.append(what)
        place = len(self.met) - 1
        return self.chosen[place] if place < len(self.chosen) else False


@dataclass(frozen=True)
class Piece:
    """The step around a point, or one of several pieces of it.

    Attributes:
        values: of each slot, its exact value after a step from the point. formulas: its formula.
        meets: the operations whose branches meet at the point (none if the step is smooth there).
    """

    values: Mapping[str, Expr]
    formulas: Mapping[str, Expr]
    meets: tuple[str, ...]


def pieces(
    quadratic: Quadratic, symbols: Symbols, late: Mapping[int, Any], at: Mapping[str, Expr], shifted: frozenset[str]
) -> list[Piece]:
    """The step around the point `at` (a number for the error `x` and each slot), a piece for each way to branch.

    Args:
        late: the host's share as t goes to infinity (`host`).
        shifted: slots that are given, and returned, less x*.

    Raises:
        DerivationError: if the step has no value there, or has too many pieces.
    """
    found: list[Piece] = []
    open_: list[tuple[bool, ...]] = [()]
    while open_:
        branches = Branches(open_.pop())
        twins = _step(quadratic, symbols, late, at, shifted, branches)
        if len(branches.met) > len(branches.chosen):  # both ways at the first meeting not decided yet
            open_ += [(*branches.chosen, False), (*branches.chosen, True)]
        else:
            values = {slot: twin.value for slot, twin in twins.items()}
            formulas = {slot: twin.formula for slot, twin in twins.items()}
            found.append(Piece(values, formulas, tuple(branches.met)))
        if len(open_) + len(found) > MOST_PIECES:
            raise DerivationError(f"more than {MOST_PIECES} branches of the rule meet at one point")
    return found


def _step(
    quadratic: Quadratic,
    symbols: Symbols,
    late: Mapping[int, Any],
    at: Mapping[str, Expr],
    shifted: frozenset[str],
    branches: Branches,
) -> dict[str, Twin]:
    graph = quadratic.graph
    table = _Table(branches)
    inputs = _slots(symbols, at, shifted)
    values: dict[int, Any] = dict(late)
    for i in graph.needed:
        node = graph.nodes[i]
        if node.op == "input" and graph.levels[i] != Level.HOST:
            values[i] = inputs[str(node.payload)]
        elif graph.levels[i] != Level.HOST:
            values[i] = table.apply(node.op, *(values[a] for a in node.args))
    moved = {slot: symbols.minimum if slot in shifted | {"x"} else sp.Integer(0) for slot in graph.outputs}
    return {
        slot: Twin(values[end].value - moved[slot], values[end].formula - moved[slot])
        for slot, end in graph.outputs.items()
    }


def _slots(symbols: Symbols, at: Mapping[str, Expr], shifted: frozenset[str]) -> dict[str, Twin]:
    h = symbols.curvature
    twins = {"g": Twin(symbols.values[h] * at["x"], h * symbols.error)}
    for slot, letter in symbols.slots.items():
        offset = symbols.minimum if slot in shifted | {"x"} else sp.Integer(0)
        twins[slot] = Twin(at.get(slot, sp.Integer(0)) + offset, letter + offset)
    return twins


def host(quadratic: Quadratic, symbols: Symbols) -> dict[int, Any]:
    """Everything that depends on t and the hyperparameters alone, as t goes to infinity.

    Raises:
        DerivationError: if something that a tensor meets has no finite limit.
    """
    graph = quadratic.graph
    table = _Table(Branches())
    inputs = {name: Twin(_inside(symbols.values[s], s), s) for name, s in symbols.hyper.items()}
    inputs["t"] = Twin(sp.oo, sp.oo)
    values: dict[int, Any] = {}
    for i in graph.needed:
        node = graph.nodes[i]
        if node.op == "const":
            number = exact(float(node.payload))  # type: ignore[arg-type]
            values[i] = Twin(number, number)
        elif graph.levels[i] == Level.HOST and node.op == "input":
            values[i] = inputs[str(node.payload)]
        elif graph.levels[i] == Level.HOST and node.op in COMPARISONS:
            values[i] = table.apply(node.op, *(values[a] for a in node.args))
        elif graph.levels[i] == Level.HOST:
            values[i] = _settled(table.apply(node.op, *(values[a] for a in node.args)), quadratic, symbols, i)
    for i in graph.hoisted:
        if graph.nodes[i].op in COMPARISONS:  # two sides, of which one may well grow without end
            continue
        if not values[i].value.is_finite or values[i].value.has(sp.AccumBounds):  # the bounds of a cosine, say
            raise DerivationError("what the rule makes of the step count t has no finite limit as t grows")
    return values


def _inside(value: Expr, letter: Expr) -> Expr:
    """A hyperparameter at the end of its domain, 0, counts as next to it: what is derived is the limit."""
    return sp.Rational(1, 10**200) if value == 0 and letter.is_positive else value


def _settled(twin: Twin, quadratic: Quadratic, symbols: Symbols, index: int) -> Twin:
    if twin.value.is_finite:
        clean = not twin.formula.has(sp.oo, -sp.oo, sp.zoo, sp.nan)
        return twin if clean else Twin(twin.value, twin.value)
    if twin.value.has(sp.nan):  # infinity over infinity: ask for the limit
        t = sp.Symbol("t", positive=True)
        numbers = {name: symbols.values[s] for name, s in symbols.hyper.items()}
        value = sp.limit(_of_t(quadratic.graph, index, {**numbers, "t": t}), t, sp.oo)
        return Twin(value, value)
    return twin


def _of_t(graph: Graph, index: int, inputs: Mapping[str, Expr]) -> Expr:
    node = graph.nodes[index]
    if node.op == "input":
        return inputs[str(node.payload)]
    if node.op == "const":
        return exact(float(node.payload))  # type: ignore[arg-type]
    return OPS[node.op](*(_of_t(graph, a, inputs) for a in node.args))


class _Table:
    """The operations on twins."""

    def __init__(self, branches: Branches) -> None:
        self.branches = branches

    def apply(self, op: str, *args: Any) -> Any:
        """One operation."""
        if op in COMPARISONS:
            return op, args[0], args[1]
        if op == "where":
            return self._where(*args)
        if op in ("maximum", "minimum"):
            a, b = args
            first = self._is_less(b, a) if op == "maximum" else self._is_less(a, b)
            return a if first else b
        if op in ("abs", "norm", "sign"):
            return self._folded(op, args[0])
        return Twin(OPS[op](*(a.value for a in args)), OPS[op](*(a.formula for a in args)))

    def _where(self, condition: tuple[str, Twin, Twin], a: Twin, b: Twin) -> Twin:
        op, left, right = condition
        if op in ("eq", "ne"):  # true on a thin set only, unless the two sides are the same
            same = sp.simplify(left.formula - right.formula) == 0
            return a if same == (op == "eq") else b
        less = self._is_less(left, right) if op in ("lt", "le") else self._is_less(right, left)
        return a if less else b

    def _is_less(self, a: Twin, b: Twin) -> bool:
        order = _sign_of(a.value - b.value)
        if order == 0 and a.formula - b.formula != 0:
            return self.branches.take(f"{a.formula} and {b.formula}")
        return order < 0

    def _folded(self, op: str, a: Twin) -> Twin:
        side = _sign_of(a.value)
        if side == 0 and a.formula == 0:
            return a
        if side == 0:
            side = -1 if self.branches.take(f"{op}({a.formula})") else 1
            if op == "sign":
                return Twin(sp.Integer(side), sp.Integer(side))
        if op == "sign":
            return Twin(sp.Integer(side), sp.Integer(side))
        return Twin(side * a.value, side * a.formula)


def _sign_of(value: Expr) -> int:
    if value in (sp.oo, -sp.oo):
        return 1 if value == sp.oo else -1
    if value.has(sp.nan, sp.zoo, sp.oo) or value.is_real is False:
        raise DerivationError("the rule divides nought by nought at the fixed point")
    if value.is_Rational:
        return int(sp.sign(value))
    near = sp.N(value, 60)
    return 0 if abs(near) < SAME else 1 if near > 0 else -1
