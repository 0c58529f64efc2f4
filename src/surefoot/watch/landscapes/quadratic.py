"""Quadratics: a bowl of any condition number and rotation, the ravine that lies along the axes, and the saddle."""

from math import pi
from typing import Annotated

from surefoot.rules.vocabulary import Value, cos, sin
from surefoot.watch.landscapes.view import Condition, view
from surefoot.watch.scene import Slider

Angle = Annotated[float, Slider(0, 90, "linear", "rotation of the axes, in degrees")]


@view(
    "Ravine",
    teaches="One learning rate for both directions is too long across the ravine or too short along it; "
    "a stride of its own for each parameter is neither.",
    x=(-4.0, 4.0),
    y=(-2.0, 2.0),
    start=(-3.4, 0.9),
    minima=((0.0, 0.0),),
)
def ravine(x: Value, y: Value, *, condition: Condition = 100.0) -> Value:
    """0.5 (x^2 + k y^2)."""
    return 0.5 * (x * x + condition * y * y)


@view(
    "Quadratic, rotated",
    teaches="Strides are set parameter by parameter: turn the ravine off the axes and each parameter "
    "sees both curvatures, so adaptive rules lose their advantage.",
    x=(-4.0, 4.0),
    y=(-2.6, 2.6),
    start=(-3.0, -0.6),
    minima=((0.0, 0.0),),
)
def quadratic(x: Value, y: Value, *, condition: Condition = 40.0, angle: Angle = 30.0) -> Value:
    """0.5 (u^2 + k v^2), with (u, v) the axes turned by the angle."""
    turn = angle * (pi / 180)
    along = cos(turn) * x + sin(turn) * y
    across = cos(turn) * y - sin(turn) * x
    return 0.5 * (along * along + condition * across * across)


@view(
    "Saddle",
    teaches="Beside the ridge the gradient that leads away is tiny: plain descent waits there, "
    "a stride divided by the gradient's own size leaves at once.",
    x=(-2.4, 2.4),
    y=(-1.6, 1.6),
    start=(-2.0, 0.001),
    minima=((0.0, 1.0), (0.0, -1.0)),
    places=((0.0, -0.14, "saddle"),),
)
def saddle(x: Value, y: Value) -> Value:
    """0.5 (x^2 - y^2) + y^4 / 4: a saddle at the origin, a minimum on either side of it."""
    return 0.5 * (x * x - y * y) + 0.25 * (y * y * y * y)
