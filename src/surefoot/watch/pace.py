"""Learning rates that suit a landscape: all optimizers set out at one pace, whatever their rules and its scale.

The rules' own defaults are made for networks: on a plot four units wide Adam's would take thousands of steps to cross
it, and gradient descent's might leave it in one. Here is one way for all rules, a user's own included. A gradient is
held steady, and the learning rate is the one with which the first ten steps come a given part of the plot's width. The
gradient is the one at the start, lengthened to the median over the plot where it is shorter, as on a plateau.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.numpy import table
from surefoot.rules.rule import Rule, Setting
from surefoot.watch.scene import Array, Landscape, Point, Walker
from surefoot.watch.trajectories import first_state

STEPS = 10
RATE = "lr"
#: Points along each side of the grid on which the median is taken.
GRID = 40


def fitted(landscape: Landscape, walkers: Sequence[Walker], stride: float) -> Landscape:
    """The landscape with the settings that suit it, for every walker's rule."""
    return replace(landscape, settings={w.rule.name: suited(landscape, w.rule, w.settings, stride) for w in walkers})


def suited(landscape: Landscape, rule: Rule, settings: Mapping[str, Setting], stride: float) -> dict[str, Setting]:
    """The settings given and, unless it is among them, the learning rate for the landscape.

    Args:
        landscape: at its default parameters. rule: the rule. settings: what the user chose.
        stride: the mean length of the first ten steps, as a fraction of the plot's width.
    """
    left, right, *_ = landscape.bounds
    steady = typical_gradient(landscape, landscape.start)
    return at_pace(rule, settings, np.asarray(landscape.start), steady, STEPS * stride * (right - left))


def typical_gradient(landscape: Landscape, start: Point) -> Array:
    """The gradient at the start, in the first step and without noise, at least as long as the median over the plot."""
    west, east, south, north = landscape.bounds
    grid = np.meshgrid(np.linspace(west, east, GRID), np.linspace(south, north, GRID))
    everywhere = _slope(landscape, *grid)
    here = _slope(landscape, np.array([start[0]]), np.array([start[1]]))[:, 0]
    length = float(np.linalg.norm(here))
    with np.errstate(all="ignore"):
        median = float(np.nanmedian(np.linalg.norm(everywhere, axis=0)))
    if not length > 0:
        return np.full(2, median / np.sqrt(2))
    return here * max(1.0, median / length)


def at_pace(
    rule: Rule, settings: Mapping[str, Setting], start: Array, gradient: Array, length: float
) -> dict[str, Setting]:
    """The settings given and, unless it is among them, the learning rate for the pace, to two digits.

    Args:
        rule: the rule. settings: what the user chose. start: (2,). gradient: (2,), held steady.
        length: how far the first ten steps shall come, in the plot's units.

    >>> from surefoot.rules import find
    >>> at_pace(find("sgd"), {}, np.zeros(2), np.array([3.0, 4.0]), length=1.0)
    {'lr': 0.02}
    """
    if RATE not in rule.hyper or RATE in settings:
        return dict(settings)
    rate = float(rule.defaults[RATE])
    for _ in range(3):  # how far is proportional to the rate, or nearly so where weights decay
        far = _distance(rule, {**settings, RATE: rate}, start, gradient)
        if not (np.isfinite(far) and far > 0):
            return dict(settings)
        rate = float(f"{rate * length / far:.2g}")
    return {**settings, RATE: rate}


def _slope(landscape: Landscape, x: Array, y: Array) -> Array:
    with np.errstate(all="ignore"):
        _, gradient = landscape.field.evaluate(table("float64"), (x, y), t=np.float64(1))
    return np.array([np.broadcast_to(g, x.shape) for g in gradient])


def _distance(rule: Rule, settings: Mapping[str, Setting], start: Array, gradient: Array) -> float:
    """How far ten steps under a steady gradient come."""
    chosen = rule.settings(settings)
    graph = Graph.of(rule, chosen)
    host, hyper = uniforms(graph), {name: chosen[name] for name in rule.hyper}
    slots = {"x": start, **first_state(rule, chosen, graph, len(start))}
    with np.errstate(all="ignore"):
        for t in range(1, STEPS + 1):
            slots = step(graph, table("float64"), {**slots, "g": gradient}, host(t, **hyper))
    return float(np.linalg.norm(slots["x"] - start))
