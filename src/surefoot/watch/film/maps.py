"""Basins as a picture: a map for each rule, each start in the colour of the minimum that the walk from it ends at."""

from pathlib import Path
from textwrap import fill
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from surefoot.pages.palette import LIGHT, Theme
from surefoot.watch.film import ground, still
from surefoot.watch.film import save as saving
from surefoot.watch.scene import Array, Landscape, Point
from surefoot.watch.trajectories import loss

COLUMNS = 4
#: Of the small print: characters an inch, and inches a line.
CHARACTERS, LINE = 15, 0.14
#: How far a start's colour is from the minimum's own towards the surface's.
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


def save(basins: Ends, path: str | Path, theme: Theme = LIGHT) -> Path:
    """Write the maps.

    Raises:
        UserError: if the path does not end in .png or .svg, or cannot be written.
    """
    place = saving.checked(path, saving.STILLS)
    still.write(draw(basins, theme), place)
    return place


def draw(basins: Ends, theme: Theme = LIGHT) -> Any:
    """The figure."""
    count = len(basins.labels)
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    width, height = 3.1 * columns + 0.4, 2.75 * rows + 1.0
    key = fill(_key(basins, theme), int(CHARACTERS * width))
    height += LINE * key.count("\n")
    figure = ground.figure(theme, (width, height))
    figure.suptitle(
        f"{basins.landscape.title}: where walks end",
        x=0.012, y=1 - 0.12 / height, ha="left", va="top", fontsize=12, fontweight="bold", color=theme.ink,
    )  # fmt: skip
    places = figure.subplots(rows, columns, squeeze=False)
    low = 0.45 + LINE * key.count("\n")
    edges = {"left": 0.4 / width, "right": 1 - 0.15 / width, "top": 1 - 0.75 / height, "bottom": low / height}
    figure.subplots_adjust(**edges, wspace=0.14, hspace=0.28)
    for k, axes in enumerate(places.flat):
        axes.set_visible(k < count)
        if k < count:
            _map(axes, basins, k, theme)
    figure.text(0.012, 0.1 / height, key, fontsize=8, color=theme.muted, va="bottom")
    return figure


def _map(axes: Any, basins: Ends, rule: int, theme: Theme) -> None:
    land = basins.landscape
    tones = _colours(basins.ends[rule], len(basins.minima), theme)
    axes.imshow(tones, origin="lower", extent=land.bounds, aspect="auto", zorder=0)
    west, east, south, north = land.bounds
    x, y = np.meshgrid(np.linspace(west, east, 120), np.linspace(south, north, 90))
    losses = loss(land)((x, y), float(land.steps))
    shaded = np.ma.masked_invalid(np.log10(losses - np.nanmin(losses) + 1e-2 * np.nanmedian(np.abs(losses)) + 1e-300))
    axes.contour(x, y, shaded, 12, colors=theme.surface, linewidths=0.4, alpha=0.8, zorder=1)
    for k, (a, b) in enumerate(basins.minima):
        style = {"markersize": 8, "markeredgecolor": theme.surface, "zorder": 3, "clip_on": False}
        axes.plot(a, b, ground.letter(k), color=ground.colour(theme, k), **style)
    axes.set(xlim=(west, east), ylim=(south, north))
    ground.dress(axes, theme)
    axes.set_title(basins.labels[rule], color=theme.ink, fontsize=9, loc="left", pad=4)


def _colours(ends: Any, minima: int, theme: Theme) -> Array:
    """(rows, columns, 3), 0 to 1: a pale tone of each minimum's colour, grey for nowhere, ink for gone."""
    tones = [ground.mixed(ground.colour(theme, k), theme.surface, PALE) for k in range(minima)]
    every = [*tones, theme.ink, theme.line]  # the last two stand at -2, gone, and -1, nowhere
    table = np.array([[int(tone[i : i + 2], 16) / 255 for i in (1, 3, 5)] for tone in every])
    colours: Array = table[ends]
    return colours


def _key(basins: Ends, theme: Theme) -> str:
    gone = {"light": "black", "dark": "white"}[theme.name]
    arrived = float((basins.ends >= 0).mean())
    return (
        f"Each start has the colour of the minimum that its walk ends at, after {basins.steps} steps; "
        f"grey: at none yet, {gone}: gone. {arrived:.0%} arrived."
    )
