"""Basins: ends against the reference engine's walks, and a landscape whose basins are known exactly."""

import numpy as np
import pytest

import surefoot as sf
from surefoot.errors import UserError
from surefoot.watch import landscapes
from surefoot.watch.basins import GONE, NOWHERE
from surefoot.watch.minima import lowest


def double_well(x, y):
    """Two minima, at x = -1 and x = 1; the ridge between them is x = 0."""
    return (x * x - 1) * (x * x - 1) + y * y


def test_in_a_double_well_small_steps_end_on_their_own_side():
    shown = sf.watch(double_well, (0.5, 0.5), optimizers=["sgd"], bounds=(-2, 2, -1, 1), settings={"sgd": {"lr": 0.02}})
    found = shown.basins(side=20)
    columns = np.linspace(-2, 2, 20)
    sides = {round(x): k for k, (x, _) in enumerate(found.minima)}
    assert set(sides) == {-1, 1}
    expected = np.where(columns > 0, sides[1], sides[-1])
    assert np.all(found.ends[0] == expected)
    np.testing.assert_allclose(found.shares(), [[0.5, 0.5]])


def test_ends_are_those_of_the_reference_walks():
    shown = sf.watch("himmelblau", optimizers=["adam", "momentum"])
    found = shown.basins(side=4)
    west, east, south, north = shown.shown.landscapes[0].bounds
    for row, y in enumerate(np.linspace(south, north, 4)):
        for column, x in enumerate(np.linspace(west, east, 4)):
            one = sf.watch("himmelblau", (x, y), optimizers=["adam", "momentum"], settings=rates(shown)).picture()
            for rule, walk in enumerate(one.walks):
                np.testing.assert_allclose(
                    found.places[rule, :, row, column], walk.points[-30:].mean(axis=0), rtol=1e-6, atol=1e-9
                )


def rates(shown):
    """The learning rates of a scene's first landscape, to start elsewhere with the same ones."""
    return shown.shown.landscapes[0].settings


def test_a_walk_that_diverges_is_gone_and_one_that_has_not_arrived_is_nowhere():
    diverging = sf.watch("ravine", optimizers=["sgd"], settings={"sgd": {"lr": 1.0}}).basins(side=6)
    assert np.all(diverging.ends == GONE)
    slow = sf.watch("ravine", optimizers=["sgd"], settings={"sgd": {"lr": 1e-9}}).basins(side=6)
    assert np.all(slow.ends == NOWHERE)


def test_the_lowest_minima_of_rastrigin_are_those_around_the_origin():
    nearest = lowest(landscapes.find("rastrigin"), 9)
    assert nearest[0] == pytest.approx((0, 0), abs=1e-6)
    assert {(round(x), round(y)) for x, y in nearest} == {(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)}


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_maps_are_drawn(tmp_path, ending):
    found = sf.watch("himmelblau", optimizers=["sgd", "adam"]).basins(side=12)
    path = found.save(tmp_path / f"basins.{ending}")
    assert path.stat().st_size > 5000


def test_maps_are_no_film(tmp_path):
    found = sf.watch("saddle", optimizers=["adam"]).basins(side=4)
    with pytest.raises(UserError, match=r"must end in \.png or \.svg"):
        found.save(tmp_path / "basins.gif")


def test_a_landscape_without_a_minimum_has_no_basins():
    def slope(x, y):
        return x + y

    with pytest.raises(UserError, match="no minimum in the plot"):
        sf.watch(slope, (0.0, 0.0), optimizers=["sgd"]).basins(side=4)


@pytest.mark.parametrize("side", [0, -3, 2.5, True])
def test_starts_there_must_be(side):
    with pytest.raises(UserError, match=r"side must be a whole number from 1, got"):
        sf.watch("himmelblau", optimizers=["sgd"]).basins(side=side)
