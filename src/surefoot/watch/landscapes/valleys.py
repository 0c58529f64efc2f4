"""Two curved valleys with a name: Rosenbrock's and Beale's."""

from typing import Annotated

from surefoot.rules.vocabulary import Value
from surefoot.watch.landscapes.view import view
from surefoot.watch.scene import Slider

Steepness = Annotated[float, Slider(1, 1000, "log", "how steep the valley's walls are")]


@view(
    "Rosenbrock's valley",
    teaches="The valley is found at once and then turns: the direction in which long strides are safe changes on "
    "the way.",
    x=(-2.0, 2.0),
    y=(-0.8, 2.6),
    start=(-1.2, 1.0),
    minima=((1.0, 1.0),),
    steps=1000,
)
def rosenbrock(x: Value, y: Value, *, steepness: Steepness = 100.0) -> Value:
    """(1 - x)^2 + b (y - x^2)^2 (Rosenbrock 1960)."""
    off = y - x * x
    return (1 - x) * (1 - x) + steepness * (off * off)


@view(
    "Beale",
    teaches="Steep corners around a flat middle: a step that is right in the corner is far too short in the middle.",
    x=(-1.0, 4.5),
    y=(-1.6, 2.0),
    start=(1.0, 1.6),
    minima=((3.0, 0.5),),
    steps=600,
)
def beale(x: Value, y: Value) -> Value:
    """(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2 (Beale 1958)."""
    square = y * y
    first = 1.5 - x + x * y
    second = 2.25 - x + x * square
    third = 2.625 - x + x * (square * y)
    return first * first + second * second + third * third
