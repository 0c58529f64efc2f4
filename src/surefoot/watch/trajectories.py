"""Walks by the NumPy float64 engine, which is what every other engine is held against, as plain records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from surefoot.engines.analysis.effective import RATE, with_rate
from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.numpy import table
from surefoot.rules.rule import Rule, Setting
from surefoot.watch.scene import Array, Landscape, Point, Walk

TABLE = table("float64")
#: `(t, point) -> gradient`, as optimizers see it in step t, which counts from 1.
Gradient = Callable[[int, Array], Array]
#: `(coordinates, t) -> loss`, for any number of points at once: an array a coordinate, and the step (of each).
Loss = Callable[[Sequence[Array], Any], Array]


def walk(
    rule: Rule,
    landscape: Landscape,
    *,
    start: Point | None = None,
    steps: int | None = None,
    settings: Mapping[str, Setting] | None = None,
    noise: Array | None = None,
) -> Walk:
    """One optimizer's walk on a landscape: frame k is the point after step k.

    Args:
        rule: the rule. landscape: where it walks, at its default parameters.
        start, steps: by default the landscape's. settings: the rule's, its defaults where not given.
        noise: (steps, columns) draws: step t reads row t - 1, a column for each of the field's noise inputs.

    >>> from surefoot.rules import find
    >>> from surefoot.watch import landscapes
    >>> walk(find("sgd"), landscapes.find("ravine"), start=(1.0, 1.0), steps=2, settings={"lr": 0.01}).points
    array([[1.    , 1.    ],
           [0.99  , 0.    ],
           [0.9801, 0.    ]])
    """
    return follow(
        rule,
        rule.settings(settings),
        gradient(landscape, noise),
        loss(landscape),
        start=start or landscape.start,
        steps=landscape.steps if steps is None else steps,
        axes=landscape.field.coordinates,
    )


def follow(
    rule: Rule,
    settings: Mapping[str, Setting],
    slope: Gradient,
    height: Loss,
    *,
    start: Sequence[float],
    steps: int,
    axes: Sequence[str] = ("x", "y"),
) -> Walk:
    """The walk of a rule, all settings given, on any gradient.

    Returns:
        The walk. `rate` is each coordinate's effective learning rate in the step that led to the frame, NaN at frame 0;
        `state` has an entry `slot coordinate` for each. A walk that overflows goes on as inf and NaN.
    """
    counts = np.arange(steps + 1)
    with np.errstate(all="ignore"):
        frames = list(_frames(rule, settings, slope, np.array(start, np.float64), steps))
        record = {slot: np.array([frame[slot] for frame in frames]) for slot in frames[0]}
        points = record.pop("x")
        along = height(list(points.T), counts)
    return Walk(
        name=rule.title,
        points=points,
        loss=along,
        steps=counts.astype(np.float64),
        rate=dict(zip(axes, record.pop(RATE).T, strict=True)),
        state={f"{slot} {name}": array[:, j] for slot, array in record.items() for j, name in enumerate(axes)},
    )


def gradient(landscape: Landscape, noise: Array | None = None) -> Gradient:
    """The gradient that optimizers see on a landscape at its default parameters."""
    field = landscape.field

    def at(t: int, point: Array) -> Array:
        drawn = {} if noise is None else dict(zip(field.noises, noise[t - 1].astype(np.float64), strict=False))
        _, slope = field.evaluate(TABLE, list(point), t=np.float64(t), **drawn)
        return np.array(slope)

    return at


def loss(landscape: Landscape) -> Loss:
    """The loss of a landscape that is drawn and reported."""
    surface = landscape.surface or landscape.field

    def at(coordinates: Sequence[Array], t: Any) -> Array:
        with np.errstate(all="ignore"):
            value, _ = surface.evaluate(TABLE, list(coordinates), t=np.asarray(t, np.float64))
        return np.broadcast_to(np.asarray(value), np.shape(coordinates[0]))

    return at


def _frames(
    rule: Rule, settings: Mapping[str, Setting], slope: Gradient, start: Array, steps: int
) -> Iterator[dict[str, Array]]:
    """The slots after each step, the effective rate among them; first the start."""
    rated = with_rate(Graph.of(rule, settings))
    host, hyper = uniforms(rated), {name: settings[name] for name in rule.hyper}
    slots = {"x": start, **first_state(rule, settings, rated, len(start))}
    yield {**slots, RATE: np.full(len(start), np.nan)}
    for t in range(1, steps + 1):
        new = step(rated, TABLE, {**slots, "g": slope(t, slots["x"])}, host(t, **hyper))
        slots = {slot: np.broadcast_to(np.asarray(value, np.float64), start.shape) for slot, value in new.items()}
        yield slots


def first_state(rule: Rule, settings: Mapping[str, Setting], graph: Graph, size: int) -> dict[str, Array]:
    """The state slots before the first step."""
    first = {slot: float(settings[rule.start[slot]]) if slot in rule.start else 0.0 for slot in graph.state}
    return {slot: np.full(size, value) for slot, value in first.items()}
