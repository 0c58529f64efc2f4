"""Where a function is lowest: local minima, found downhill from one start or from many."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from surefoot.engines.field import Field
from surefoot.watch.scene import Array, Landscape, Point
from surefoot.watch.start import Bounds
from surefoot.watch.trajectories import TABLE

Value = Callable[[float, float], float]
Slope = Callable[[float, float], Array]
#: Searches along each side of the plot.
SIDE = 11
#: Minima nearer than this part of the plot's width are one.
APART = 1e-3


def numbers(field: Field, t: float = 1.0) -> tuple[Value, Slope]:
    """Loss and gradient of a field at a step, without noise, as functions of two numbers."""

    def at(x: float, y: float) -> tuple[Any, tuple[Any, ...]]:
        with np.errstate(all="ignore"):
            return field.evaluate(TABLE, (np.float64(x), np.float64(y)), t=np.float64(t))

    return lambda x, y: float(at(x, y)[0]), lambda x, y: np.array([float(g) for g in at(x, y)[1]])


def downhill(value: Value, gradient: Slope, start: Point, bounds: Bounds | None = None) -> Point | None:
    """The local minimum that quasi-Newton steps find from a start, within bounds if given; None where there is none."""
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to load

    def both(point: Array) -> tuple[float, Array]:
        return value(*point), gradient(*point)

    options: Any = {
        "bounds": None if bounds is None else (bounds[:2], bounds[2:]),
        "options": {"maxiter": 300, "ftol": 1e-16, "gtol": 1e-10},
    }
    with np.errstate(all="ignore"):
        found: Any = minimize(both, np.array(start), jac=True, method="L-BFGS-B", **options)
    x, y = (float(c) for c in found.x)
    enough = 1e-4 * max(1.0, float(np.linalg.norm(gradient(*start))))
    settled = np.isfinite(found.fun) and float(np.linalg.norm(gradient(x, y))) <= enough
    return (x, y) if settled else None


def lowest(landscape: Landscape, most: int) -> tuple[Point, ...]:
    """Of the minima in the plot, those declared and those found from a grid of starts, the lowest ones, lowest first.

    Of a landscape that moves, those declared, at the last step.
    """
    declared = [
        (float(x), float(y)) for x, y in landscape.minima(t=np.float64(landscape.steps), **landscape.field.parameters)
    ]
    surface = landscape.surface or landscape.field
    if surface.moves:
        return tuple(declared[:most])
    value, gradient = numbers(surface)
    west, east, south, north = landscape.bounds
    starts = [(x, y) for y in np.linspace(south, north, SIDE) for x in np.linspace(west, east, SIDE)]
    found = [p for start in starts if (p := downhill(value, gradient, start, landscape.bounds)) is not None]
    apart = APART * (east - west)
    kept = [p for p in _distinct([*declared, *found], apart) if _is_lowest(value, p, apart)]
    # Losses that differ by rounding are equal, and stay in the order in which they were declared.
    return tuple(sorted(kept, key=lambda p: round(value(*p), 9))[:most])


def _is_lowest(value: Value, point: Point, apart: float) -> bool:
    """Whether it is lower than what lies around it: a search that sets out on a saddle stays there."""
    around = [(point[0] + apart * np.cos(a), point[1] + apart * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 16)]
    return all(value(*point) <= value(x, y) for x, y in around)


def _distinct(points: Sequence[Point], apart: float) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        if all(np.hypot(point[0] - x, point[1] - y) > apart for x, y in kept):
            kept.append(point)
    return kept
