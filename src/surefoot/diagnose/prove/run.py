"""`--prove`: certificates for every claim that a rule has, over a box of settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surefoot.diagnose.derive.findings import Findings, findings
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.prove.boxes import Answer, Box, Piece, decide
from surefoot.diagnose.prove.expressions import fraction
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
    rule: str | Callable[..., Any] | Rule, curvature: float | Range = 1.0, *, minimum: float = 0.0, **hyper: Any
) -> Proof:
    """Prove or refute, for every setting in a box, what can be claimed of a rule on a parabola.

    Args:
        rule: a name, `file.py:function`, or a function of one's own.
        curvature, hyper: numbers, or (low, high) for a side of the box; static options as they are.
        minimum: x*, 0 if the rule looks at x itself.

    Raises:
        UserError: for a number outside its range, or if python-flint is not installed.

    >>> proof = prove("rmsprop", lr=(1e-5, 3e-4))
    >>> [(c.claim, round(c.part("proved"), 2), round(c.part("refuted"), 2)) for c in proof.certificates][:2]
    [('contraction', 0.8, 0.2), ('the minimum attracts', 0.8, 0.2)]
    """
    arb()
    sides = {name: value for name, value in {"curvature": curvature, **hyper}.items() if isinstance(value, tuple)}
    found_rule = find(rule)
    for name, (low, high) in sides.items():
        if low >= high:
            raise UserError(f"{name} must be (low, high) with low below high, got ({low}, {high})")
    ends = [
        Quadratic.of(found_rule, *_at(curvature, hyper, minimum, end)) for end in (0, 1)
    ]  # both ends are checked; domains are intervals, and so is all that lies between
    middle = Quadratic.of(found_rule, *_at(curvature, hyper, minimum, None))
    found = findings(middle)
    for end in ends[::-1]:  # a cycle may begin within the box
        found.cycles = found.cycles or findings(end).cycles
    whole = _box(ends[0], ends[1])
    statements, undone = _statements(middle, found, bool(sides))
    certificates = [Certificate(s.name, s.text, tuple(decide(whole, sides, s.ask))) for s in statements]
    box = {name: (_plain(ends[0], name), _plain(ends[1], name)) for name in whole}
    return Proof(middle.rule.name, tuple(sides), box, tuple(certificates), tuple(undone))


def _at(
    curvature: float | Range, hyper: Mapping[str, Any], minimum: float, end: int | None
) -> tuple[float, float, float, dict[str, Any]]:
    def value(given: Any) -> Any:
        if not isinstance(given, tuple):
            return given
        return (
            (given[0] * given[1]) ** 0.5
            if end is None and given[0] > 0
            else sum(given) / 2
            if end is None
            else given[end]
        )

    return value(curvature), minimum, 1.0, {name: value(given) for name, given in hyper.items()}


def _plain(end: Quadratic, name: str) -> float:
    return end.curvature if name == "curvature" else end.hyper[name]


def _box(low: Quadratic, high: Quadratic) -> Box:
    """The box, each side reaching out to hold the decimal numbers that were written, and the floats next to them."""
    sides = {name: Interval(_enclosed(v).low, _enclosed(high.hyper[name]).high) for name, v in low.hyper.items()}
    return {**sides, "curvature": Interval(_enclosed(low.curvature).low, _enclosed(high.curvature).high)}


def _enclosed(value: float) -> Interval:
    number = exact(value)
    written = fraction(number.p, number.q, arb())
    return Interval(min(written.low, value), max(written.high, value))


def _statements(quadratic: Quadratic, found: Findings, ranges: bool) -> tuple[list[Statement], list[str]]:
    if found.structure.shifted is None and quadratic.minimum != 0:
        return [], ["the rule looks at x itself, and its minimum is not at 0: no claim is put"]
    puts = {"the minimum attracts": attraction(quadratic, found), "the cycle e, -e attracts": cycle(quadratic, found)}
    if ranges and quadratic.branches:  # the formulas are those of one branch, which need not be taken all over the box
        reason = "the rule has branches (max, min, where, |.|), and which is taken may change within the box"
        return [contraction(quadratic, found)], [f"{name}: {reason}" for name in puts]
    undone = [f"{name}: {_why(name, found)}" for name, statement in puts.items() if statement is None]
    return [contraction(quadratic, found), *(s for s in puts.values() if s is not None)], undone


def _why(name: str, found: Findings) -> str:
    if "cycle" in name:
        return "no such cycle with a closed form was derived"
    return next((line.partition(": ")[2] for line in found.undone if line.startswith("linear")), "not derived")
