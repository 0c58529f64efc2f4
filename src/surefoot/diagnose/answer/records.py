"""From what was derived to what is told of it."""

import math

import sympy as sp

from surefoot.diagnose.answer.diagnosis import CycleRecord, FixedPointRecord, Formula
from surefoot.diagnose.answer.formula import formula, readable
from surefoot.diagnose.derive import jury
from surefoot.diagnose.derive.cycles import Cycle
from surefoot.diagnose.derive.findings import Findings
from surefoot.diagnose.derive.stability import FixedPoint


def threshold(found: Findings) -> tuple[float, str]:
    """The largest stable learning rate, and how sure that is."""
    if found.accumulator is not None:
        return math.inf, "proved"
    if found.leap is not None:
        return 0.0, "proved"
    if found.threshold is None:
        return math.nan, "not found"
    if found.linear:
        return found.threshold.value, "proved"
    return found.threshold.value, "from the linearisation"


def fixed_point(found: Findings) -> FixedPointRecord | None:
    """The minimum as a fixed point, if it is one."""
    at, point = found.rest, found.point
    if at is None or at.drift != 0:
        return None
    state = {slot: float(value) for slot, value in at.state.items() if slot != "x"}
    if point is None or not point.smooth:
        meets = point.meets if point is not None else ()
        return FixedPointRecord(state, tuple(sorted(at.free)), (), (), (), None, (), meets)
    return FixedPointRecord(
        state=state,
        frozen=tuple(sorted(at.free)),
        slots=point.small,
        jacobian=tuple(tuple(formula(entry) for entry in row) for row in point.matrix.tolist()),
        eigenvalues=_pairs(point),
        polynomial=readable(sp.collect(jury.polynomial(point.matrix, root := sp.Symbol("z")), root)),
        conditions=_conditions(found, point),
        meets=(),
    )


def _pairs(point: FixedPoint) -> tuple[tuple[float, float], ...]:
    return tuple((value.real, value.imag) for value in point.eigenvalues)


def _conditions(found: Findings, point: FixedPoint) -> tuple[tuple[Formula, float], ...]:
    shown = [(readable(sp.factor(b.margin)), found.symbols.number(b.margin.subs(point.kept))) for b in point.conditions]
    return tuple((form, float(value)) for form, value in shown if form is not None and value.is_finite)


def cycle(of: Cycle) -> CycleRecord:
    """A cycle; of one that is not smooth, the eigenvalues of its first piece."""
    pairs = tuple((value.real, value.imag) for value in of.eigenvalues[0])
    return CycleRecord(of.amplitude, readable(of.formula), dict(of.state), pairs, of.stable)
