"""Where a torch function cannot be rewritten: its losses on a grid, and walks taken with torch's gradients."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from surefoot.watch.own.torch_loss import TorchLoss
from surefoot.watch.pace import STEPS, at_pace
from surefoot.watch.scene import Array, Point, Recording, Walker
from surefoot.watch.start import Bounds
from surefoot.watch.trajectories import follow

#: Columns and rows of the grid.
GRID = (96, 72)


def record(
    loss: TorchLoss,
    start: Point,
    bounds: Bounds,
    minima: tuple[Point, ...],
    walkers: Sequence[Walker],
    steps: int,
    stride: float,
    reason: str,
) -> Recording:
    """The walks of those walkers that are shown, each at the pace of watch/pace.py.

    Args:
        reason: why the page is not live, for the note in it.
    """
    west, east, south, north = bounds
    losses = np.array(
        [[loss.value(x, y) for x in np.linspace(west, east, GRID[0])] for y in np.linspace(south, north, GRID[1])]
    )
    steady = loss.gradient(*start)

    shown = [walker for walker in walkers if walker.shown]
    asked = [at_pace(w.rule, w.settings, np.array(start), steady, STEPS * stride * (east - west)) for w in shown]
    given = "; ".join(
        f"{w.rule.title} {', '.join(f'{name} {value}' for name, value in settings.items())}"
        for w, settings in zip(shown, asked, strict=True)
    )
    return Recording(
        name=loss.name,
        title=loss.name,
        teaches="A function of your own, recorded.",
        surface=losses,
        bounds=bounds,
        walks=tuple(
            follow(w.rule, w.rule.settings(settings), _slope(loss), _height(loss), start=start, steps=steps)
            for w, settings in zip(shown, asked, strict=True)
        ),
        minima=minima,
        notes=(f"These walks were recorded, and have no sliders: {reason}.", f"Settings: {given}."),
    )


def _slope(loss: TorchLoss) -> Any:
    def at(t: int, point: Array) -> Array:
        return loss.gradient(*point) if np.all(np.isfinite(point)) else np.full(2, np.nan)

    return at


def _height(loss: TorchLoss) -> Any:
    def at(coordinates: Sequence[Array], t: Any) -> Array:
        return np.array(
            [loss.value(x, y) if np.isfinite([x, y]).all() else np.nan for x, y in zip(*coordinates, strict=True)]
        )

    return at
