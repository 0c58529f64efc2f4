"""What a landscape's function cannot say of itself: where to look, where to start, what is seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from surefoot.watch.scene import Minima, Point, Slider

F = TypeVar("F", bound=Callable[..., Any])
Interval = tuple[float, float]
#: Unless a landscape says otherwise: the mean length of a walk's first ten steps, as a fraction of the plot's width.
STRIDE = 1 / 60


@dataclass(frozen=True)
class View:
    """How a landscape is shown.

    Attributes:
        title: its name in print. teaches: one or two sentences on what is seen on it.
        x, y: the part of the plane that is drawn. start: where walks begin unless told otherwise.
        minima: where the loss is least at the default parameters, or a function `(*, t, **parameters)` that says where
            at step t, in the rules' words.
        surface: a function like the landscape's own, where what is drawn is not what a step sees.
        stride: the mean length of the first ten steps, as a fraction of the plot's width (see watch/pace.py).
        steps: how long to walk. places: (x, y, name) of what the map names.
    """

    title: str
    teaches: str
    x: Interval
    y: Interval
    start: Point
    minima: tuple[Point, ...] | Minima = ()
    surface: Callable[..., Any] | None = None
    stride: float = STRIDE
    steps: int = 300
    places: tuple[tuple[float, float, str], ...] = ()


def view(title: str, **declared: Any) -> Callable[[F], F]:
    """Declare a landscape's view (see `View` for the arguments); the function itself is returned unchanged."""

    def declare(function: F) -> F:
        function.view = View(title, **declared)  # type: ignore[attr-defined]
        return function

    return declare


#: The parameter that most landscapes have.
Condition = Annotated[float, Slider(1, 1000, "log", "condition number: the steepest curvature over the flattest")]
