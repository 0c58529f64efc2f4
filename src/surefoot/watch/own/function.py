"""A user's own function: in the rules' words where that can be done, so that its page is live; else recorded."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from surefoot.engines.field import Field
from surefoot.errors import UserError
from surefoot.watch.minima import Both, both, downhill
from surefoot.watch.own import aten
from surefoot.watch.own.checks import sound
from surefoot.watch.own.plot import around
from surefoot.watch.own.recorded import record
from surefoot.watch.own.torch_loss import TorchLoss
from surefoot.watch.pace import fitted
from surefoot.watch.scene import Landscape, Point, Recording, Scene, Slider, Walker
from surefoot.watch.start import Bounds, inside

STEPS = 300
STRIDE = 1 / 60
#: Points beside the start at which a rewritten function must agree with torch, and how well.
SAMPLES, AGREES = 40, 1e-9


def own(
    function: Callable[..., Any],
    start: Point | None,
    bounds: Bounds | None,
    walkers: Sequence[Walker],
    steps: int | None,
) -> Scene | Recording:
    """The scene of `f(x, y)`, in the rules' words or torch's, or of `f(p)` in torch's; a recording where need be.

    Raises:
        UserError: if the start is missing, lies outside the plot, or the function is no scalar, not finite or has no
            gradient there.
    """
    name = getattr(function, "__name__", type(function).__name__)
    if start is None:
        raise UserError(
            f"start must be given for a function of your own: watch({name}, start=(1.0, 1.0)), or --start 1,1"
        )
    field = _in_words(function)
    if field is not None:
        return _live(field, function, start, bounds, walkers, steps)
    loss = TorchLoss.of(function)
    sound(name, loss.value, loss.gradient(*start), start)
    box, minima = _plot(loss.both, start, bounds)
    try:
        field = _rewritten(loss, start, box)
    except aten.UnknownError as unknown:
        return record(loss, start, box, minima, walkers, steps or STEPS, STRIDE, str(unknown))
    return _live(field, function, start, box, walkers, steps)


def _in_words(function: Callable[..., Any]) -> Field | None:
    """The function traced as it stands, if it is written in the rules' words (or in arithmetic alone)."""
    if isinstance(function, Field):
        return function
    try:
        field = Field.of(function)
    except UserError:
        return None
    return field if len(field.coordinates) == 2 else None


def _rewritten(loss: TorchLoss, start: Point, box: Bounds) -> Field:
    """The torch function in the rules' words, if they agree with torch all over the plot.

    Raises:
        UnknownError: if it cannot be rewritten, or does not agree.
    """

    def rewritten(x: Any, y: Any) -> Any:
        return aten.rewrite(loss, (x, y))

    try:
        field = replace(Field.of(rewritten), name=loss.name)
    except UserError as error:
        cause = error.__cause__
        raise cause if isinstance(cause, aten.UnknownError) else aten.UnknownError(str(error)) from error
    at = both(field)
    random = np.random.default_rng(0)
    low, high = np.array(box[::2]), np.array(box[1::2])
    for point in [np.array(start), *random.uniform(low, high, (SAMPLES, 2))]:
        ours, torchs = at(*point), loss.both(*point)
        if not np.allclose([ours[0], *ours[1]], [torchs[0], *torchs[1]], rtol=AGREES, atol=AGREES, equal_nan=True):
            raise aten.UnknownError(f"rewritten, it differs from torch at {point[0]:g},{point[1]:g}")
    return field


def _live(
    field: Field,
    function: Callable[..., Any],
    start: Point,
    bounds: Bounds | None,
    walkers: Sequence[Walker],
    steps: int | None,
) -> Scene:
    at = both(field)
    sound(field.name, lambda x, y: at(x, y)[0], at(*start)[1], start)
    box, minima = _plot(at, start, bounds)
    known = () if field.moves else minima
    said = (inspect.getdoc(function) or "").partition("\n")[0]
    land = Landscape(
        name=field.name,
        title=field.name,
        teaches=said or "A function of your own.",
        field=field,
        bounds=box,
        start=start,
        minima=lambda *, t, **_: known,
        parameters={name: _slider(default) for name, default in field.parameters.items()},
        steps=STEPS,
    )
    noise = np.random.default_rng(0).standard_normal((steps or STEPS, len(field.noises))).astype(np.float32)
    return Scene((fitted(land, walkers, STRIDE),), tuple(walkers), steps, noise=noise)


def _plot(at: Both, start: Point, bounds: Bounds | None) -> tuple[Bounds, tuple[Point, ...]]:
    """What part of the plane to draw, and the minimum that was found downhill."""
    lowest = downhill(at, start)
    box = bounds or around(start, lowest)
    inside(start, box)
    return box, () if lowest is None else (lowest,)


def _slider(default: float) -> Slider:
    """A range around a parameter's default: a decade to either side, or as far as it is from zero."""
    if default > 0:
        return Slider(default / 10, default * 10, "log")
    reach = max(1.0, -2 * default)
    return Slider(default - reach, default + reach)
