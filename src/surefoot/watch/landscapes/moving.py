"""Minima that do not stay where they are: one that drifts, one that jumps."""

from math import pi
from typing import Annotated

from surefoot.rules.vocabulary import Value, cos, sin, where
from surefoot.watch.landscapes.view import view
from surefoot.watch.scene import Slider

Period = Annotated[float, Slider(50, 2000, "log", "steps in which the minimum goes round")]
When = Annotated[float, Slider(10, 1000, "linear", "step after which the minimum has jumped")]
Steep = Annotated[float, Slider(1, 100, "log", "curvature along y over curvature along x")]


def around(*, t: Value, period: Value | float, steep: Value | float = 1.0) -> tuple[tuple[Value, Value], ...]:
    """The drifting minimum at step t: once round an ellipse in `period` steps."""
    turn = t * (2 * pi / period)
    return ((2 * cos(turn), sin(turn)),)


def before_and_after(*, t: Value, when: Value | float, steep: Value | float = 1.0) -> tuple[tuple[Value, Value], ...]:
    """The jumping minimum at step t."""
    return ((where(t > when, 2.0, -1.0), where(t > when, -0.8, 0.8)),)


@view(
    "Drifting minimum",
    teaches="AdaGrad remembers every gradient and falls behind; RMSProp and Adam forget, and keep up.",
    x=(-3.6, 3.6),
    y=(-2.0, 2.0),
    start=(3.0, -1.2),
    minima=around,
    steps=600,
)
def drift(x: Value, y: Value, *, t: Value, period: Period = 400.0, steep: Steep = 4.0) -> Value:
    """0.5 ((x - p)^2 + k (y - q)^2) around a minimum (p, q) that goes round."""
    ((p, q),) = around(t=t, period=period)
    return 0.5 * ((x - p) * (x - p) + steep * ((y - q) * (y - q)))


@view(
    "Jumping minimum",
    teaches="After the jump RMSProp's stride is soon long again; AdaGrad's was used up on the way to the first "
    "minimum.",
    x=(-3.6, 3.6),
    y=(-2.0, 2.0),
    start=(-3.2, -1.4),
    minima=before_and_after,
    steps=500,
)
def jump(x: Value, y: Value, *, t: Value, when: When = 250.0, steep: Steep = 4.0) -> Value:
    """0.5 ((x - p)^2 + k (y - q)^2) around a minimum (p, q) that is elsewhere after a step."""
    ((p, q),) = before_and_after(t=t, when=when)
    return 0.5 * ((x - p) * (x - p) + steep * ((y - q) * (y - q)))
