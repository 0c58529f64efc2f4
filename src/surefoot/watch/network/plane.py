"""The plane that holds most of several paths: two principal components of all their snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surefoot.errors import UserError
from surefoot.watch.scene import Array

#: Parameters looked at in one go, so that no second copy of all snapshots is made.
CHUNK = 65_536


@dataclass(frozen=True)
class Plane:
    """Two orthonormal directions through the mean of all snapshots.

    Attributes:
        origin: (parameters,). directions: (2, parameters). explained: (2,) the share of the variance along each.
    """

    origin: Array
    directions: Array
    explained: Array

    @classmethod
    def through(cls, points: Sequence[Array]) -> "Plane":
        """The first two principal components of the points, each (parameters,).

        They come of the points' Gram matrix, which is small: many parameters cost no more memory than the two
        directions. Signs are such that the largest coordinate along each is positive, so that the same paths give the
        same picture. Where the points lie on one line, the second direction is any one across it, and explains nothing.

        Raises:
            UserError: if all points are the same.

        >>> plane = Plane.through([np.array([0.0, 0.0, 1.0]), np.array([4.0, 0.0, 1.0]), np.array([2.0, 3.0, 1.0])])
        >>> plane.explained.round(3).tolist()
        [0.571, 0.429]
        """
        origin = np.zeros(len(points[0]))
        gram = np.zeros((len(points), len(points)))
        for columns in _chunks(len(origin)):
            part = _part(points, columns)
            origin[columns] = part.mean(axis=0)
            part -= origin[columns]
            gram += part @ part.T
        values, vectors = np.linalg.eigh(gram)
        sizes = np.sqrt(np.maximum(values[::-1][:2], 0.0))
        if not sizes[0] > 0:
            raise UserError("paths must lead somewhere: all snapshots are the same")
        along = vectors[:, ::-1][:, :2].T
        along = along * np.where(along[[0, 1], np.abs(along).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
        directions = np.zeros((2, len(origin)))
        for columns in _chunks(len(origin)):
            directions[:, columns] = along @ (_part(points, columns) - origin[columns])
        return cls(origin, _orthonormal(directions, sizes), sizes**2 / np.trace(gram))

    def seen(self, points: Sequence[Array]) -> tuple[Array, Array]:
        """Where points lie in the plane, (points, 2), and how much of each is not seen in it, (points,).

        The second is the share, 0 to 1, of a point's distance from the origin that lies across the plane. A point that
        is not finite gives NaN.
        """
        places, shares = np.full((len(points), 2), np.nan), np.full(len(points), np.nan)
        for k, point in enumerate(points):
            if np.isfinite(point).all():
                away = point - self.origin
                places[k] = self.directions @ away
                across = float(np.linalg.norm(away - places[k] @ self.directions))
                shares[k] = across / (float(np.linalg.norm(away)) or 1.0)
        return places, shares

    def at(self, x: float, y: float) -> Array:
        """The parameters at a place in the plane, (parameters,)."""
        place: Array = self.origin + x * self.directions[0] + y * self.directions[1]
        return place


def _orthonormal(directions: Array, sizes: Array) -> Array:
    first = directions[0] / np.linalg.norm(directions[0])
    if sizes[1] > 1e-6 * sizes[0]:
        second = directions[1]
    else:
        second = np.zeros(len(first))
        second[np.abs(first).argmin()] = 1.0
    second = second - (second @ first) * first
    return np.stack([first, second / np.linalg.norm(second)])


def _chunks(size: int) -> list[slice]:
    return [slice(start, start + CHUNK) for start in range(0, size, CHUNK)]


def _part(points: Sequence[Array], columns: slice) -> Array:
    return np.stack([point[columns] for point in points]).astype(np.float64)
