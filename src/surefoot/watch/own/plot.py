"""Which part of the plane to draw for a function of a user's own: where it starts, and where it is lowest nearby."""

import numpy as np

from surefoot.watch.scene import Point
from surefoot.watch.start import Bounds

#: Of the span between start and minimum, what is added on every side.
MARGIN = 0.45


def around(start: Point, lowest: Point | None) -> Bounds:
    """A plot with room around both; around the start alone where no minimum is known.

    >>> around((1.0, 1.0), None)
    (-1.0, 3.0, -1.0, 3.0)
    """
    if lowest is None:
        reach = 2 * max(1.0, *(abs(c) for c in start))
        return start[0] - reach, start[0] + reach, start[1] - reach, start[1] + reach
    corners = np.array([start, lowest])
    low, high = corners.min(axis=0), corners.max(axis=0)
    span = high - low
    # A plot must not be much narrower one way than the other, or strides cannot be compared by eye.
    wide = np.maximum(span, max(float(span.max()) * 0.6, 1e-3))
    middle = (low + high) / 2
    reach_x, reach_y = wide * (0.5 + MARGIN)
    return (
        float(middle[0] - reach_x), float(middle[0] + reach_x), float(middle[1] - reach_y), float(middle[1] + reach_y)
    )  # fmt: skip
