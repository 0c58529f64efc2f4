"""The loss on a plane: on a grid as fine as can be had in reasonable time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter

import numpy as np
import torch

from surefoot.watch.network.plane import Plane
from surefoot.watch.scene import Array

#: Columns of the grid, the finest first; rows are two thirds of them. And for how many seconds it is computed at most.
COLUMNS = (72, 48, 36, 24)
SECONDS = 30.0
#: Width over height of the plot: one scale for both directions, so that lengths can be compared.
ASPECT = 1.5
#: Room around the paths, as a part of their span.
MARGIN = 0.12

Bounds = tuple[float, float, float, float]


def around(points: Array) -> Bounds:
    """A plot of ASPECT around points (n, 2), with some room.

    >>> [round(side, 3) for side in around(np.array([[0.0, 0.0], [10.0, 1.0]]))]
    [-1.2, 11.2, -3.633, 4.633]
    """
    low, high = points.min(axis=0), points.max(axis=0)
    span = (high - low) * (1 + 2 * MARGIN)
    height = max(float(span[1]), float(span[0]) / ASPECT)
    x, y = (float(c) for c in (low + high) / 2)
    return x - height * ASPECT / 2, x + height * ASPECT / 2, y - height / 2, y + height / 2


def surface(loss: Callable[[Array], float], plane: Plane, bounds: Bounds) -> Array:
    """(rows, columns) losses at points of the plane, rows from y low to y high, columns from x low to x high."""
    west, east, south, north = bounds
    with _quickest(loss, plane.origin) as each:
        columns = next((c for c in COLUMNS if c * (c * 2 // 3) * each < SECONDS), COLUMNS[-1])
        across, up = np.linspace(west, east, columns), np.linspace(south, north, columns * 2 // 3)
        return np.array([[loss(plane.at(x, y)) for x in across] for y in up])


@contextmanager
def _quickest(loss: Callable[[Array], float], at: Array) -> Iterator[float]:
    """Use all of torch's threads or one, whichever is quicker; gives the seconds a loss takes.

    Small models gain nothing by threads, and lose by waiting for them where other processes work too.
    """
    usual = torch.get_num_threads()
    try:
        seconds = {}
        for threads in {usual, 1}:
            torch.set_num_threads(threads)
            seconds[threads] = median(_seconds(loss, at) for _ in range(5))
        torch.set_num_threads(min(seconds, key=lambda threads: seconds[threads]))
        yield min(seconds.values())
    finally:
        torch.set_num_threads(usual)


def _seconds(loss: Callable[[Array], float], at: Array) -> float:
    began = perf_counter()
    loss(at)
    return perf_counter() - began
