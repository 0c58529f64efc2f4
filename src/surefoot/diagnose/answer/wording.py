"""What was derived, in words."""

import math
from collections.abc import Iterable

from surefoot.diagnose.answer.diagnosis import Diagnosis
from surefoot.diagnose.answer.formula import plain
from surefoot.diagnose.answer.verdict import SETTLES, Derived
from surefoot.diagnose.derive.findings import Findings
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.orbits.arrival import STEPS as STRETCH
from surefoot.diagnose.orbits.arrival import STRETCHES as MOST_STRETCHES
from surefoot.diagnose.orbits.attractors import APART, Attractor
from surefoot.diagnose.orbits.kinds import NEUTRAL, Kind
from surefoot.diagnose.orbits.search import STEPS, STRETCHES, Searched
from surefoot.diagnose.orbits.simulation import Simulation

#: The longest cycle whose errors are listed.
LISTED = 8


def absorbed_because(prediction: Derived | None, orbit: Simulation) -> str:
    """Why an orbit stands still that would not in exact arithmetic."""
    if orbit.amplitude == 0:
        said = "In float64 x comes to rest on the very number x*, where the gradient is 0."
    else:
        said = "The step is not 0, but too short to change x in float64."
    if orbit.without_rounding is not None:
        return f"{said} With the minimum at 0, where errors have all their digits: {orbit.without_rounding}."
    return f"{said} In exact arithmetic it {prediction.kind}." if prediction and prediction.kind in SETTLES else said


def disagreement(prediction: Derived, orbit: Simulation, short: bool) -> str:
    """Where the orbit does not do what was predicted; `short`: since its state has not faded yet."""
    if short:
        scope = "the state of the orbit has not faded yet, and only so long does it stay at the minimum"
    elif prediction.evidence == "from the linearisation":
        scope = "the linearisation speaks of starts nearby only, and as t grows"
    else:
        scope = "the prediction is for exact arithmetic"
    if orbit.kind is Kind.UNDECIDED:
        return (
            f"Predicted: {prediction.kind}. The orbit from e = {orbit.first[0]:g} is still under way after "
            f"{orbit.steps} steps, at |e| = {orbit.amplitude:.4g}, and so confirms nothing."
        )
    return (
        f"Predicted: {prediction.kind}. Simulated from e = {orbit.first[0]:g} over {orbit.steps} steps: {orbit.kind}. "
        f"They disagree; {scope}."
    )


def too_short(kind: Kind, rate: float, orbit: Simulation) -> str:
    """Of an orbit in which a slow convergence could not be seen."""
    return (
        f"Predicted: {kind}. The orbit from e = {orbit.first[0]:g} looks {orbit.kind}, but near the minimum errors "
        f"shrink only to {rate**orbit.steps:.2g} of their size in its {orbit.steps} steps: it is too short to tell."
    )


def undecided_because(found: Findings, orbit: Simulation) -> str:
    """Why the simulated orbit has the last word."""
    point = found.point
    if point is None or not point.smooth:
        return "Nothing derived decides; this is what the simulated orbit does."
    if point.frozen:
        kept = " and ".join(point.frozen)
        return (
            f"Whether the minimum attracts depends on what {kept} has grown to; this is what the simulated orbit does."
        )
    if abs(point.radius - 1) < 1e-9:
        return "The linearisation is at its edge and does not decide; this is what the simulated orbit does."
    repels = f"The minimum repels ({_growth(point.radius)})"
    if orbit.kind in SETTLES and orbit.undefined is None:
        return f"{repels} once the state has faded; what the simulated orbit does, it does before."
    if not found.cycles:
        return f"{repels}; this is what the simulated orbit does instead."
    others = "so does the cycle e, -e" if len(found.cycles) == 1 else "no cycle e, -e is the one that attracts"
    if found.cycles[0].stable is None:
        others = "the linearisation of the cycle e, -e does not decide"
    return f"{repels}, and {others}; this is what the simulated orbit does instead."


def _growth(radius: float) -> str:
    if math.isinf(radius):
        return "steps next to it are no shorter than farther away"
    return f"small errors grow {radius:.6g}-fold a step"


def decrease_in_words(found: Findings) -> str | None:
    """Where a step shortens the error."""
    region = found.decrease
    if found.carried is not None:
        return f"{found.carried[0].upper()}{found.carried[1:]}."
    if region is None:
        return None
    factor = plain(region.shrink)
    if region.moment is None:
        return f"|e'| < |e| just where 0 < {factor} < 2: {'at every step' if region.always else 'at no step'}."
    where = f"|e'| < |e| just where {factor} < 2"
    if region.above is not None:
        where += f", that is {region.moment} > {plain(region.above)}"
    if region.always:
        kept = ", and the sign is kept too" if region.keeps_sign else ""
        return f"{where}: at every step from every start{kept}."
    return f"{where}: not at every step from every state."


def assumptions(quadratic: Quadratic, found: Findings, searched: Searched | None) -> tuple[str, ...]:
    """What the derivation takes for granted."""
    said = ["numbers are read as written: 0.9 is nine tenths"]
    nodes = quadratic.graph.nodes
    used = {str(nodes[i].payload) for i in quadratic.graph.needed if nodes[i].op == "input"}
    if "t" in used:
        said.append("fixed point and cycles are those of t -> infinity, where bias corrections have vanished")
    if not quadratic.graph.elementwise:
        said.append("the tensor has one element, whose norm is its absolute value")
    if found.structure.shifted is None:
        said.append(f"the rule looks at x itself, so that the answer is for a minimum at x* = {quadratic.minimum:g}")
    if found.rest is not None and found.rest.free:
        kept = ", ".join(f"{s} = {float(found.rest.state[s]):g}" for s in sorted(found.rest.free))
        said.append(f"a slot that keeps what it has is taken at its first value ({kept})")
    if searched is not None:
        said.append(
            f"no threshold was derived; it was searched for among learning rates from {searched.low:g} to "
            f"{searched.high:g}, over {STRETCHES * STEPS} steps from e = {quadratic.start:g} and from nearer"
        )
    return tuple(said)


def attractors(d: Diagnosis) -> tuple[str, ...]:
    """Where the starts tried end: a line each if that is several, one if all do the same, none if none was tried."""
    if not d.attractors:
        return ()
    starts = sum(a.starts for a in d.attractors)
    if len(d.attractors) == 1:
        return (f"all {starts} tried, {_span(*d.attractors)}, do this: {_attractor(d.attractors[0])}",)
    return tuple(
        f"{_attractor(a)}: {a.starts} of {starts} starts, {a.share:.1%} (95% interval {a.interval[0]:.1%} to "
        f"{a.interval[1]:.1%}), {_span(a)}"
        for a in d.attractors
    )


def _span(a: Attractor) -> str:
    return f"from |e| = {a.smallest:.3g} to {a.largest:.3g}"


def _attractor(a: Attractor) -> str:
    if a.kind is Kind.UNDECIDED:
        return f"still under way after {MOST_STRETCHES * STRETCH} steps"
    if not 0 < a.amplitude < math.inf:
        return str(a.kind)
    if a.least < a.amplitude / APART and a.kind in (Kind.TRAPPED, Kind.TWO_CYCLE, Kind.CYCLE):
        kind = f"{a.kind} or absorbed by rounding" if a.kind is Kind.TRAPPED else a.kind
        return f"{kind}, each start its own, |e| from {a.least:.4g} to {a.amplitude:.4g}"
    return f"{a.kind}, |e| = {a.amplitude:.6g}"


def headline(d: Diagnosis) -> str:
    """The verdict with its size and certainty, a line."""
    at_end = f", |e| = {d.amplitude:.6g}" if size(d) else ""
    held = "; the simulated orbit agrees" if d.agrees else "; the simulated orbit does not confirm it"
    return f"{d.verdict}{at_end} ({d.evidence}{'' if d.evidence == 'simulated' else held})"


def size(d: Diagnosis) -> float | None:
    """The size of the error in the end, where there is one to speak of."""
    return d.amplitude if d.amplitude and d.amplitude < math.inf else None


def number(value: float) -> str:
    """Ten digits at most."""
    return f"{value:.10g}"


def settings(d: Diagnosis) -> str:
    """All settings in a line."""
    return ", ".join(
        f"{name} = {number(value)}" if isinstance(value, float) else f"{name} = {value}"
        for name, value in d.settings.items()
    )


def threshold(d: Diagnosis) -> str:
    """The threshold, its formula, how sure it is, and how far the setting lies from it."""
    if math.isnan(d.threshold):
        return "not found"
    if d.searched is not None:
        return _tried(d, *d.searched)
    if math.isinf(d.threshold):
        return f"none: stable for every lr ({d.threshold_evidence})"
    form = f" = {d.threshold_formula.text}" if d.threshold_formula else ""
    if d.threshold == 0:
        return f"no lr is stable{f' (lr <{form} = 0)' if form else ''} ({d.threshold_evidence})"
    return f"lr < {number(d.threshold)}{form} ({d.threshold_evidence}); {margin(d)}"


def _tried(d: Diagnosis, low: float, high: float) -> str:
    if math.isinf(d.threshold):
        return f"none found up to {high:g}: every lr tried settles (simulated)"
    if d.threshold == 0:
        return f"no lr settles, from {low:g} up (simulated)"
    return f"lr < {d.threshold:.4g} (simulated); {margin(d)}"


def margin(d: Diagnosis) -> str:
    """How far the learning rate lies from the threshold."""
    if math.isinf(d.margin):
        return "lr is 0"
    if abs(d.margin - 1) < 1e-9:
        return "lr is at the threshold"
    return f"lr could be {d.margin:.4g} times as large" if d.margin > 1 else f"lr is {1 / d.margin:.4g} times too large"


def rate(d: Diagnosis) -> str:
    """The rate in words."""
    assert d.rate is not None
    if d.rate > 1:
        return f"small errors grow by a factor of {number(d.rate)} a step in the long run"
    return f"errors shrink by a factor of {number(d.rate)} a step in the long run"


def simulated(d: Diagnosis) -> str:
    """What the orbit did, in words."""
    orbit = d.simulated
    at_end = f", |e| = {number(orbit.amplitude)}" if orbit.amplitude and math.isfinite(orbit.amplitude) else ""
    period = f" of period {orbit.period}" if orbit.kind is Kind.CYCLE and orbit.period else ""
    before = f"; from e = {d.start:g} it is still under way after {d.under_way.steps}" if d.under_way else ""
    undefined = f"; step {orbit.undefined} has no value in float64 (NaN)" if orbit.undefined is not None else ""
    at_end += _values(orbit)
    return f"{orbit.kind}{period}{at_end}, from e = {orbit.first[0]:g} over {orbit.steps} steps{undefined}{before}"


def _values(orbit: Simulation) -> str:
    """The errors of a short cycle in turn, where they are not e, -e."""
    if orbit.period is None or not 2 <= orbit.period <= LISTED:
        return ""
    once = orbit.last[-orbit.period :]
    if orbit.period == 2 and abs(once.sum()) <= 1e-6 * abs(once).max():
        return ""
    return f" (e = {', '.join(f'{value:.6g}' for value in once)} in turn)"


def around(exponent: float | None, period: int) -> str:
    """What the derivative of the step, once around, says of a cycle that was only simulated."""
    if exponent is None or exponent == math.inf:
        return ""
    if abs(exponent) <= NEUTRAL:
        return f" Around it small differences change by less than {NEUTRAL:.1%} a step, by the derivative of the step."
    turns = "grow" if exponent > 0 else "shrink, so that it attracts"
    return (
        f" Around it small differences {turns} (by a factor of {math.exp(period * exponent):.4g}, by the derivative)."
    )


def eigenvalues(pairs: Iterable[tuple[float, float]]) -> str:
    """Complex numbers, and their size where they are not real."""
    said = []
    for real, imaginary in pairs:
        if abs(imaginary) < 1e-12 * max(1.0, abs(real)):
            said.append(f"{real:.6g}")
        else:
            said.append(f"{real:.6g}{imaginary:+.6g}i (size {math.hypot(real, imaginary):.6g})")
    return ", ".join(said)
