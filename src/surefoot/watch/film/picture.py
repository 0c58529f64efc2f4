"""What a still or a film shows, as a plain record: a surface to look at, walks on it, marks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from surefoot.pages.palette import LIGHT, Theme
from surefoot.watch.scene import Array, Point, Walk

#: Rows and columns of the grid on which a surface that is known everywhere is drawn.
GRID = (240, 360)


@dataclass(frozen=True)
class Picture:
    """Walks over a surface.

    Attributes:
        title, notes: printed above and below. bounds: (x low, x high, y low, y high). axes: the coordinates' names.
        surface: step to losses, (rows, columns), rows from y low to y high; NaN where unknown.
        moves: whether the surface depends on the step. minima: step to where they are.
        walks: who walked. labels: what each is called in the legend. positions: each one's place in the palette.
        caption: printed below, in films too. places: (x, y, name) of what the map names. theme: its colours.
    """

    title: str
    bounds: tuple[float, float, float, float]
    surface: Callable[[float], Array]
    moves: bool
    minima: Callable[[float], Sequence[Point]]
    walks: tuple[Walk, ...]
    labels: tuple[str, ...]
    positions: tuple[int, ...]
    axes: tuple[str, str] = ("x", "y")
    notes: tuple[str, ...] = ()
    caption: str = ""
    places: tuple[tuple[float, float, str], ...] = ()
    theme: Theme = LIGHT

    @property
    def last(self) -> int:
        """The number of the last frame that any walk has."""
        return max(len(walk.points) for walk in self.walks) - 1

    @property
    def rated(self) -> tuple[str, ...]:
        """Whose effective learning rates stand beside the map: the first three that the walks know of."""
        return tuple(dict.fromkeys(name for walk in self.walks for name in walk.rate))[:3]

    @cached_property
    def shades(self) -> tuple[float, float]:
        """The lowest loss of the surface at step 0, and a scale: see `shaded`."""
        losses = self.surface(0.0)
        known = losses[np.isfinite(losses)]
        if known.size == 0:
            return 0.0, 1.0
        low = float(known.min())
        return low, max(float(np.median(known)) - low, np.finfo(float).tiny) / 100

    def shaded(self, step: float) -> Array:
        """The surface on a scale on which hills and hollows both show: log of the height over the lowest point.

        A hundredth of the median height is added, so that the lowest point does not run to minus infinity.
        """
        low, scale = self.shades
        with np.errstate(all="ignore"):
            shaded: Array = np.log10(np.maximum(self.surface(step) - low, 0.0) / scale + 1.0)
        return shaded


def grid(bounds: tuple[float, float, float, float], shape: tuple[int, ...] = GRID) -> tuple[Array, Array]:
    """The coordinates of the surface's points, each of the shape (rows, columns)."""
    west, east, south, north = bounds
    rows, columns = shape
    x, y = np.meshgrid(np.linspace(west, east, columns), np.linspace(south, north, rows))
    return x, y


def where_it_left(points: Array, bounds: tuple[float, float, float, float]) -> tuple[int, Point] | None:
    """Of a walk that ends outside the plot: the last frame inside it, and where it then crossed the edge.

    >>> where_it_left(np.array([[0.0, 0.0], [0.5, 0.0], [2.5, 0.0]]), (-1.0, 1.0, -1.0, 1.0))
    (1, (1.0, 0.0))
    """
    west, east, south, north = bounds
    low, high = np.array([west, south]), np.array([east, north])
    with np.errstate(invalid="ignore"):
        inside = np.all((points >= low) & (points <= high), axis=1)
    if inside[-1] or not inside.any():
        return None
    last = int(np.flatnonzero(inside)[-1])
    here = points[last]
    beyond = np.where(np.isfinite(points[last + 1]), points[last + 1], here)
    step = beyond - here
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(step > 0, (high - here) / step, np.where(step < 0, (low - here) / step, np.inf))
    share = min(float(np.min(shares)), 1.0)
    return last, (float(here[0] + share * step[0]), float(here[1] + share * step[1]))
