"""What can be certified of a rule, each claim with what it says of every setting in a box, and how a box is decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import sympy as sp

from surefoot.diagnose.derive.contraction import EVER, FAR, WIDE, shrinkage, shrinkage_of
from surefoot.diagnose.derive.contraction import Box as States
from surefoot.diagnose.derive.findings import Findings
from surefoot.diagnose.derive.jury import boundaries, is_stable
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.symbols import Expr, Symbols
from surefoot.diagnose.prove import determinants
from surefoot.diagnose.prove.boxes import Answer, Box
from surefoot.diagnose.prove.expressions import enclose
from surefoot.engines.analysis.intervals import ALL, Interval, arb

Ask = Callable[[Box], tuple[Answer, str]]

#: Where a claim on every state is tried to be refuted: error size, value of the state, step count.
_WITNESSES = tuple(product((1e-8, 1.0, 1e-100), (0.0, 1.0, -1.0, 1e9, -1e9), (1.0, 1e12)))


#: The largest matrix whose margins are written in symbols.
IN_SYMBOLS = 2


@dataclass(frozen=True)
class Statement:
    """A claim: its name, what exactly it says, the question put to each box, and whether starts are a side of that."""

    name: str
    text: str
    ask: Ask
    of_starts: bool = False


def contraction(quadratic: Quadratic, found: Findings) -> Statement:
    """Every step shortens the error."""
    known = " and ".join(sorted(s for s in quadratic.graph.state if s in found.structure.not_negative))
    others = " and ".join(s for s in quadratic.graph.state if s not in found.structure.not_negative)
    states = "".join([f", every {known} in [0, {FAR:g}]" if known else "", f", any {others}" if others else ""])
    text = (
        f"for every setting in the box, every e with 0 < |e| <= {WIDE.high:g}{states} and every t >= 1: |e'| < |e|. "
        "So from every such start |e| falls at every step."
    )

    def states_at(box: Box, size: Interval, slots: Mapping[str, Interval], t: Interval) -> States:
        return States(size, slots, {n: box[n] for n in quadratic.hyper}, box["curvature"], t)

    def ask(box: Box) -> tuple[Answer, str]:
        every = {s: Interval(0.0, FAR) if s in found.structure.not_negative else ALL for s in quadratic.rule.state}
        within = shrinkage(quadratic, states_at(box, WIDE, every, EVER), arb())
        if within.low > 0 and within.high < 2:
            return "proved", ""
        for size, value, t in _WITNESSES:
            slots = {s: max(value, 0.0) if s in found.structure.not_negative else value for s in quadratic.rule.state}
            point = {s: Interval(v, v) for s, v in slots.items()}
            there = shrinkage_of(1.0, quadratic, states_at(box, Interval(size, size), point, Interval(t, t)), arb())
            if there.high <= 0 or there.low >= 2:
                at = "" if quadratic.autonomous else f", at t = {t:g}"
                state = "".join(f", {s} = {slots[s]:g}" for s in quadratic.graph.state)
                return "refuted", f"|e'| >= |e| from e = {size:g}{state}{at}"
        return "undecided", ""

    return Statement("contraction", text, ask)


def attraction(quadratic: Quadratic, found: Findings) -> Statement | None:
    """The minimum attracts."""
    point = found.point
    if point is None or not point.smooth or found.accumulator is not None:
        return None
    matrix = point.matrix.subs(point.kept)
    kept = f", {' and '.join(sorted(point.frozen))} being at first values" if point.frozen else ""
    text = (
        f"for every setting in the box, as t grows{kept}: all eigenvalues of the Jacobian at the minimum lie inside "
        "the unit circle, so that every start near enough tends to it; where refuted, one lies outside and starts "
        "nearby leave."
    )
    return Statement("the minimum attracts", text, _by_jury(matrix, found.symbols, quadratic))


def cycle(quadratic: Quadratic, found: Findings) -> Statement | None:
    """The cycle e, -e attracts."""
    forms = [c for c in found.cycles if c.formula is not None and c.smooth and c.folded is not None]
    if len(forms) != 1:
        return None
    (form,) = forms
    assert form.formula is not None
    symbols = found.symbols
    text = (
        f"for every setting in the box, as t grows: there is a cycle e, -e with |e| = {form.formula} and all "
        "eigenvalues of its folded Jacobian lie inside the unit circle; where refuted, there is no such cycle or it "
        "repels."
    )
    jury = _by_jury(form.folded, symbols, quadratic)

    def ask(box: Box) -> tuple[Answer, str]:
        amplitude = enclose(_inside_root(form.formula), _letters(box, symbols, quadratic), arb())
        if amplitude.high <= 0:
            return "refuted", "there is no such cycle"
        if amplitude.low <= 0:
            return "undecided", ""
        answer, _ = jury(box)
        return answer, "the cycle repels" if answer == "refuted" else ""

    return Statement("the cycle e, -e attracts", text.replace("**", "^"), ask)


def _inside_root(formula: Expr) -> Expr:
    """What must be positive for an amplitude to be one: what stands under its root, or the amplitude itself."""
    roots = [p for p in formula.atoms(sp.Pow) if p.exp == sp.Rational(1, 2) and (p.base.is_Add)]
    return roots[0].base if roots else formula


def _by_jury(matrix: Expr, symbols: Symbols, quadratic: Quadratic) -> Ask:
    """Decide by the margins of Jury's conditions, and an exact look at one setting.

    Where all margins stay positive on a box no eigenvalue crosses the unit circle in it, and one setting decides for
    all. A negative margin is a product of 1 -+ eigenvalues (or of pairs of them) that is negative: one lies outside.
    """
    # In symbols a margin has each letter fewer times and so narrower bounds, but only small ones are soon found.
    margins = [sp.factor(b.margin) for b in boundaries(matrix)] if matrix.rows <= IN_SYMBOLS else None

    def ask(box: Box) -> tuple[Answer, str]:
        at = _letters(box, symbols, quadratic)
        if margins is None:
            values = determinants.margins([[enclose(x, at, arb()) for x in row] for row in matrix.tolist()])
        else:
            values = [enclose(margin, at, arb()) for margin in margins]
        if any(v.high < 0 for v in values):
            return "refuted", "an eigenvalue lies outside"
        if all(v.low > 0 for v in values) and _stable_at_the_middle(matrix, at):
            return "proved", ""
        return "undecided", ""

    return ask


def _letters(box: Box, symbols: Symbols, quadratic: Quadratic) -> dict[Expr, Interval]:
    return {symbols.hyper[name]: box[name] for name in quadratic.hyper} | {symbols.curvature: box["curvature"]}


def _stable_at_the_middle(matrix: Expr, at: Mapping[Expr, Interval]) -> bool:
    middle = {s: _fraction((side.low + side.high) / 2) for s, side in at.items()}
    numbers = matrix.subs(middle)
    rational = numbers.applyfunc(lambda x: x if x.is_Rational else sp.Rational(str(sp.N(x, 60))))
    return is_stable(rational.charpoly().all_coeffs())


def _fraction(value: float) -> Expr:
    exact = Fraction(value)
    return sp.Rational(exact.numerator, exact.denominator)
