"""The page's charts, drawn from its records."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from surefoot.diagnose.exercise.comparisons import DECAYS, SWITCH, Memory, Reach
from surefoot.diagnose.exercise.conditions import Branch, Survey
from surefoot.diagnose.exercise.courses import Scene
from surefoot.diagnose.exercise.strides import Stride
from surefoot.diagnose.exercise.update import LR
from surefoot.pages.plot import Axis, Series, key, number, plot


def shares(surveys: Sequence[Survey]) -> Markup:
    """The share of starts from which |e| falls at every step, by rho, a line a beta."""
    betas = sorted({one.beta for one in surveys})
    series = [
        Series(
            place,
            [one.rho for one in surveys if one.beta == beta],
            [100 * one.decreasing for one in surveys if one.beta == beta],
            f"β = {beta:g}",
        )
        for place, beta in enumerate(betas)
    ]
    label = "Share of starts whose error falls at every step: all of them up to rho = 2 for every beta, few above."
    return plot("shares", Axis("ρ = η/√ε", 0, 4), Axis("starts that always fall, %", 0, 105), series, label=label)


def bifurcation(branch: Branch) -> Markup:
    """Where walks end, by rho, with the predicted amplitude."""
    predicted = np.sqrt(np.maximum(branch.rho**2 / 4 - 1, 0))
    series = [
        Series(0, list(branch.rho), list(predicted), "predicted: √(ρ²/4 − 1)"),
        Series(1, list(branch.rho[::3]), list(branch.high[::3]), "simulated, 6,000 steps", marks=True),
    ]
    label = "The error that remains: none up to rho = 2, then growing along the predicted curve."
    return plot("bifurcation", Axis("ρ = η/√ε", 1, 5), Axis("|e| that remains, in √ε", 0, 2.5), series, label=label)


def effective_steps(strides: Sequence[Stride]) -> Markup:
    """The effective step along walks, a line an epsilon, and the constant step."""
    series = [Series(i, range(len(s.steps)), list(s.steps), _eps(s.eps)) for i, s in enumerate(strides)]
    series.append(Series(7, [0, 1000], [LR, LR], "constant step η"))
    label = "Effective step by step count: a hundredth at first, rising to 2, or to eta by the root of epsilon."
    return plot("steps", Axis("step k", 0, 400), Axis("η/√(v + ε)", 1e-3, 20, log=True), series, label=label)


def errors(strides: Sequence[Stride]) -> Markup:
    """The error along the same walks."""
    series = [Series(i, range(len(s.errors)), list(s.errors), _eps(s.eps)) for i, s in enumerate(strides)]
    label = "Error by step count: it stops at half of eta for small epsilon and goes on to 0 for large."
    return plot("errors", Axis("step k", 0, 400), Axis("|eₖ|", 1e-8, 2, log=True), series, label=label)


def arrivals(plain: Reach, scaled: Reach) -> Markup:
    """Steps to 1% of the start by curvature."""
    series = [
        Series(0, list(plain.curvatures), list(plain.arrivals), "gradient descent"),
        Series(1, list(scaled.curvatures), list(scaled.arrivals), "RMSProp"),
    ]
    label = "Steps to 1% of the start: inversely proportional to curvature for gradient descent, the same for RMSProp."
    return plot(
        "arrivals", Axis("curvature h", 1e-4, 1e4, log=True), Axis("steps to 1%", 1, 2e4, log=True), series, label=label
    )


def ends(plain: Reach, scaled: Reach) -> Markup:
    """The error that remains by curvature."""
    series = [
        Series(0, list(plain.curvatures), list(np.maximum(plain.ends, 1e-14)), "gradient descent"),
        Series(1, list(scaled.curvatures), list(np.maximum(scaled.ends, 1e-14)), "RMSProp"),
    ]
    label = "Error after 20,000 steps: nothing for gradient descent where it converges, half of eta for RMSProp."
    y = Axis("|e| after 20,000 steps", 1e-14, 10, log=True)
    return plot("ends", Axis("curvature h", 1e-4, 1e4, log=True), y, series, label=label)


def recoveries(memories: Sequence[Memory]) -> Markup:
    """The effective step after the gradient has fallen a thousandfold."""
    series = []
    for place, memory in enumerate(memories):
        at = np.unique(np.geomspace(1, len(memory.steps) - SWITCH, 300).astype(int))
        series.append(Series(place, list(at), list(memory.steps[SWITCH + at - 1]), f"β = {DECAYS[place]:g}"))
    label = "Effective step after the gradient fell to a thousandth: back at once for beta 0, late for 0.999."
    y = Axis("effective step by η", 5e-4, 2, log=True)
    return plot("recoveries", Axis("steps since the gradient fell", 1, 2e4, log=True), y, series, label=label)


#: Where flows and the walks beside them stand in the palette: a walk is marked in the colour of the flow it is after.
FLOW_PLACES, WALK_PLACES = (0, 1, 2), (0, 1)


def courses(scene: Scene) -> Markup:
    """Flows as lines and walks as dots, over time."""
    flows = [Series(p, list(c.times), list(c.x)) for p, c in zip(FLOW_PLACES, scene.flows, strict=True)]
    walks = [Series(p, list(c.times), list(c.x), marks=True) for p, c in zip(WALK_PLACES, scene.walks, strict=True)]
    every = np.concatenate([c.x for c in (*scene.flows, *scene.walks)])
    low, high = min(0.0, float(every.min())), float(every.max())
    y = Axis("x", low - 0.04 * (high - low), high + 0.04 * (high - low))
    label = f"On {scene.loss.name}: gradient, sign and adaptive flow, gradient descent and RMSProp beside them."
    name = "course-" + scene.loss.name.replace(" ", "-")
    return plot(name, Axis("time s = kη", 0, scene.loss.span), y, [*flows, *walks], label=label, width=330, height=240)


def courses_key() -> Markup:
    """The key that all of these share."""
    names = ("gradient flow; dots: gradient descent", "sign flow; dots: RMSProp, β = 0.9", "adaptive flow")
    return key([Series(place, (), (), name) for place, name in zip(FLOW_PLACES, names, strict=True)])


def tracking(scene: Scene) -> Markup:
    """The largest distance to a flow by learning rate, a line a method."""
    places = (0, 4, 1, 2, 3)
    series = [
        Series(place, list(one.rates), list(one.errors), f"{one.method}, after the {one.flow}")
        for place, one in zip(places, scene.tracking, strict=True)
    ]
    label = f"On {scene.loss.name}: distance to the flow by learning rate; all but one fall with it."
    name = "tracking-" + scene.loss.name.replace(" ", "-")
    x, y = Axis("η", 1e-4, 0.1, log=True), Axis("largest distance", 1e-5, 2, log=True)
    return plot(name, x, y, series, label=label, height=300)


def _eps(eps: float) -> str:
    return f"ε = {number(eps)}"
