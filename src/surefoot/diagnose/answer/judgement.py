"""The verdict: what was derived, held against the simulated orbit.

A proof holds for every start, and so stands against an orbit, which rounds. The linearisation speaks of starts nearby
only: where the orbit does something else, the orbit has the word, unless it comes to a minimum that repels as soon as
the state has faded: then it was too short. Either way what they differ in is said.
"""

import math
from dataclasses import dataclass

from surefoot.diagnose.answer.verdict import SETTLES, Derived, Evidence, leaves, predict, thrown_back
from surefoot.diagnose.answer.wording import absorbed_because, disagreement, too_short, undecided_because
from surefoot.diagnose.derive.findings import Findings
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.symbols import Expr
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.rounding import would_move
from surefoot.diagnose.orbits.simulation import Simulation

#: An orbit in which errors should have shrunk to no less than this part tells nothing of whether they do.
TOLD = 0.1
IRREGULAR = (Kind.QUASI_PERIODIC, Kind.CHAOS)


@dataclass(frozen=True)
class Judgement:
    """A verdict with its numbers; `disagreement` says where prediction and orbit differ, None where they do not."""

    kind: Kind
    evidence: Evidence
    because: str
    amplitude: float | None
    formula: Expr | None
    rate: float | None
    disagreement: str | None


def judge(quadratic: Quadratic, found: Findings, orbit: Simulation) -> Judgement:
    """The verdict on one setting."""
    derived = predict(quadratic, found)
    rests = orbit.kind is Kind.TRAPPED and would_move(quadratic, orbit)
    if rests or orbit.kind is Kind.ABSORBED:
        return _simulated(Kind.ABSORBED, absorbed_because(derived, orbit), orbit)
    short = orbit.kind in SETTLES and orbit.undefined is None and leaves(found)
    if derived is None and short and found.cycles and all(c.stable is False for c in found.cycles):
        derived = thrown_back(found)
    if derived is None:
        return _undecided(found, orbit)
    if alike(derived.kind, orbit.kind):
        # A convergence derived for the long run is called monotone where the orbit is.
        kind = orbit.kind if derived.kind in SETTLES else derived.kind
        return _derived(kind, derived, orbit, None)
    slow = derived.kind in SETTLES and derived.rate is not None and derived.rate**orbit.steps > TOLD
    if slow and derived.rate is not None and orbit.kind in IRREGULAR:
        return _derived(derived.kind, derived, orbit, too_short(derived.kind, derived.rate, orbit))
    differ = disagreement(derived, orbit, short)
    if derived.evidence == "from the linearisation" and orbit.kind is not Kind.UNDECIDED and not short:
        return _simulated(orbit.kind, f"That is what the simulated orbit does. {derived.because}", orbit, differ)
    return _derived(derived.kind, derived, orbit, differ)


def alike(a: Kind, b: Kind) -> bool:
    """Whether two verdicts are of one mind: to converge is to converge, monotonically or not."""
    return a == b or {a, b} <= SETTLES


def _undecided(found: Findings, orbit: Simulation) -> Judgement:
    if found.leap is None:
        return _simulated(orbit.kind, undecided_because(found, orbit), orbit)
    because = f"The step does not shrink with the error: next to the minimum it is {found.leap:.4g} long at least."
    return _simulated(orbit.kind, because, orbit)


def _derived(kind: Kind, derived: Derived, orbit: Simulation, differ: str | None) -> Judgement:
    # What an orbit measures that does something else is not of this verdict.
    measured = (orbit.amplitude, orbit.rate) if alike(kind, orbit.kind) else (math.nan, None)
    amplitude = measured[0] if derived.amplitude is None else derived.amplitude
    rate = measured[1] if derived.rate is None else derived.rate
    return Judgement(kind, derived.evidence, derived.because, _size(kind, amplitude), derived.formula, rate, differ)


def _simulated(kind: Kind, because: str, orbit: Simulation, differ: str | None = None) -> Judgement:
    return Judgement(kind, "simulated", because, _size(kind, orbit.amplitude), None, orbit.rate, differ)


def _size(kind: Kind, amplitude: float) -> float | None:
    if kind is Kind.DIVERGES:
        return math.inf
    return amplitude if math.isfinite(amplitude) else None
