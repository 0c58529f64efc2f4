"""Where the gradient says little of how far to go: a cliff, a plateau, a kink."""

from typing import Annotated

from surefoot.rules.vocabulary import Value, exp, log, minimum, where
from surefoot.watch.landscapes.view import view
from surefoot.watch.scene import Slider

#: How sharply the cliff's wall begins.
SHARP = 120.0

Wall = Annotated[float, Slider(1, 100, "log", "slope of the wall")]
Width = Annotated[float, Slider(0.3, 2, "linear", "width of the well")]
Slope = Annotated[float, Slider(1, 100, "log", "slope along y over slope along x")]


def foot(*, t: Value | float, wall: Value | float) -> tuple[tuple[Value | float, float], ...]:
    """The minimum of `cliff`: where the wall's slope takes the valley's back."""
    return ((2 - log(2 * wall - 1) / SHARP, 0.0),)


@view(
    "Cliff",
    teaches="One gradient taken on the wall throws plain descent back to where it came from; a stride that is "
    "divided by the gradient's own size stays a stride.",
    x=(-5.0, 3.0),
    y=(-2.0, 2.0),
    start=(-3.6, 1.2),
    minima=foot,
    places=((-2.0, -1.5, "valley"), (2.5, -1.5, "wall")),
)
def cliff(x: Value, y: Value, *, wall: Wall = 30.0) -> Value:
    """-x / 2 + y^2 / 5 + s log(1 + exp(k (x - 2))) / k, k = 120: a valley falls eastward to a wall of slope s."""
    height = SHARP * (x - 2)
    # Far up the wall the exponential would overflow, and the wall is straight to the last digit.
    rounded = where(height > 40, height, log(1 + exp(minimum(height, 40.0))))
    return -0.5 * x + 0.2 * (y * y) + wall * (rounded / SHARP)


@view(
    "Plateau",
    teaches="Far from the well the gradient all but vanishes, and plain descent stands still; divided by its own size "
    "it is a full stride.",
    x=(-4.0, 2.0),
    y=(-1.8, 1.8),
    start=(-3.4, 1.0),
    minima=((0.0, 0.0),),
    places=((-3.1, -0.9, "plateau"), (0.0, -0.75, "well")),
)
def plateau(x: Value, y: Value, *, width: Width = 0.9) -> Value:
    """1 - exp(-(x^2 + y^2) / (2 w^2))."""
    return 1 - exp(-(x * x + y * y) / (2 * width * width))


@view(
    "Kink",
    teaches="At a kink the gradient does not shrink towards the minimum: only a stride that shrinks by itself, as "
    "AdaGrad's does, comes to rest.",
    x=(-3.0, 3.0),
    y=(-2.0, 2.0),
    start=(-2.4, 1.3),
    minima=((0.0, 0.0),),
    steps=600,
)
def kink(x: Value, y: Value, *, slope: Slope = 10.0) -> Value:
    """|x| + k |y|."""
    return abs(x) + slope * abs(y)
