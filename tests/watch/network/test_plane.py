"""The plane of principal components: against NumPy's own decomposition, and where it is known in closed form."""

import numpy as np
import pytest

from surefoot.errors import UserError
from surefoot.watch.network import plane as planes
from surefoot.watch.network.plane import Plane


@pytest.fixture
def points():
    return np.cumsum(np.random.default_rng(0).standard_normal((40, 7)), axis=0).astype(np.float32) + 3


@pytest.mark.parametrize("chunk", [planes.CHUNK, 3])
def test_it_is_that_of_the_singular_values(points, chunk, monkeypatch):
    monkeypatch.setattr(planes, "CHUNK", chunk)  # 7 parameters in 3 chunks
    found = Plane.through(list(points))
    exact = points.astype(np.float64)
    _, sizes, rows = np.linalg.svd(exact - exact.mean(axis=0))
    np.testing.assert_allclose(found.origin, exact.mean(axis=0))
    np.testing.assert_allclose(found.explained, (sizes**2 / np.sum(sizes**2))[:2])
    np.testing.assert_allclose(np.abs(found.directions @ rows[:2].T), np.eye(2), atol=1e-9)
    places, off = found.seen(list(points))
    away = exact - exact.mean(axis=0)
    np.testing.assert_allclose(np.abs(places), np.abs(away @ rows[:2].T), atol=1e-9)
    across = np.linalg.norm(away @ rows[2:].T, axis=1)
    np.testing.assert_allclose(off, across / np.linalg.norm(away, axis=1), atol=1e-9)
    assert np.abs(places).max(axis=0) == pytest.approx(places.max(axis=0))  # what fixes the signs


def test_all_of_a_plane_is_seen_and_its_points_are_found_again():
    points = np.random.default_rng(1).standard_normal((9, 2))
    found = Plane.through(list(points))
    places, off = found.seen(list(points))
    assert found.explained.sum() == pytest.approx(1)
    assert off.max() < 1e-12
    np.testing.assert_allclose([found.at(*place) for place in places], points, atol=1e-12)


def test_a_line_has_a_second_direction_that_explains_nothing():
    found = Plane.through([np.array([float(k), 2.0 * k, 0.0]) for k in range(4)])
    assert found.explained == pytest.approx([1, 0], abs=1e-12)
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-12)


def test_what_is_not_finite_has_no_place(points):
    places, off = Plane.through(list(points)).seen([points[0], np.full(7, np.nan), np.full(7, np.inf)])
    assert np.isfinite(places).all(axis=1).tolist() == np.isfinite(off).tolist() == [True, False, False]


def test_a_standstill_is_refused():
    with pytest.raises(UserError, match="paths must lead somewhere: all snapshots are the same"):
        Plane.through([np.ones(3)] * 4)
