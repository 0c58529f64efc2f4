"""Where a function is lowest: local minima, found downhill from one start or from many."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from surefoot.engines.field import Field
from surefoot.watch.scene import Array, Landscape, Point
from surefoot.watch.start import Bounds
from surefoot.watch.trajectories import TABLE, loss

#: `(x, y) -> (loss, gradient)`.
Both = Callable[[float, float], tuple[float, Array]]
#: Points along each side of the grid on which hollows are looked for.
SIDE = 161
#: Minima nearer than this part of the plot's width are one.
APART = 1e-3


def both(field: Field, t: float = 1.0) -> Both:
    """Loss and gradient of a field at a step, without noise, as a function of two numbers."""

    def at(x: float, y: float) -> tuple[float, Array]:
        with np.errstate(all="ignore"):
            height, gradient = field.evaluate(TABLE, (np.float64(x), np.float64(y)), t=np.float64(t))
        return float(height), np.array([float(g) for g in gradient])

    return at


def downhill(at: Both, start: Point, bounds: Bounds | None = None) -> Point | None:
    """The local minimum that quasi-Newton steps find from a start, within bounds if given; None where there is none."""
    from scipy import optimize  # noqa: PLC0415 - slow to load

    minimize: Any = optimize.minimize  # its stubs ask for the exact array types of one dimension

    options: Any = {
        "bounds": None if bounds is None else (bounds[:2], bounds[2:]),
        "options": {"maxiter": 300, "ftol": 1e-16, "gtol": 1e-10},
    }
    with np.errstate(all="ignore"):
        found: Any = minimize(lambda p: at(*p), np.array(start), jac=True, method="L-BFGS-B", **options)
    x, y = (float(c) for c in found.x)
    enough = 1e-4 * max(1.0, float(np.linalg.norm(at(*start)[1])))
    height, slope = at(x, y)
    return (x, y) if np.isfinite(height) and float(np.linalg.norm(slope)) <= enough else None


def lowest(landscape: Landscape, most: int) -> tuple[Point, ...]:
    """Of the minima in the plot, those declared and those found from the hollows of a grid, lowest first.

    Of a landscape that moves, those declared, at the last step.
    """
    declared = [
        (float(x), float(y)) for x, y in landscape.minima(t=np.float64(landscape.steps), **landscape.field.parameters)
    ]
    surface = landscape.surface or landscape.field
    if surface.moves:
        return tuple(declared[:most])
    at, apart = both(surface), APART * (landscape.bounds[1] - landscape.bounds[0])
    hollows = _hollows(landscape)[: 2 * most]
    found = [p for start in hollows if (p := downhill(at, start, landscape.bounds)) is not None]
    kept = [p for p in _distinct([*declared, *found], apart) if _is_lowest(at, p, apart)]
    # Losses that differ by rounding are equal, and stay in the order in which they were declared.
    return tuple(sorted(kept, key=lambda p: round(at(*p)[0], 9))[:most])


def _hollows(landscape: Landscape) -> list[Point]:
    """The points of a grid that are lower than their eight neighbours, lowest first."""
    west, east, south, north = landscape.bounds
    columns, rows = np.linspace(west, east, SIDE), np.linspace(south, north, SIDE)
    losses = loss(landscape)(list(np.meshgrid(columns, rows)), 1.0)
    walled = np.pad(np.where(np.isnan(losses), np.inf, losses), 1, constant_values=np.inf)
    shifts = [(i, j) for i in (0, 1, 2) for j in (0, 1, 2) if (i, j) != (1, 1)]
    around = np.min([walled[i : i + SIDE, j : j + SIDE] for i, j in shifts], axis=0)
    places = np.argwhere(losses <= around)
    order = np.argsort(losses[places[:, 0], places[:, 1]], kind="stable")
    return [(float(columns[j]), float(rows[i])) for i, j in places[order]]


def _is_lowest(at: Both, point: Point, apart: float) -> bool:
    """Whether it is lower than what lies around it: a search that sets out on a saddle stays there."""
    around = [(point[0] + apart * np.cos(a), point[1] + apart * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 16)]
    return all(at(*point)[0] <= at(x, y)[0] for x, y in around)


def _distinct(points: Sequence[Point], apart: float) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        if all(np.hypot(point[0] - x, point[1] - y) > apart for x, y in kept):
            kept.append(point)
    return kept
