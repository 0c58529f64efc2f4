"""`--prove`: certificates for every claim that a rule has, over a box of settings."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surefoot.diagnose.derive.findings import Findings, findings
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.prove.boxes import Answer, Box, Piece, decide
from surefoot.diagnose.prove.expressions import fraction
from surefoot.diagnose.prove.starts import descent
from surefoot.diagnose.prove.statements import Statement, attraction, contraction, cycle
from surefoot.engines.analysis.intervals import Interval, arb
from surefoot.engines.sympy import exact
from surefoot.errors import UserError
from surefoot.rules.catalogue import find
from surefoot.rules.rule import Rule

Range = tuple[float, float]


@dataclass(frozen=True)
class Certificate:
    """What was decided of one claim.

    Attributes:
        claim: its name. statement: what exactly it says of every setting in a box.
        pieces: the boxes, with their answers.
    """

    claim: str
    statement: str
    pieces: tuple[Piece, ...]

    def part(self, answer: Answer) -> float:
        """The part of the whole box with that answer (of its volume, halved where it was split)."""
        return sum(piece.part for piece in self.pieces if piece.answer == answer)


@dataclass(frozen=True)
class Proof:
    """Certificates over one box of settings.

    Attributes:
        rule: its name. sides: the settings that are ranges. box: low and high end of every setting.
        certificates: one a claim. undone: which claims could not be put, and why.
    """

    rule: str
    sides: tuple[str, ...]
    box: Mapping[str, Range]
    certificates: tuple[Certificate, ...]
    undone: tuple[str, ...]


def prove(
    rule: str | Callable[..., Any] | Rule,
    curvature: float | Range = 1.0,
    *,
    minimum: float = 0.0,
    start: float | Range | None = None,
    **hyper: Any,
) -> Proof:
    """Prove or refute, for every setting in a box, what can be claimed of a rule on a parabola.

    Args:
        rule: a name, `file.py:function`, or a function of one's own.
        curvature, hyper: numbers, or (low, high) for a side of the box; static options as they are.
        minimum: x*, 0 if the rule looks at x itself.
        start: the size of the first error, a number or (low, high), for a claim about these starts with a new state;
            if it is not given, the claim is about every error and every state.

    Raises:
        UserError: for a number outside its range, or if python-flint is not installed.

    >>> proof = prove("rmsprop", lr=(1e-5, 3e-4))
    >>> [(c.claim, round(c.part("proved"), 2), round(c.part("refuted"), 2)) for c in proof.certificates][:2]
    [('contraction', 0.8, 0.2), ('the minimum attracts', 0.8, 0.2)]
    """
    arb()
    given = {"curvature": curvature, "start": start, **hyper}
    sides = tuple(name for name, value in given.items() if isinstance(value, tuple))
    found_rule = find(rule)
    _check(given, sides)
    # Both ends are checked; domains are intervals, and so is all that lies between.
    ends = [_at(found_rule, given, minimum, end) for end in (0, 1)]
    middle = _at(found_rule, given, minimum, None)
    found = findings(middle)
    for end in ends[::-1]:  # a cycle may begin within the box
        found.cycles = found.cycles or findings(end).cycles
    whole = {**_box(*ends), **({} if start is None else {"start": _side(ends[0].start, ends[1].start)})}
    statements, undone = _statements(middle, found, bool(sides), start is not None)
    certificates = [Certificate(s.name, s.text, tuple(_decide(s, whole, sides))) for s in statements]
    box = {name: (_plain(ends[0], name), _plain(ends[1], name)) for name in whole}
    return Proof(middle.rule.name, sides, box, tuple(certificates), tuple(undone))


def _check(given: Mapping[str, Any], sides: tuple[str, ...]) -> None:
    for name in sides:
        if len(given[name]) != 2 or not given[name][0] < given[name][1]:
            raise UserError(f"{name} must be (low, high) with low below high, got {given[name]}")
    start = given["start"]
    low = start[0] if isinstance(start, tuple) else start
    if low is not None and not low > 0:
        raise UserError(f"start must be above 0, got {low}; it is the size of the first error, either sign")


def _at(rule: Rule, given: Mapping[str, Any], minimum: float, end: int | None) -> Quadratic:
    """One setting of the box: an end of every side, or the middle."""
    one = {name: _one(value, end) if isinstance(value, tuple) else value for name, value in given.items()}
    curvature, start = one.pop("curvature"), one.pop("start")
    return Quadratic.of(rule, curvature, minimum, 1.0 if start is None else start, one)


def _one(side: Range, end: int | None) -> float:
    if end is not None:
        return side[end]
    low, high = side
    return math.sqrt(low) * math.sqrt(high) if low > 0 else (low + high) / 2


def _decide(statement: Statement, whole: Box, sides: tuple[str, ...]) -> list[Piece]:
    """Over the sides that the statement is about."""
    box = {name: side for name, side in whole.items() if name != "start" or statement.of_starts}
    return decide(box, [name for name in sides if name in box], statement.ask)


def _plain(end: Quadratic, name: str) -> float:
    return {"curvature": end.curvature, "start": end.start}.get(name, end.hyper.get(name, math.nan))


def _box(low: Quadratic, high: Quadratic) -> Box:
    """The box, each side reaching out to hold the decimal numbers that were written, and the floats next to them."""
    sides = {name: _side(v, high.hyper[name]) for name, v in low.hyper.items()}
    return {**sides, "curvature": _side(low.curvature, high.curvature)}


def _side(low: float, high: float) -> Interval:
    return Interval(_enclosed(low).low, _enclosed(high).high)


def _enclosed(value: float) -> Interval:
    number = exact(value)
    written = fraction(number.p, number.q, arb())
    return Interval(min(written.low, value), max(written.high, value))


def _statements(quadratic: Quadratic, found: Findings, ranges: bool, starts: bool) -> tuple[list[Statement], list[str]]:
    if found.structure.shifted is None and quadratic.minimum != 0:
        return [], ["the rule looks at x itself, and its minimum is not at 0: no claim is put"]
    first = descent(quadratic, found) if starts else contraction(quadratic, found)
    puts = {"the minimum attracts": attraction(quadratic, found), "the cycle e, -e attracts": cycle(quadratic, found)}
    if ranges and quadratic.branches:  # the formulas are those of one branch, which need not be taken all over the box
        reason = "the rule has branches (max, min, where, |.|), and which is taken may change within the box"
        return [first], [f"{name}: {reason}" for name in puts]
    undone = [f"{name}: {_why(name, found)}" for name, statement in puts.items() if statement is None]
    return [first, *(s for s in puts.values() if s is not None)], undone


def _why(name: str, found: Findings) -> str:
    if found.accumulator is not None and "cycle" not in name:
        return f"it does, for every learning rate: the step falls with {found.accumulator}, which adds up squares"
    if "cycle" in name:
        return "no such cycle with a closed form was derived"
    return next((line.partition(": ")[2] for line in found.undone if line.startswith("linear")), "not derived")
