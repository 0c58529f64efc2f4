"""What each landscape says that it teaches, seen to happen on the walks that the page opens with."""

import re
from pathlib import Path

import numpy as np
import pytest

import surefoot as sf
from surefoot.watch.film.picture import where_it_left
from surefoot.watch.landscapes import LANDSCAPES


def walks(landscape, *rules, **options):
    """Each rule's walk, as the page shows it."""
    picture = sf.watch(landscape, optimizers=rules, **options).picture()
    return picture, dict(zip(rules, picture.walks, strict=True))


def away(picture, walk):
    """The distance to the nearest minimum, at every step."""
    minima = [np.array(picture.minima(float(t))) for t in walk.steps]
    return np.array([np.min(np.hypot(*(m - p).T)) for m, p in zip(minima, walk.points, strict=True)])


def test_in_the_ravine_each_parameter_has_a_stride_of_its_own():
    picture, w = walks("ravine", "sgd", "adagrad", "rmsprop", "adam")
    assert np.all(w["sgd"].rate["x"][1:] == w["sgd"].rate["y"][1:])
    early = slice(1, 20)
    for rule in ("adagrad", "rmsprop", "adam"):
        assert np.all(w[rule].rate["x"][early] > 5 * w[rule].rate["y"][early])
        assert away(picture, w[rule])[-1] < 0.1 < away(picture, w["sgd"])[-1]


def test_turned_off_the_axes_adagrad_loses_its_advantage():
    at = {}
    for angle in (0.0, 45.0):
        picture, w = walks("quadratic", "adagrad", settings={"quadratic": {"angle": angle}})
        at[angle] = away(picture, w["adagrad"])[-1]
    assert at[45.0] > 5 * at[0.0]


def test_on_the_uneven_terrain_strides_lengthen_and_shorten():
    picture, w = walks("terrain", "sgd", "adagrad", "rmsprop")
    for axis in ("x", "y"):
        on_the_way = w["rmsprop"].rate[axis][10:][away(picture, w["rmsprop"])[10:] > 0.2]
        assert on_the_way.max() > 3 * on_the_way.min()
        assert np.ptp(w["sgd"].rate[axis][1:]) == 0
        assert np.all(np.diff(w["adagrad"].rate[axis][1:]) <= 0)


def test_on_the_ravines_wall_the_stride_across_it_is_shorter_than_on_the_plain():
    _, plain = walks("terrain", "rmsprop")
    _, wall = walks("terrain", "rmsprop", start=(-0.4, 1.8))
    assert wall["rmsprop"].rate["y"][5] < plain["rmsprop"].rate["y"][5] / 3


def test_rosenbrocks_valley_is_found_at_once_and_then_takes_long():
    _, w = walks("rosenbrock", "adam")
    loss = w["adam"].loss
    assert loss[50] < loss[0] / 4
    assert loss[50] > 100 * loss[-1]


def test_at_beale_a_step_that_suits_the_corner_is_too_short_in_the_middle():
    picture, w = walks("beale", "sgd", "rmsprop", "adam")
    assert away(picture, w["sgd"])[-1] > 5 * max(away(picture, w["rmsprop"])[-1], away(picture, w["adam"])[-1])


def test_on_himmelblau_the_end_depends_on_the_rule():
    picture, w = walks("himmelblau", "sgd", "adam")
    assert max(away(picture, walk)[-1] for walk in w.values()) < 1e-3
    assert np.hypot(*(w["sgd"].points[-1] - w["adam"].points[-1])) > 1


def test_on_rastrigin_momentum_passes_over_wells_in_which_plain_descent_stays():
    _, w = walks("rastrigin", "sgd", "momentum")
    well = {rule: np.round(walk.points[-1] / 0.9) for rule, walk in w.items()}
    first = np.round(w["sgd"].points[0] / 0.9)
    assert np.abs(well["sgd"] - first).max() <= 1
    assert np.abs(well["momentum"] - first).max() > 1


def test_from_the_ridge_plain_descent_leaves_late():
    _, w = walks("saddle", "sgd", "adagrad", "rmsprop", "adam")
    left = {rule: int(np.argmax(np.abs(walk.points[:, 1]) > 0.5)) for rule, walk in w.items()}
    assert left["sgd"] > 5 * max(left["adagrad"], left["rmsprop"], left["adam"]) > 0


def test_the_cliff_throws_plain_descent_back_and_no_other():
    picture, w = walks("cliff", "sgd", "momentum", "adagrad", "rmsprop", "adam")
    for rule, walk in w.items():
        x = walk.points[:, 0]
        back = x[np.argmax(x > 1.6) :].min()
        assert (back < -3) == (rule in ("sgd", "momentum"))
    assert where_it_left(w["momentum"].points, picture.bounds) is not None


def test_on_the_plateau_plain_descent_stands_still():
    picture, w = walks("plateau", "sgd", "adagrad", "rmsprop", "adam")
    assert np.hypot(*(w["sgd"].points[-1] - w["sgd"].points[0])) < 1
    assert max(away(picture, w[rule])[-1] for rule in ("adagrad", "rmsprop", "adam")) < 0.1


def test_at_the_kink_only_adagrads_swing_dies_away():
    swing = {}
    for steps in (600, 2400):
        _, w = walks("kink", "sgd", "adagrad", "rmsprop", steps=steps)
        swing[steps] = {rule: np.ptp(walk.points[-50:], axis=0).max() for rule, walk in w.items()}
    for rule in ("sgd", "rmsprop"):
        assert swing[2400][rule] == pytest.approx(swing[600][rule], rel=0.2)
        assert swing[600][rule] > 3 * swing[600]["adagrad"]
    assert swing[2400]["adagrad"] < 0.6 * swing[600]["adagrad"]


def test_the_drifting_minimum_is_followed_by_those_that_forget():
    picture, w = walks("drift", "adagrad", "rmsprop", "adam")
    behind = {rule: away(picture, walk)[-200:].mean() for rule, walk in w.items()}
    assert behind["adagrad"] > 10 * max(behind["rmsprop"], behind["adam"])


def test_after_the_jump_rmsprop_arrives_and_adagrad_has_not():
    picture, w = walks("jump", "adagrad", "rmsprop")
    at = {rule: away(picture, walk) for rule, walk in w.items()}
    assert max(at["adagrad"][249], at["rmsprop"][249]) < 0.1  # both had found the first one
    assert at["rmsprop"][-1] < 0.1 < at["adagrad"][-1]


def test_adagrad_keeps_the_rare_coordinates_stride_long():
    _, w = walks("sparse", "sgd", "adagrad")
    assert w["adagrad"].rate["y"][-1] > 2 * w["adagrad"].rate["x"][-1]
    assert w["sgd"].rate["y"][-1] == w["sgd"].rate["x"][-1]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_noise_is_averaged_away_by_a_stride_that_shrinks(seed):
    picture, w = walks("noisy", "adagrad", "rmsprop", "adam", seed=seed)
    cloud = {rule: away(picture, walk)[-200:].mean() for rule, walk in w.items()}
    assert cloud["adagrad"] < 0.7 * min(cloud["rmsprop"], cloud["adam"])


def test_no_landscape_is_without_a_test_here():
    assert set(re.findall(r'walks\("(\w+)"', Path(__file__).read_text())) == set(LANDSCAPES)
