"""One sentence on what to do: which learning rate, which epsilon, or to let the learning rate fall."""

import math
from collections.abc import Callable, Sequence

from surefoot.diagnose.answer.verdict import SETTLES
from surefoot.diagnose.derive.findings import Findings
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.orbits.attractors import Attractor
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.search import Searched
from surefoot.diagnose.orbits.simulation import Simulation

#: Closer to the threshold than this is close.
CLOSE = 1.25


def advise(
    quadratic: Quadratic,
    found: Findings,
    kind: Kind,
    threshold: float,
    orbit: Simulation,
    others: Sequence[Attractor],
    searched: Searched | None,
) -> str:
    """The sentence."""
    if orbit.undefined is not None:
        cure = "Give eps a value above 0" if quadratic.hyper.get("eps") == 0 else "Guard it, with a maximum, say"
        return f"{cure}: step {orbit.undefined} divides nought by nought or has no root, and from there on x is NaN."
    return _about_the_rate(quadratic, found, kind, threshold, others, searched)


def _about_the_rate(
    quadratic: Quadratic,
    found: Findings,
    kind: Kind,
    threshold: float,
    others: Sequence[Attractor],
    searched: Searched | None,
) -> str:
    rate = quadratic.rate
    if rate is None:
        return "Declare the learning rate as a hyperparameter lr, so that a threshold can be given for it."
    lr = quadratic.hyper[rate]
    if lr == 0:
        return f"Choose a learning rate above 0{_up_to(rate, threshold)}."
    if kind in SETTLES:
        if searched is not None and math.isinf(threshold):
            return f"Keep it: none of the rates tried, up to {searched.high:g}, failed to settle."
        return _keep(rate, lr, threshold, others)
    if kind in ELSEWHERE and not (kind is Kind.UNDECIDED and lr > threshold):
        return ELSEWHERE[kind].format(rate=rate)
    return _mend(quadratic, found, kind, threshold)


#: Where the learning rate is not what is wrong.
ELSEWHERE = {
    Kind.ABSORBED: "Nothing to mend on this loss: with noisy gradients, or more digits, the steps would go on.",
    Kind.UNDECIDED: "Nothing is decided yet: start nearer the minimum, or take a larger {rate} where it is stable.",
    Kind.TRAPPED: "Let {rate} or what pulls x away from the minimum (weight decay, a norm) fall, or accept the offset.",
}


def _mend(quadratic: Quadratic, found: Findings, kind: Kind, threshold: float) -> str:
    rate = str(quadratic.rate)
    lr = quadratic.hyper[rate]
    if threshold == 0 and kind is Kind.DIVERGES:
        return "No learning rate settles here: the step leads away from the minimum."
    if threshold == 0 or math.isnan(threshold):
        return f"No fixed learning rate settles here: let {rate} fall over time; the error that is left falls with it."
    if lr <= threshold:
        return f"Start nearer the minimum, or let {rate} fall; near it {rate} = {lr:g} is stable."
    eps = epsilon_for(quadratic, found)
    other = f", or eps of {_above(eps)} and more" if eps is not None else ""
    return (
        f"For this curvature take {rate} below {_below(threshold)}{other}, or let {rate} fall over time: "
        f"{'the error that is left falls with it' if kind is not Kind.DIVERGES else 'it must come below that'}."
    )


def _keep(rate: str, lr: float, threshold: float, others: Sequence[Attractor]) -> str:
    if math.isnan(threshold):
        return f"{rate} = {lr:g} settles here; how much larger it may be is not known."
    if math.isinf(threshold):
        return f"Keep it: no {rate} is too large here, if small enough to be quick afterwards."
    if lr > threshold:
        return _above_it(rate, threshold, others)
    if threshold / lr < CLOSE:
        half = _below(threshold / 2)
        return f"{rate} = {lr:g} is close to the edge: {rate} of {half} leaves room for twice the curvature."
    return f"Keep it: {rate} may be up to {threshold / lr:.3g} times as large at this curvature."


def _above_it(rate: str, threshold: float, others: Sequence[Attractor]) -> str:
    ends = {a.kind for a in others}
    everywhere = bool(ends & SETTLES) and ends <= SETTLES | {Kind.UNDECIDED}
    here = "here" if not everywhere else f"all {sum(a.starts for a in others)} starts tried"
    if Kind.UNDECIDED in ends and everywhere:
        here = "here, and no start tried ends elsewhere"
    if threshold == 0:
        return f"It settles from {here}, but no {rate} is sure to: let {rate} fall over time."
    if everywhere:
        return f"It settles from {here}, though only {rate} below {_below(threshold)} is sure to."
    return f"It settles from here, though not from everywhere: {rate} below {_below(threshold)} would."


def _up_to(rate: str, threshold: float) -> str:
    return f" and below {_below(threshold)}" if 0 < threshold < math.inf else ""


def epsilon_for(quadratic: Quadratic, found: Findings) -> float | None:
    """The least eps for which the learning rate as it is lies at the threshold, if the formula has one."""
    form = found.threshold.formula if found.threshold is not None else None
    letter = found.symbols.hyper.get("eps")
    if form is None or letter is None or letter not in form.free_symbols or quadratic.rate is None:
        return None
    numbers = {s: v for s, v in found.symbols.values.items() if s != letter}
    of_eps = form.subs(numbers)

    def stable(eps: float) -> float:
        return float(of_eps.subs(letter, eps)) - quadratic.hyper[str(quadratic.rate)]

    return _root(stable, max(quadratic.hyper["eps"], 1e-100))


def _root(function: Callable[[float], float], low: float) -> float | None:
    """Where a rising function becomes positive, above `low`, on a logarithmic scale."""
    high = low
    while function(high) <= 0:
        high *= 1e3
        if high > 1e30:
            return None
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if function(middle) > 0 else (middle, high)
    return high


def _below(value: float) -> str:
    """Three digits, rounded down, so that what is printed is on the safe side."""
    return _rounded(value, math.floor)


def _above(value: float) -> str:
    return _rounded(value, math.ceil)


def _rounded(value: float, towards: Callable[[float], int]) -> str:
    power = math.floor(math.log10(value)) - 2
    scaled = value / 10.0**power
    nearest = round(scaled)
    digits = nearest if abs(scaled - nearest) < 1e-6 else towards(scaled)
    return f"{digits * 10.0**power:.3g}"
