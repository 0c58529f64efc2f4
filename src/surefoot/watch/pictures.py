"""A scene or a recording as a picture: the walks taken by the reference engine, and what they are called."""

from functools import partial
from typing import Any

import numpy as np

from surefoot.rules.rule import Setting
from surefoot.watch.film.picture import Picture, grid
from surefoot.watch.scene import Array, Landscape, Point, Recording, Scene, Walk, Walker
from surefoot.watch.trajectories import loss, walk


def of_scene(scene: Scene) -> Picture:
    """The first landscape, with the walks of those walkers that are shown."""
    land = scene.landscapes[0]
    shown = [(position, walker) for position, walker in enumerate(scene.walkers) if walker.shown]
    start, steps = scene.start or land.start, scene.steps or land.steps
    noise = scene.noise if scene.noise.size else None
    return Picture(
        title=land.title,
        bounds=land.bounds,
        surface=partial(_surface, land),
        moves=(land.surface or land.field).moves,
        minima=partial(_minima, land),
        walks=tuple(
            walk(w.rule, land, start=start, steps=steps, settings=settings(land, w), noise=noise) for _, w in shown
        ),
        labels=tuple(label(land, w) for _, w in shown),
        positions=tuple(position for position, _ in shown),
        places=land.places,
    )


def of_recording(recording: Recording) -> Picture:
    """The recorded walks on the recorded grid."""
    return Picture(
        title=recording.title,
        bounds=recording.bounds,
        surface=lambda _: recording.surface,
        moves=False,
        minima=lambda _: recording.minima,
        walks=recording.walks,
        labels=tuple(_recorded_label(w) for w in recording.walks),
        positions=tuple(range(len(recording.walks))),
        axes=recording.axes,
        notes=(recording.caption,) if recording.caption else recording.notes,
        caption=recording.caption,
    )


def settings(land: Landscape, walker: Walker) -> dict[str, Setting]:
    """What a walker walks with here: what was asked for, else what suits the landscape, else the rule's default."""
    return walker.rule.settings({**land.settings.get(walker.rule.name, {}), **walker.settings})


def label(land: Landscape, walker: Walker) -> str:
    """The rule's name in print, with its learning rate and what else was asked for."""
    chosen = settings(land, walker)
    named = {name: chosen[name] for name in chosen if name == "lr" or name in walker.settings}
    return "  ".join([walker.rule.title, *(f"{name} {_number(value)}" for name, value in named.items())])


def _recorded_label(walk: Walk) -> str:
    """Its name, with its learning rate, and, where the map is a projection, how far off it the walk ends."""
    named = [f"lr {float(walk.settings['lr']):.2g}"] if "lr" in walk.settings else []
    off = [] if walk.residual is None or np.isnan(walk.residual[-1]) else [f"ends {walk.residual[-1]:.0%} off"]
    return "  ".join([walk.name, *named, *off])


def _number(value: Setting) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _surface(land: Landscape, t: float) -> Array:
    return loss(land)(grid(land.bounds), t)


def _minima(land: Landscape, t: float) -> list[Point]:
    found: Any = land.minima(t=np.float64(t), **land.field.parameters)
    return [(float(x), float(y)) for x, y in found]
