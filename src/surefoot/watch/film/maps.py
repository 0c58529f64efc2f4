"""Basins as a picture: a map for each rule, each start in the colour of the minimum that the walk from it ends at."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from surefoot.pages.palette import LIGHT
from surefoot.watch.film import ground, still
from surefoot.watch.film import save as saving
from surefoot.watch.scene import Array, Landscape, Point
from surefoot.watch.trajectories import loss

COLUMNS = 4
#: How far a start's colour is from the minimum's own towards white.
PALE = 0.45


class Ends(Protocol):
    """What is drawn of `surefoot.watch.basins.Basins`, which says what it is."""

    @property
    def landscape(self) -> Landscape: ...  # noqa: D102
    @property
    def steps(self) -> int: ...  # noqa: D102
    @property
    def minima(self) -> tuple[Point, ...]: ...  # noqa: D102
    @property
    def labels(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def ends(self) -> NDArray[np.int64]: ...  # noqa: D102


def save(basins: Ends, path: str | Path) -> Path:
    """Write the maps.

    Raises:
        UserError: if the path does not end in .png or .svg, or cannot be written.
    """
    place = saving.checked(path, saving.STILLS)
    still.write(draw(basins), place)
    return place


def draw(basins: Ends) -> Any:
    """The figure."""
    count = len(basins.labels)
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    figure = ground.figure((3.1 * columns + 0.4, 2.75 * rows + 1.0))
    height = figure.get_figheight()
    figure.suptitle(
        f"{basins.landscape.title}: where walks end",
        x=0.012, y=1 - 0.12 / height, ha="left", va="top", fontsize=12, fontweight="bold", color=LIGHT.ink,
    )  # fmt: skip
    places = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(
        left=0.03, right=0.985, top=1 - 0.75 / height, bottom=0.45 / height, wspace=0.12, hspace=0.28
    )
    for k, axes in enumerate(places.flat):
        axes.set_visible(k < count)
        if k < count:
            _map(axes, basins, k)
    figure.text(0.012, 0.1 / height, _key(basins), fontsize=8, color=LIGHT.muted, va="bottom")
    return figure


def _map(axes: Any, basins: Ends, rule: int) -> None:
    land = basins.landscape
    axes.imshow(
        _colours(basins.ends[rule], len(basins.minima)), origin="lower", extent=land.bounds, aspect="auto", zorder=0
    )
    west, east, south, north = land.bounds
    x, y = np.meshgrid(np.linspace(west, east, 120), np.linspace(south, north, 90))
    losses = loss(land)((x, y), float(land.steps))
    shaded = np.ma.masked_invalid(np.log10(losses - np.nanmin(losses) + 1e-2 * np.nanmedian(np.abs(losses)) + 1e-300))
    axes.contour(x, y, shaded, 12, colors=LIGHT.surface, linewidths=0.4, alpha=0.8, zorder=1)
    for k, (a, b) in enumerate(basins.minima):
        style = {"markersize": 8, "markeredgecolor": LIGHT.surface, "zorder": 3, "clip_on": False}
        axes.plot(a, b, ground.letter(k), color=ground.colour(k), **style)
    axes.set(xlim=(west, east), ylim=(south, north))
    ground.dress(axes)
    axes.set_title(basins.labels[rule], color=LIGHT.ink, fontsize=9, loc="left", pad=4)


def _colours(ends: Any, minima: int) -> Array:
    """(rows, columns, 3), 0 to 1: a pale tone of each minimum's colour, grey for nowhere, near black for gone."""
    tones = [ground.mixed(ground.colour(k), "#ffffff", PALE) for k in range(minima)]
    every = [*tones, LIGHT.ink, LIGHT.line]  # the last two stand at -2, gone, and -1, nowhere
    table = np.array([[int(tone[i : i + 2], 16) / 255 for i in (1, 3, 5)] for tone in every])
    colours: Array = table[ends]
    return colours


def _key(basins: Ends) -> str:
    arrived = float((basins.ends >= 0).mean())
    return (
        f"Each start has the colour of the minimum that its walk ends at, after {basins.steps} steps; "
        f"grey: at none yet, black: gone. {arrived:.0%} arrived."
    )
