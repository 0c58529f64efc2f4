"""Landscapes with several minima: which one a walk ends in depends on the start and on the rule."""

from math import pi
from typing import Annotated

from surefoot.rules.vocabulary import Value, cos
from surefoot.watch.landscapes.view import view
from surefoot.watch.scene import Slider

Depth = Annotated[float, Slider(0, 10, "linear", "how deep the wells beside the lowest are")]


@view(
    "Himmelblau",
    teaches="Four minima, all equally deep: where a walk ends depends on the start and on the rule.",
    x=(-5.0, 5.0),
    y=(-5.0, 5.0),
    start=(0.2, -1.0),
    minima=(
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ),
)
def himmelblau(x: Value, y: Value) -> Value:
    """(x^2 + y - 11)^2 + (x + y^2 - 7)^2 (Himmelblau 1972)."""
    first = x * x + y - 11
    second = x + y * y - 7
    return first * first + second * second


@view(
    "Rastrigin",
    teaches="A well in every unit square: short strides stay in the first one, momentum and long strides pass over "
    "some.",
    x=(-5.12, 5.12),
    y=(-5.12, 5.12),
    start=(-3.4, 2.7),
    stride=1 / 25,
    minima=((0.0, 0.0),),
)
def rastrigin(x: Value, y: Value, *, depth: Depth = 3.0) -> Value:
    """x^2 + y^2 + a (2 - cos 2 pi x - cos 2 pi y) (Rastrigin 1974, in two dimensions)."""
    return x * x + y * y + depth * (2 - cos(2 * pi * x) - cos(2 * pi * y))
