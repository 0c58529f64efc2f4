"""Losses of which a step sees only a part: a rare coordinate, and minibatch noise."""

from math import pi
from typing import Annotated

from surefoot.rules.vocabulary import Value, cos, where
from surefoot.watch.landscapes.view import Condition, view
from surefoot.watch.scene import Slider

Every = Annotated[float, Slider(1, 50, "linear", "steps from one gradient along y to the next")]
Noise = Annotated[float, Slider(0, 2, "linear", "standard deviation of the minimum that a batch sees")]


def mean(x: Value, y: Value, *, every: Every = 10.0) -> Value:
    """The mean over steps of `sparse`."""
    return 0.5 * (x * x) + 0.5 * (y * y) / every


@view(
    "Sparse gradient",
    teaches="The gradient along y is there once in k steps: AdaGrad keeps the stride of the rare coordinate long, "
    "plain descent gives it the same stride as the frequent one.",
    x=(-3.0, 3.0),
    y=(-2.0, 2.0),
    start=(-2.5, 1.5),
    minima=((0.0, 0.0),),
    surface=mean,
    steps=600,
)
def sparse(x: Value, y: Value, *, t: Value, every: Every = 10.0) -> Value:
    """0.5 x^2 + 0.5 y^2, of which the second term is there in every k-th step only."""
    # Whole multiples of k turn the circle back to 1; the step beside it falls short of half a step's angle.
    present = cos(t * (2 * pi / every)) > cos(pi / every)
    return 0.5 * (x * x) + where(present, 0.5 * (y * y), 0.0)


@view(
    "Noisy gradient",
    teaches="Every batch has a minimum of its own: a constant stride ends in a cloud as wide as the stride, "
    "a shrinking one averages the noise away.",
    x=(-3.2, 3.2),
    y=(-2.0, 2.0),
    start=(-2.6, 1.4),
    minima=((0.0, 0.0),),
    steps=600,
)
def noisy(
    x: Value, y: Value, *, noise_x: Value, noise_y: Value, condition: Condition = 10.0, noise: Noise = 0.5
) -> Value:
    """0.5 ((x - s a)^2 + k (y - s b)^2), with a and b standard normal, drawn anew each step (drawn: without)."""
    off_x, off_y = x - noise * noise_x, y - noise * noise_y
    return 0.5 * (off_x * off_x + condition * (off_y * off_y))
