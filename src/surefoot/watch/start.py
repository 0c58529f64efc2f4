"""Where walks begin and what part of the plane is drawn, as a user gives them."""

import math
from collections.abc import Sequence

from surefoot.errors import UserError
from surefoot.watch.scene import Point

Bounds = tuple[float, float, float, float]


def inside(start: Point, bounds: Bounds) -> None:
    """Nothing, if the start lies in the plot.

    Raises:
        UserError: otherwise.
    """
    west, east, south, north = bounds
    if not (west <= start[0] <= east and south <= start[1] <= north):
        raise UserError(
            f"start must lie in the plot, x in [{west:g}, {east:g}] and y in [{south:g}, {north:g}], "
            f"got {start[0]:g},{start[1]:g}"
        )


def pair(start: Sequence[float] | None) -> Point | None:
    """The start as two finite numbers, if one is given.

    Raises:
        UserError: if it is anything else.
    """
    if start is None:
        return None
    try:
        x, y = (float(number) for number in start)
    except (TypeError, ValueError):
        raise UserError(f"start must be two numbers, got {start!r}") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise UserError(f"start must be two finite numbers, got {x:g},{y:g}")
    return x, y


def box(bounds: Sequence[float] | None) -> Bounds | None:
    """The plot as four finite numbers in order, if one is given.

    Raises:
        UserError: if it is anything else.
    """
    if bounds is None:
        return None
    try:
        west, east, south, north = (float(number) for number in bounds)
    except (TypeError, ValueError):
        raise UserError(f"bounds must be four numbers, x low, x high, y low, y high, got {bounds!r}") from None
    if not (west < east and south < north and all(map(math.isfinite, (west, east, south, north)))):
        raise UserError(f"bounds must be x low < x high and y low < y high, all finite, got {bounds!r}")
    return west, east, south, north
