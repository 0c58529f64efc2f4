"""All landscapes by name, and how a function with its view becomes the record that is drawn."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints

from surefoot.engines.field import Field
from surefoot.errors import UserError, did_you_mean
from surefoot.watch.landscapes.edges import cliff, kink, plateau
from surefoot.watch.landscapes.minibatch import noisy, sparse
from surefoot.watch.landscapes.moving import drift, jump
from surefoot.watch.landscapes.quadratic import quadratic, ravine, saddle
from surefoot.watch.landscapes.terrain import terrain
from surefoot.watch.landscapes.valleys import beale, rosenbrock
from surefoot.watch.landscapes.view import View
from surefoot.watch.landscapes.wells import himmelblau, rastrigin
from surefoot.watch.scene import Landscape, Slider

#: In the order in which they are offered.
LANDSCAPES: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        terrain, ravine, quadratic, rosenbrock, beale, himmelblau, rastrigin, saddle, cliff, plateau, kink,
        drift, jump, sparse, noisy,
    )
}  # fmt: skip


def find(name: str) -> Landscape:
    """The landscape of a name.

    Raises:
        UserError: if there is none, with the nearest name.

    >>> find("ravin")
    Traceback (most recent call last):
    ...
    surefoot.errors.UserError: unknown landscape 'ravin'; did you mean 'ravine'?
    """
    if name not in LANDSCAPES:
        raise UserError(f"unknown landscape {name!r}; {did_you_mean(name, LANDSCAPES)}")
    return landscape(LANDSCAPES[name])


def view_of(name: str) -> View:
    """What the landscape of a name declares of how it is shown."""
    return LANDSCAPES[name].view  # type: ignore[attr-defined,no-any-return]


@cache
def landscape(function: Callable[..., Any]) -> Landscape:
    """The record of a function that `view` has marked; a slider for each parameter annotated with one."""
    view: View = function.view  # type: ignore[attr-defined]
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters
    sliders = {
        name: mark
        for name in parameters
        for mark in getattr(hints.get(name), "__metadata__", ())
        if isinstance(mark, Slider)
    }
    known = view.minima
    return Landscape(
        name=function.__name__,
        title=view.title,
        teaches=view.teaches,
        field=Field.of(function),
        bounds=(*view.x, *view.y),
        start=view.start,
        minima=known if callable(known) else lambda *, t, **_: known,
        parameters=sliders,
        surface=view.surface and Field.of(view.surface),
        steps=view.steps,
        places=view.places,
    )
