"""The answer, as data: every number that is printed, drawn or written as JSON stands here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surefoot.diagnose.answer.verdict import Evidence
from surefoot.diagnose.derive.recurrence import Recurrence
from surefoot.rules.rule import Setting

if TYPE_CHECKING:
    from surefoot.diagnose.orbits.attractors import Attractor
    from surefoot.diagnose.orbits.simulation import Simulation


@dataclass(frozen=True)
class Formula:
    """An expression, written three ways."""

    text: str
    latex: str
    mathml: str


@dataclass(frozen=True)
class FixedPointRecord:
    """The minimum as a fixed point.

    Attributes:
        state: each slot's value at rest. frozen: slots that keep what they have.
        slots: those that the matrix is about. jacobian: in symbols, row by row. eigenvalues: (real, imaginary).
        polynomial: the characteristic polynomial. conditions: Jury's, each with what must be positive and its value.
        meets: operations that are not smooth there.
    """

    state: Mapping[str, float]
    frozen: tuple[str, ...]
    slots: tuple[str, ...]
    jacobian: tuple[tuple[Formula, ...], ...]
    eigenvalues: tuple[tuple[float, float], ...]
    polynomial: Formula | None
    conditions: tuple[tuple[Formula, float], ...]
    meets: tuple[str, ...]


@dataclass(frozen=True)
class CycleRecord:
    """A cycle e, -e; `stable` is None where its linearisation does not say."""

    amplitude: float
    formula: Formula | None
    state: Mapping[str, float]
    eigenvalues: tuple[tuple[float, float], ...]
    stable: bool | None


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What a rule will do on the loss (h/2) (x - x*)^2, why, and how sure that is.

    Attributes:
        rule: its name. settings: all of them. curvature: h. minimum: x*. start: the first error of the orbit.
        verdict: what will happen, in the words of `surefoot.diagnose.orbits.kinds.Kind`.
        evidence: proved, certified by interval arithmetic, from the linearisation, or simulated.
        because: the ground of the verdict.
        amplitude: of the error in the end, None if unknown; amplitude_formula: its closed form.
        rate: the factor by which errors shrink a step in the long run, or grow near the minimum; None if unknown.
        threshold: the largest stable learning rate, all else as given; infinite if there is none, 0 if none is stable,
            NaN if it could not be found. threshold_formula: its closed form. threshold_evidence: how sure that is;
            searched: where it was found by trying, the least and the largest rate tried, else None.
        margin: threshold / lr: above 1 is stable.
        simulated: the orbit that the verdict is held against. agrees: whether it does what was predicted.
        under_way: the orbit from `start`, where that was still under way when its steps were spent and `simulated`
            therefore begins nearer; else None.
        attractors: what many starts end on, in error coordinates, the one that takes most first, each with its share of
            the starts and the 95% interval of it; empty where a proof speaks for every start, or rounding for all.
        disagreements: where orbit and prediction differ, a sentence each.
        advice: what to do, one sentence.
        recurrence: the step in error coordinates.
        fixed_point, cycles: what was found of them.
        decrease: where a step shortens the error, a sentence.
        assumptions: what the derivation takes for granted. undone: what could not be derived, and why.
    """

    rule: str
    settings: Mapping[str, Setting]
    curvature: float
    minimum: float
    start: float
    verdict: str
    evidence: Evidence
    because: str
    amplitude: float | None
    amplitude_formula: Formula | None
    rate: float | None
    threshold: float
    threshold_formula: Formula | None
    threshold_evidence: str
    searched: tuple[float, float] | None
    margin: float
    simulated: "Simulation"
    under_way: "Simulation | None"
    attractors: "tuple[Attractor, ...]"
    agrees: bool
    disagreements: tuple[str, ...]
    advice: str
    recurrence: Recurrence
    fixed_point: FixedPointRecord | None
    cycles: tuple[CycleRecord, ...]
    decrease: str | None
    assumptions: tuple[str, ...]
    undone: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule}: {self.verdict} ({self.evidence})"
