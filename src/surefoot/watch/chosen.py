"""What a user chose, checked, and the scene that comes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from surefoot.errors import UserError, did_you_mean
from surefoot.references import is_reference, load
from surefoot.rules.catalogue import find as find_rule
from surefoot.rules.rule import Rule, Setting
from surefoot.watch import landscapes
from surefoot.watch.landscapes.catalogue import view_of
from surefoot.watch.network.subject import Asked, Progress, is_network, recorded
from surefoot.watch.pace import fitted
from surefoot.watch.scene import Array, Landscape, Recording, Scene, Walker
from surefoot.watch.start import Bounds, box, inside, pair

MOST_STEPS = 100_000


@dataclass(frozen=True)
class Chosen:
    """The arguments of `surefoot.watch`, which see; `waiting` are rules that do not walk from the first."""

    rules: tuple[str | Callable[..., Any] | Rule, ...]
    waiting: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Setting]]
    start: Sequence[float] | None
    bounds: Sequence[float] | None
    steps: int | None
    seed: int
    layers: Sequence[str] | None
    progress: Progress | None


def choose(landscape: Any, chosen: Chosen) -> Scene | Recording:
    """The scene of a landscape by name, or of a function of the user's own; the recording of a network in training.

    Raises:
        UserError: see `surefoot.watch`.
    """
    walkers = _walkers(chosen)
    steps = _steps(chosen.steps)
    _seed(chosen.seed)
    function = load(landscape) if isinstance(landscape, str) and is_reference(landscape) else landscape
    if is_network(function):
        return recorded(function, _asked(chosen, walkers))
    if chosen.layers is not None:
        raise UserError("layers are those of a network; a landscape has coordinates, whose rates are all shown")
    if isinstance(function, str):
        return _built_in(function, chosen, walkers, steps)
    if not callable(function):
        raise UserError(f"landscape must be a name, file.py:function or a function, got {type(function).__name__}")
    from surefoot.watch.own.function import own  # noqa: PLC0415 - torch is loaded for functions of a user's own

    _only(chosen.settings, [w.rule.name for w in walkers])
    return own(function, pair(chosen.start), box(chosen.bounds), walkers, steps)


def _asked(chosen: Chosen, walkers: tuple[Walker, ...]) -> Asked:
    """What was asked of a training: those of the default walkers that wait are not trained."""
    if chosen.start is not None or chosen.bounds is not None:
        raise UserError("start and bounds are those of a landscape; a network starts at its seed's weights")
    return Asked(
        named=not chosen.waiting,
        entrants=[(walker.rule, walker.settings) for walker in walkers if walker.shown],
        settings=chosen.settings,
        steps=chosen.steps,
        seed=chosen.seed,
        layers=chosen.layers,
        progress=chosen.progress,
    )


def _built_in(name: str, chosen: Chosen, walkers: tuple[Walker, ...], steps: int | None) -> Scene:
    """All landscapes, the chosen one first, with the learning rates that suit each."""
    first = landscapes.find(name)
    _only(chosen.settings, [first.name, *(w.rule.name for w in walkers)])
    first = _with(first, chosen.settings.get(first.name, {}), box(chosen.bounds))
    start = pair(chosen.start)
    inside(start or first.start, first.bounds)
    others = [landscapes.find(other) for other in landscapes.LANDSCAPES if other != name]
    first = first if start is None else replace(first, start=start)
    suiting = tuple(fitted(land, walkers, view_of(land.name).stride) for land in (first, *others))
    longest = max(steps or land.steps for land in suiting)
    return Scene(suiting, walkers, steps, noise=_noise(suiting, longest, chosen.seed))


def _walkers(chosen: Chosen) -> tuple[Walker, ...]:
    for name, given in chosen.settings.items():
        if not isinstance(given, Mapping):
            raise UserError(f"settings must be dicts by name, as {{'adam': {{'lr': 0.1}}}}, got {given!r} for {name!r}")
    rules = [find_rule(rule) for rule in chosen.rules]
    if not rules:
        raise UserError("optimizers must name at least one rule, got none; surefoot rules lists them")
    walkers = []
    for rule in rules:
        asked = dict(chosen.settings.get(rule.name, {}))
        checked = rule.settings(asked)
        walkers.append(Walker(rule, {name: checked[name] for name in asked}, shown=rule.name not in chosen.waiting))
    return tuple(walkers)


def _only(settings: Mapping[str, object], known: Sequence[str]) -> None:
    for name in settings:
        if name not in known:
            raise UserError(f"settings for {name!r}, which neither walks nor is walked on; {did_you_mean(name, known)}")


def _with(land: Landscape, asked: Mapping[str, Setting], plot: Bounds | None) -> Landscape:
    """The landscape with other defaults for its parameters, and another plot."""
    for name, value in asked.items():
        if name not in land.parameters:
            known = did_you_mean(name, land.parameters) if land.parameters else "it has none"
            raise UserError(f"{land.name} has no parameter {name!r}; {known}")
        slider = land.parameters[name]
        if isinstance(value, bool | str) or not slider.low <= value <= slider.high:
            raise UserError(f"{name} must be in [{slider.low:g}, {slider.high:g}], got {value!r}")
    values = {**land.field.parameters, **{name: float(value) for name, value in asked.items()}}
    surface = land.surface and replace(land.surface, parameters=values)
    return replace(land, field=replace(land.field, parameters=values), surface=surface, bounds=plot or land.bounds)


def _noise(lands: Sequence[Landscape], steps: int, seed: int) -> Array:
    """A row of standard normal draws for each step, a column for each noise input that any landscape has."""
    columns = max(len(land.field.noises) for land in lands)
    return np.random.default_rng(seed).standard_normal((steps, columns)).astype(np.float32)


def _seed(seed: int) -> None:
    if type(seed) is not int or seed < 0:
        raise UserError(f"seed must be a whole number, 0 or above, got {seed!r}")


def _steps(steps: int | None) -> int | None:
    if steps is not None and not (type(steps) is int and 1 <= steps <= MOST_STEPS):
        raise UserError(f"steps must be a whole number in [1, {MOST_STEPS}], got {steps!r}")
    return steps
