"""What must hold at the start of a walk on a user's own function: a number, a gradient, no kink."""

from collections.abc import Callable

import numpy as np

from surefoot.errors import UserError
from surefoot.watch.scene import Array, Point

#: The two distances at which slopes to either side are compared, relative to the size of the coordinates.
FAR, NEAR = 1e-3, 1e-5


def sound(name: str, value: Callable[[float, float], float], gradient: Array, start: Point) -> None:
    """Nothing, if walks can set out from here.

    Raises:
        UserError: if the loss or its gradient is not finite at the start, or the slopes to either side differ.
    """
    place = f"at the start {start[0]:g},{start[1]:g}"
    loss = value(*start)
    if not np.isfinite(loss):
        raise UserError(f"function {name} must be finite {place}, got {loss:g}; start elsewhere")
    if not np.all(np.isfinite(gradient)):
        slopes = ",".join(f"{slope:g}" for slope in gradient)
        raise UserError(f"function {name} must have a gradient {place}, got {slopes}; start elsewhere")
    for axis, letter in enumerate("xy"):
        if _kinked(value, start, axis):
            raise UserError(
                f"function {name} is not differentiable {place}: the slopes along {letter} to either side differ; "
                "start beside the kink"
            )


def _kinked(value: Callable[[float, float], float], start: Point, axis: int) -> bool:
    """Whether the slopes to either side still differ when looked at from nearer: at smooth points they would meet."""
    far, near = _gap(value, start, axis, FAR), _gap(value, start, axis, NEAR)
    return near[0] > 0.5 * far[0] and near[0] > 1e-3 * near[1]


def _gap(value: Callable[[float, float], float], start: Point, axis: int, distance: float) -> tuple[float, float]:
    """How far the slopes to either side are apart, and how large they are."""
    step = np.zeros(2)
    step[axis] = distance * max(1.0, abs(start[axis]))
    here, after, before = value(*start), value(*(start + step)), value(*(start - step))
    forward, backward = (after - here) / step[axis], (here - before) / step[axis]
    return abs(forward - backward), abs(forward) + abs(backward)
