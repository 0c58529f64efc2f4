"""The plane that shows most of several paths, the loss on it, and how far the paths are off it."""

from dataclasses import dataclass

import numpy as np

from surefoot.errors import UserError
from surefoot.watch.network.paths import Paths
from surefoot.watch.scene import Array, Recording, Walk

#: Columns and rows of the grid on which the loss is evaluated.
GRID = (48, 36)
#: Room around the paths, as a part of their span.
MARGIN = 0.15


@dataclass(frozen=True)
class Plane:
    """Two orthonormal directions through the mean of all snapshots.

    Attributes:
        origin: (parameters,). directions: (2, parameters). explained: the share of the variance along each.
    """

    origin: Array
    directions: Array
    explained: Array

    @classmethod
    def through(cls, points: Array) -> "Plane":
        """The first two principal components of (snapshots, parameters).

        The sign of each is such that its largest entry is positive, so that the same paths give the same picture.

        Raises:
            UserError: if a snapshot is not finite, or all are the same.
        """
        if not np.all(np.isfinite(points)):
            raise UserError("snapshots must be finite: a training that diverged has no place in the plane")
        origin = points.mean(axis=0)
        # By the singular values: the parameters may be many, the snapshots are few.
        _, sizes, rows = np.linalg.svd(points - origin, full_matrices=False)
        if not sizes[0] > 0:
            raise UserError("snapshots must differ: nothing was trained")
        directions = np.zeros((2, points.shape[1]))
        directions[: len(rows[:2])] = rows[:2]
        largest = directions[np.arange(2), np.abs(directions).argmax(axis=1)]
        shares = np.zeros(2)
        shares[: len(sizes[:2])] = (sizes**2 / np.sum(sizes**2))[:2]
        return cls(origin, directions * np.where(largest < 0, -1.0, 1.0)[:, None], shares)

    def seen(self, points: Array) -> tuple[Array, Array]:
        """Where points lie in the plane, (points, 2), and how far off it they are, (points,)."""
        away = points - self.origin
        flat = away @ self.directions.T
        return flat, np.asarray(np.linalg.norm(away - flat @ self.directions, axis=1))

    def at(self, x: float, y: float) -> Array:
        """The parameters at a place in the plane."""
        place: Array = self.origin + x * self.directions[0] + y * self.directions[1]
        return place


def recording(paths: Paths) -> Recording:
    """The paths in their plane, with the loss on it.

    Raises:
        UserError: see `Plane.through`.
    """
    plane = Plane.through(np.concatenate(list(paths.snapshots.values())))
    walks = tuple(_walk(paths, plane, optimizer) for optimizer in paths.snapshots)
    bounds = _bounds(np.concatenate([walk.points for walk in walks]))
    west, east, south, north = bounds
    columns, rows = np.linspace(west, east, GRID[0]), np.linspace(south, north, GRID[1])
    spread = max(float(np.max(walk.residual)) for walk in walks if walk.residual is not None)
    first, second = (f"{share:.0%}" for share in plane.explained)
    return Recording(
        name=paths.name,
        title=paths.name,
        teaches="Several optimizers train one network from one start, seen in the plane that shows most of it.",
        surface=np.array([[paths.loss(plane.at(x, y)) for x in columns] for y in rows]),
        bounds=bounds,
        walks=walks,
        axes=(f"first component ({first} of the variance)", f"second component ({second})"),
        notes=(
            f"The plane explains {plane.explained.sum():.0%} of the variance; paths lie up to {spread:.2g} off it.",
            "The loss on the plane is not the loss on the path: the ground is drawn at the plane's own points.",
        ),
    )


def _walk(paths: Paths, plane: Plane, optimizer: str) -> Walk:
    snapshots = paths.snapshots[optimizer]
    points, residual = plane.seen(snapshots)
    return Walk(
        name=optimizer,
        points=points,
        loss=np.array([paths.loss(snapshot) for snapshot in snapshots]),
        steps=np.asarray(paths.steps[optimizer], np.float64),
        rate=paths.rates.get(optimizer, {}),
        residual=residual,
    )


def _bounds(points: Array) -> tuple[float, float, float, float]:
    low, high = points.min(axis=0), points.max(axis=0)
    # A path along one direction alone still gets a plot.
    span = np.maximum(high - low, 0.2 * float((high - low).max()))
    middle = (low + high) / 2
    (west, south), (east, north) = middle - span * (0.5 + MARGIN), middle + span * (0.5 + MARGIN)
    return float(west), float(east), float(south), float(north)
