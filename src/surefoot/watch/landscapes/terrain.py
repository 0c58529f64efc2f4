"""The chapter's uneven terrain: a plain, a ravine and a patch of rocks in one map."""

import math
from typing import Annotated

from surefoot.rules.vocabulary import Value, exp, sin
from surefoot.watch.landscapes.view import view
from surefoot.watch.scene import Slider

Walls = Annotated[float, Slider(0, 20, "linear", "steepness of the ravine's walls")]
Rocks = Annotated[float, Slider(0, 0.5, "linear", "height of the rocks")]


@view(
    "Uneven terrain",
    teaches="Plain, ravine and rocks ask for different strides: adaptive rules lengthen and shorten each parameter's "
    "own as they go, a fixed learning rate has one for all three.",
    x=(-4.0, 4.0),
    y=(-2.0, 2.0),
    start=(-3.7, 1.4),
    minima=((2.898760473831755, 0.11154539117560075),),
    steps=400,
    places=((-2.5, 1.75, "plain"), (-0.35, 1.75, "ravine"), (1.8, 1.75, "rocks")),
)
def terrain(x: Value, y: Value, *, walls: Walls = 5.0, rocks: Rocks = 0.02) -> Value:
    """A slope to the east; between x = -1.6 and 0.9 a ravine that winds; between 1 and 2.6 rocks."""
    slope = 0.05 * ((x - 3) * (x - 3)) + 0.1 * (y * y)
    off = y - 0.5 * sin(1.8 * (x + 1.6))
    fall = exp(-4 * x)
    ravine = _between(fall, -1.6, 0.9) * (0.5 * walls * (off * off))
    boulders = _between(fall, 1.0, 2.6) * (rocks * (sin(6 * x) * sin(6 * y)))
    return slope + ravine + boulders


def _between(fall: Value, west: float, east: float) -> Value:
    """About 1 for x between the two, about 0 outside; `fall` is exp(-4 x), which all four edges share."""
    return 1 / (1 + math.exp(4 * west) * fall) - 1 / (1 + math.exp(4 * east) * fall)
