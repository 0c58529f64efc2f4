"""Paths in their plane, with the loss on it, as a recording that the explorer plays."""

import numpy as np
from numpy.typing import NDArray

from surefoot.errors import UserError
from surefoot.watch.network.paths import Path, Paths
from surefoot.watch.network.plane import Plane
from surefoot.watch.network.surface import around, surface
from surefoot.watch.scene import Array, Recording, Walk

#: A snapshot whose loss has risen by more than so many times the first one's is not what the plane is fitted to.
TAME = 100.0
#: The places of the low end, the middle and the high end in a path's rates.
LOW, MIDDLE, HIGH = range(3)


def recording(paths: Paths) -> Recording:
    """The paths in their plane, with the loss on it.

    Raises:
        UserError: if nothing was trained, or all diverged at once.
    """
    losses = {name: np.array([paths.loss(s) for s in path.snapshots]) for name, path in paths.paths.items()}
    tame = {name: _tame(path, losses[name]) for name, path in paths.paths.items()}
    fitted = [
        s
        for name, path in paths.paths.items()
        for s, is_tame in zip(path.snapshots, tame[name], strict=True)
        if is_tame
    ]
    if len(fitted) < 3:
        raise UserError(
            f"paths must hold 3 snapshots or more that are finite, got {len(fitted)}; lower the learning rates"
        )
    plane = Plane.through(fitted)
    walks = tuple(_walk(paths, plane, name, losses[name]) for name in paths.paths)
    bounds = around(np.concatenate([walk.points[tame[walk.name]] for walk in walks]))
    ground = surface(paths.loss, plane, bounds)
    first, second = (f"{share:.0%}" for share in plane.explained)
    return Recording(
        name=paths.name,
        title=paths.name,
        teaches="A network in training: paths of several optimizers through all its parameters, seen in one plane.",
        surface=ground,
        bounds=bounds,
        walks=walks,
        axes=(f"PC 1 ({first})", f"PC 2 ({second})"),
        notes=(*paths.notes, *_gone(walks, tame), _apart(walks), _cost(paths, plane, ground)),
        caption=(
            f"Loss on the plane is not loss on the path. PC 1 and 2 hold {plane.explained.sum():.0%} of the variance "
            "of all snapshots; “off” is the share of a point’s distance from their mean that lies off the plane."
        ),
        reason="A network takes longer to train than a page can make its reader wait.",
        rates="median of the layer’s elements; the band holds the middle 90% of the chosen optimizer’s",
    )


def _walk(paths: Paths, plane: Plane, name: str, losses: Array) -> Walk:
    path = paths.paths[name]
    points, off = plane.seen(path.snapshots)
    return Walk(
        name=name,
        points=points,
        loss=losses,
        steps=np.asarray(path.steps, np.float64),
        rate={layer: rates[:, MIDDLE] for layer, rates in path.rates.items()},
        spread={layer: (rates[:, LOW], rates[:, HIGH]) for layer, rates in path.rates.items()},
        residual=off,
        beneath=np.array([paths.loss(plane.at(*point)) if np.isfinite(point).all() else np.nan for point in points]),
        settings=path.settings,
    )


def _tame(path: Path, losses: Array) -> NDArray[np.bool_]:
    """Which snapshots the plane is fitted to: those of a training that has not run away."""
    finite = np.array([bool(np.isfinite(snapshot).all()) for snapshot in path.snapshots])
    fall = losses[0] - np.min(losses[np.isfinite(losses)], initial=losses[0])  # of a loss that starts near zero
    with np.errstate(invalid="ignore"):
        tame: NDArray[np.bool_] = finite & (losses <= losses[0] + TAME * max(abs(losses[0]), fall))
    return tame


def _gone(walks: tuple[Walk, ...], tame: dict[str, NDArray[np.bool_]]) -> list[str]:
    first = {walk.name: walk.steps[tame[walk.name].argmin()] for walk in walks if not tame[walk.name].all()}
    return [
        f"{name} ran away: at step {step:.0f} its loss had risen by over {TAME:.0f} times the first, and the plane is "
        "not fitted to where it was then."
        for name, step in first.items()
    ]


def _apart(walks: tuple[Walk, ...]) -> str:
    ends = [f"{walk.name} {walk.loss[-1]:.2g} and {walk.beneath[-1]:.2g}" for walk in walks if walk.beneath is not None]
    return f"Loss at the ends of the paths, and of the plane beneath them: {'; '.join(ends)}."


def _cost(paths: Paths, plane: Plane, ground: Array) -> str:
    count = sum(len(path.snapshots) for path in paths.paths.values())
    rows, columns = ground.shape
    size = len(plane.origin)
    return (
        f"Cost: {count} snapshots of {size:,} parameters ({4e-6 * count * size:.1f} MB), and "
        f"{2 * count + ground.size:,} losses: two a snapshot, and {columns} x {rows} on the plane."
    )
