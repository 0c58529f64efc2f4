"""What the explorer draws, as plain records: a scene, in which the page takes the walks itself, or recorded walks."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.field import Field
from surefoot.rules.rule import Rule, Setting

Array = NDArray[np.floating[Any]]
Point = tuple[float, float]
#: `(*, t, **parameters) -> ((x, y), ...)` in the words that landscapes are written in; () where none is known.
Minima = Callable[..., Sequence[tuple[Any, Any]]]


@dataclasses.dataclass(frozen=True)
class Slider:
    """The range in which a reader may move a landscape's parameter, and on what scale."""

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    meaning: str = ""


@dataclasses.dataclass(frozen=True)
class Landscape:
    """A function of two coordinates that the page evaluates itself.

    Attributes:
        name, title: as `surefoot watch NAME` spells it, and in print. teaches: one or two sentences, plain text.
        field: loss and gradient that optimizers see.
        bounds: (x low, x high, y low, y high) of the plot. start: where walks begin.
        minima: where the minima lie at step t, for these parameters; the distance shown is to the nearest.
        parameters: a slider for each of the field's parameters that a reader may move.
        surface: what is drawn and reported as the loss, where that is not the field itself with its noise at zero:
            for sparse gradients, their mean over steps. Where it depends on t, it is drawn anew at every step.
        settings: by rule name, the settings that suit this landscape; rules not named keep their defaults.
        steps: how long to walk here. places: (x, y, name) of what the map names.
    """

    name: str
    title: str
    teaches: str
    field: Field
    bounds: tuple[float, float, float, float]
    start: Point
    minima: Minima
    parameters: Mapping[str, Slider] = dataclasses.field(default_factory=dict)
    surface: Field | None = None
    settings: Mapping[str, Mapping[str, Setting]] = dataclasses.field(default_factory=dict)
    steps: int = 300
    places: tuple[tuple[float, float, str], ...] = ()


@dataclasses.dataclass(frozen=True)
class Walker:
    """An optimizer in a live scene.

    Attributes:
        rule: its rule. settings: those asked for; the others are the landscape's, then the rule's defaults.
        shown: whether it walks when the page opens, or waits to be switched on.
    """

    rule: Rule
    settings: Mapping[str, Setting] = dataclasses.field(default_factory=dict)
    shown: bool = True


@dataclasses.dataclass(frozen=True)
class Scene:
    """A live page: the first landscape is shown, the others can be chosen; positions of walkers are their colours.

    Attributes:
        steps: overrides every landscape's. start: overrides the first landscape's.
        noise: (steps, columns) draws, float32, for landscapes with noise inputs: step t, from 1, reads row t - 1.
    """

    landscapes: tuple[Landscape, ...]
    walkers: tuple[Walker, ...]
    steps: int | None = None
    start: Point | None = None
    noise: Array = dataclasses.field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclasses.dataclass(frozen=True)
class Walk:
    """A recorded walk, from its start (step 0) on; what is not known is None or left out.

    Attributes:
        points: (frames, 2). loss: (frames,), along the path itself. steps: (frames,), the step of each frame.
        rate: name of a parameter or layer to its effective learning rate, (frames,); of a layer, its median.
        spread: name of a layer to the low and the high end, (frames,) each, between which most of its rates lie.
        state: name of a state slot to its values, (frames,).
        residual: (frames,), where the plane is a projection: the share, 0 to 1, of the true point's distance from the
            plane's centre that lies off the plane.
        beneath: (frames,), there too: the loss of the plane at the drawn point. settings: what it walked with.
    """

    name: str
    points: Array
    loss: Array
    steps: Array
    rate: Mapping[str, Array] = dataclasses.field(default_factory=dict)
    state: Mapping[str, Array] = dataclasses.field(default_factory=dict)
    residual: Array | None = None
    spread: Mapping[str, tuple[Array, Array]] = dataclasses.field(default_factory=dict)
    beneath: Array | None = None
    settings: Mapping[str, Setting] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Recording:
    """A page of walks that were taken elsewhere, over a surface known on a grid: it is played, and has no sliders.

    Attributes:
        surface: (rows, columns) losses, rows from y low to y high, columns from x low to x high; NaN where unknown.
        axes: what the two coordinates are. notes: what a reader must know to read it right, one sentence each.
        caption: what must be read with the map, and is printed on it. reason: why there are no sliders.
        rates: a word on the charts of effective rates.
    """

    name: str
    title: str
    teaches: str
    surface: Array
    bounds: tuple[float, float, float, float]
    walks: tuple[Walk, ...]
    axes: tuple[str, str] = ("x", "y")
    minima: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()
    caption: str = ""
    reason: str = "Sliders need a function that can be traced: one written in surefoot's words."
    rates: str = "how far it moves per unit of its gradient"
