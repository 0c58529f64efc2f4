"""`surefoot.diagnose`: derive, simulate, judge."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from surefoot.diagnose.answer import records
from surefoot.diagnose.answer.advice import advise
from surefoot.diagnose.answer.diagnosis import Diagnosis
from surefoot.diagnose.answer.formula import readable
from surefoot.diagnose.answer.judgement import Judgement, judge
from surefoot.diagnose.answer.wording import around, assumptions, decrease_in_words
from surefoot.diagnose.derive.findings import Findings, findings
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.recurrence import recurrence
from surefoot.diagnose.orbits.attractors import Attractor, attractors
from surefoot.diagnose.orbits.beside import exponent_around
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.nearer import simulate_nearer
from surefoot.diagnose.orbits.search import Searched, largest_rate
from surefoot.diagnose.orbits.simulation import Simulation, simulate
from surefoot.rules.catalogue import find
from surefoot.rules.rule import Rule

#: How many starts are tried, and from which part of the given one to how many times as far; beside x*, none whose
#: digits are lost in it.
STARTS, NEAREST, FARTHEST, LAST_DIGITS = 64, 1e-9, 10.0, 1e-6


def diagnose(
    rule: str | Callable[..., Any] | Rule,
    curvature: float = 1.0,
    *,
    minimum: float = 0.0,
    start: float = 1.0,
    **hyper: Any,
) -> Diagnosis:
    """What will this optimizer do at this curvature, why, and how certain is that?

    Everything is derived from the rule's own function: the recurrence of the error on the loss (h/2) (x - x*)^2, its
    fixed point and cycles, and for which learning rates they attract. A simulated orbit is held against it.

    Args:
        rule: a name (`surefoot rules`), `file.py:function`, or a function of one's own.
        curvature: h, above 0.
        minimum: x*, which matters to rules that look at x itself (weight decay, norms) and to rounding.
        start: the first error of the simulated orbit.
        hyper: hyperparameters and static options of the rule, at their defaults where not given.

    Returns:
        The answer: `.verdict`, `.threshold`, `.amplitude`, `.rate`, `.evidence`, `.simulated` and more.

    Raises:
        UserError: for a number outside its range, an unknown rule or option, or a rule that cannot be traced.

    >>> import surefoot as sf
    >>> d = sf.diagnose("rmsprop", curvature=1.0, lr=0.01)
    >>> d.verdict, d.evidence, round(d.amplitude, 10), d.threshold
    ('2-cycle', 'from the linearisation', 0.0049989999, 0.0002)
    """
    quadratic = Quadratic.of(find(rule), curvature, minimum, start, hyper)
    found = findings(quadratic)
    with np.errstate(all="ignore"):
        orbit, far = _orbits(quadratic)
        judged = judge(quadratic, found, orbit)
        judged = _looked_around(quadratic, judged, orbit)
        others = _attractors(quadratic, judged)
    return _answer(quadratic, found, judged, _Simulated(orbit, far, others))


@dataclass(frozen=True)
class _Simulated:
    """The orbit that the verdict is held against, the one from the given start if that is another, and many starts'."""

    orbit: Simulation
    far: Simulation | None
    attractors: tuple[Attractor, ...]


def _orbits(quadratic: Quadratic) -> tuple[Simulation, Simulation | None]:
    """The orbit to be held against the prediction, and the one from the given start if that is another."""
    rule, settings = quadratic.rule, quadratic.settings
    h, minimum = quadratic.curvature, quadratic.minimum
    orbit = simulate(rule, settings, curvature=h, minimum=minimum, start=quadratic.start)
    if orbit.kind is not Kind.UNDECIDED:
        return orbit, None
    nearer = simulate_nearer(rule, settings, orbit, curvature=h, minimum=minimum)
    return (orbit, None) if nearer is None else (nearer, orbit)


def _looked_around(quadratic: Quadratic, judged: Judgement, orbit: Simulation) -> Judgement:
    """With what the derivative says of a cycle that was not derived."""
    if judged.evidence != "simulated" or orbit.period is None or orbit.period < 2:
        return judged
    where = {"curvature": quadratic.curvature, "minimum": quadratic.minimum}
    exponent = exponent_around(quadratic.rule, quadratic.settings, orbit, **where)
    return replace(judged, because=judged.because + around(exponent, orbit.period))


def _attractors(quadratic: Quadratic, judged: Judgement) -> tuple[Attractor, ...]:
    """What many starts end on, unless a proof speaks for all of them, or rounding holds x wherever it is."""
    if judged.evidence in ("proved", "certified by interval arithmetic") or judged.kind is Kind.ABSORBED:
        return ()
    size, place = abs(quadratic.start), abs(quadratic.minimum)
    low = max(NEAREST * size, LAST_DIGITS * place)
    return attractors(
        quadratic.rule,
        quadratic.settings,
        curvature=quadratic.curvature,
        minimum=quadratic.minimum,
        starts=STARTS,
        sizes=(low, max(FARTHEST * size, FARTHEST * low)),
    )


def _searched(quadratic: Quadratic) -> Searched | None:
    """The threshold by simulation, for a rule of which none is derived."""
    if quadratic.rate is None:
        return None
    where = {"curvature": quadratic.curvature, "minimum": quadratic.minimum, "start": quadratic.start}
    with np.errstate(all="ignore"):
        return largest_rate(quadratic.rule, quadratic.settings, quadratic.rate, **where)


def _answer(quadratic: Quadratic, found: Findings, judged: Judgement, simulated: _Simulated) -> Diagnosis:
    limit, evidence = records.threshold(found)
    searched = _searched(quadratic) if math.isnan(limit) else None
    if searched is not None:
        limit, evidence = searched.value, "simulated"
    lr = quadratic.hyper[quadratic.rate] if quadratic.rate else math.nan
    return Diagnosis(
        rule=quadratic.rule.name,
        settings=dict(quadratic.settings),
        curvature=quadratic.curvature,
        minimum=quadratic.minimum,
        start=quadratic.start,
        verdict=str(judged.kind),
        evidence=judged.evidence,
        because=judged.because,
        amplitude=judged.amplitude,
        amplitude_formula=readable(judged.formula),
        rate=judged.rate,
        threshold=limit,
        threshold_formula=readable(found.threshold.formula) if found.threshold and limit != math.inf else None,
        threshold_evidence=evidence,
        searched=None if searched is None else (searched.low, searched.high),
        margin=limit / lr if lr else math.inf,
        simulated=simulated.orbit,
        under_way=simulated.far,
        attractors=simulated.attractors,
        agrees=judged.disagreement is None,
        disagreements=() if judged.disagreement is None else (judged.disagreement,),
        advice=advise(quadratic, found, judged.kind, limit, simulated.orbit, simulated.attractors, searched),
        recurrence=recurrence(quadratic, found.structure.shifted is None),
        fixed_point=records.fixed_point(found),
        cycles=tuple(records.cycle(c) for c in found.cycles),
        decrease=decrease_in_words(found),
        assumptions=assumptions(quadratic, found, searched),
        undone=tuple(found.undone),
    )
