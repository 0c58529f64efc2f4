"""Which start ends in which minimum: thousands of walks for each rule, by the compiled step loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.errors import UserError
from surefoot.watch.minima import lowest
from surefoot.watch.pictures import label, settings
from surefoot.watch.scene import Array, Landscape, Point, Walker

#: Of an end that is at no minimum, and of a walk that left for good or overflowed.
NOWHERE, GONE = -1, -2
#: Over which last part of the walk an end is averaged, and how near a minimum it must lie, in parts of the width.
TAIL, NEAR = 0.1, 0.02
#: So many minima have a colour of their own.
MOST = 8
#: So many widths of the plot away, a walk is gone.
FAR = 100.0


@dataclass(frozen=True)
class Basins:
    """Where walks from all over the plot end.

    Attributes:
        landscape: on which they walk. steps: how long. minima: the lowest, in the plot, lowest first.
        labels: of each rule, its name and learning rate.
        ends: (rules, rows, columns), rows from y low to y high: which minimum the walk from there ends at, NOWHERE or
            GONE. An end is the mean of the last tenth of the walk: a walk that circles a minimum ends there.
        places: (rules, 2, rows, columns), the ends themselves.
    """

    landscape: Landscape
    steps: int
    minima: tuple[Point, ...]
    labels: tuple[str, ...]
    ends: NDArray[np.int64]
    places: Array

    def shares(self) -> Array:
        """(rules, minima): the part of the starts from which each rule ends at each minimum."""
        return np.stack([(self.ends == k).mean(axis=(1, 2)) for k in range(len(self.minima))], axis=1)

    def save(self, path: str | Path, theme: str = "light") -> Path:
        """Draw a map for each rule, as .png or .svg, in light or dark colours.

        Raises:
            UserError: if the ending is neither, the path cannot be written, there is no such theme, or matplotlib is
                missing.
        """
        from surefoot.watch.film import maps, save  # noqa: PLC0415 - drawing is loaded by who draws

        return maps.save(self, path, save.theme_of(theme))


def basins(
    landscape: Landscape, walkers: Sequence[Walker], *, steps: int, noise: Array | None = None, side: int = 120
) -> Basins:
    """Walk from every point of a grid over the plot.

    Args:
        landscape, walkers: where, and who. steps: how long. noise: (steps, columns), for landscapes that take some.
        side: starts along each side of the plot.

    Raises:
        UserError: if no minimum is known in the plot, or there is no start.
    """
    if not isinstance(side, int) or isinstance(side, bool) or side < 1:
        raise UserError(f"side must be a whole number from 1, got {side!r}; it is how many starts lie along a side")
    minima = lowest(landscape, MOST)
    if not minima:
        raise UserError(f"landscape {landscape.name} has no minimum in the plot, so it has no basins")
    west, east, south, north = landscape.bounds
    x, y = np.meshgrid(np.linspace(west, east, side), np.linspace(south, north, side))
    starts = np.stack([x.ravel(), y.ravel()])
    columns = len(landscape.field.noises)
    drawn = None if noise is None or not columns else noise[:steps, :columns]
    places = np.stack([_ends(landscape, walker, starts, steps, drawn) for walker in walkers])
    ends = np.stack([_sorted(place, np.array(minima), east - west) for place in places])
    return Basins(
        landscape=landscape,
        steps=steps,
        minima=minima,
        labels=tuple(label(landscape, walker) for walker in walkers),
        ends=ends.reshape(-1, side, side),
        places=places.reshape(-1, 2, side, side),
    )


def _ends(landscape: Landscape, walker: Walker, starts: Array, steps: int, noise: Array | None) -> Array:
    """The mean of each walk's last part, (2, starts); NaN where it is gone."""
    chosen = settings(landscape, walker)
    field = {f"field:{name}": value for name, value in landscape.field.parameters.items()}
    hyper: dict[str, Any] = {name: chosen[name] for name in walker.rule.hyper}
    west, east, *_ = landscape.bounds
    orbits = Orbits(compose(walker.rule, landscape.field, chosen))
    reach = float(np.abs(landscape.bounds).max()) + FAR * (east - west)
    walked = orbits.run(starts, steps, {**hyper, **field}, noise=noise, tail=max(1, round(TAIL * steps)), bound=reach)
    assert walked.tail is not None
    return np.where(walked.left > 0, np.nan, walked.tail.mean)


def _sorted(places: Array, minima: Array, width: float) -> NDArray[np.int64]:
    """The nearest minimum of each place, if it is near."""
    away = np.linalg.norm(places[:, None, :] - minima.T[:, :, None], axis=0)
    gone = np.isnan(places).any(axis=0)
    nearest = np.argmin(np.where(np.isnan(away), np.inf, away), axis=0)
    near = away[nearest, np.arange(places.shape[1])] <= NEAR * width
    return np.where(gone, GONE, np.where(near, nearest, NOWHERE))
