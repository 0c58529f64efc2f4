"""Every landscape: its gradient against finite differences, its minima, its place in the plot, its declaration."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from surefoot.errors import UserError
from surefoot.watch.landscapes import LANDSCAPES, find
from surefoot.watch.trajectories import TABLE

EVERY = pytest.mark.parametrize("name", LANDSCAPES)


def loss(land, point, **inputs):
    return float(land.field.evaluate(TABLE, [np.float64(c) for c in point], **inputs)[0])


def gradient(land, point, **inputs):
    return np.array([float(g) for g in land.field.evaluate(TABLE, [np.float64(c) for c in point], **inputs)[1]])


def drawn(land, point, t):
    surface = land.surface or land.field
    return float(surface.evaluate(TABLE, [np.float64(c) for c in point], t=np.float64(t))[0])


@EVERY
def test_the_gradient_is_that_of_finite_differences(name):
    land = find(name)
    random = np.random.default_rng(1)
    low, high = np.array(land.bounds[::2]), np.array(land.bounds[1::2])
    for t in (1.0, 10.0, 333.0):
        point = random.uniform(low, high)
        noise = {name: np.float64(random.standard_normal()) for name in land.field.noises}
        h = 1e-6
        slopes = [
            (loss(land, point + h * e, t=t, **noise) - loss(land, point - h * e, t=t, **noise)) / (2 * h)
            for e in np.eye(2)
        ]
        np.testing.assert_allclose(gradient(land, point, t=t, **noise), slopes, rtol=2e-5, atol=2e-5)


@EVERY
@pytest.mark.parametrize("t", [1.0, 260.0])
def test_minima_are_lower_than_all_around_them(name, t):
    land = find(name)
    minima = land.minima(t=t, **land.field.parameters)
    assert minima
    for minimum in minima:
        here = np.array([float(c) for c in minimum])
        ring = [here + 1e-3 * np.array([np.cos(a), np.sin(a)]) for a in np.linspace(0, 2 * np.pi, 12)]
        assert all(drawn(land, here, t) < drawn(land, place, t) for place in ring)


@EVERY
def test_no_point_of_the_plot_is_lower_than_the_minima(name):
    land = find(name)
    west, east, south, north = land.bounds
    x, y = np.meshgrid(np.linspace(west, east, 201), np.linspace(south, north, 201))
    surface = land.surface or land.field
    everywhere = surface.evaluate(TABLE, (x, y), t=np.float64(1))[0]
    lowest = min(drawn(land, [float(c) for c in m], 1) for m in land.minima(t=1.0, **land.field.parameters))
    assert np.all(np.isfinite(everywhere))
    assert lowest <= everywhere.min() + 1e-12


@EVERY
def test_start_and_minima_lie_in_the_plot(name):
    land = find(name)
    west, east, south, north = land.bounds
    for x, y in [land.start, *land.minima(t=1.0, **land.field.parameters)]:
        assert west < float(x) < east
        assert south < float(y) < north


@EVERY
def test_every_parameter_has_a_slider_around_its_default(name):
    land = find(name)
    assert set(land.parameters) == set(land.field.parameters)
    for parameter, default in land.field.parameters.items():
        assert land.parameters[parameter].low <= default <= land.parameters[parameter].high
        assert land.parameters[parameter].meaning


@EVERY
def test_each_says_what_it_is_and_what_is_seen_on_it(name):
    land = find(name)
    assert inspect.getdoc(LANDSCAPES[name]).endswith(".")
    assert land.teaches.endswith(".")
    assert land.title[0].isupper()


def test_published_values():
    assert loss(find("rosenbrock"), (-1.2, 1.0)) == pytest.approx(24.2)  # Rosenbrock 1960: f at the usual start
    assert loss(find("beale"), (1.0, 1.0)) == pytest.approx(14.203125)  # More, Garbow and Hillstrom 1981
    assert loss(find("himmelblau"), (-0.270845, -0.923039)) == pytest.approx(181.617, abs=1e-3)  # its local maximum
    assert loss(find("himmelblau"), (3.0, 2.0)) == 0.0


@pytest.mark.parametrize(("condition", "angle"), [(1.0, 0.0), (40.0, 30.0), (1000.0, 90.0)])
def test_a_quadratic_has_the_condition_number_and_the_axes_it_was_asked_for(condition, angle):
    land = find("quadratic")
    columns = [gradient(land, e, condition=condition, angle=angle) for e in np.eye(2)]
    values, vectors = np.linalg.eigh(np.stack(columns, axis=1))
    np.testing.assert_allclose(values, [1.0, condition], rtol=1e-12)
    if condition > 1:
        along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        assert abs(vectors[:, 0] @ along) == pytest.approx(1.0)


@pytest.mark.parametrize("every", [1.0, 3.0, 10.0, 50.0])
def test_the_sparse_gradient_is_there_once_in_k_steps(every):
    land = find("sparse")
    seen = [t for t in range(1, 2001) if gradient(land, (1.0, 1.0), t=np.float64(t), every=every)[1] != 0]
    assert seen == [t for t in range(1, 2001) if t % every == 0]


def test_the_sparse_surface_is_the_mean_over_steps():
    land = find("sparse")
    mean = np.mean([loss(land, (1.3, 0.7), t=np.float64(t)) for t in range(1, 1001)])
    assert drawn(land, (1.3, 0.7), 1) == pytest.approx(mean)


def test_the_noisy_loss_is_on_average_the_drawn_one_and_a_constant():
    land = find("noisy")
    draws = np.random.default_rng(0).standard_normal((20_000, 2))
    at = [
        np.mean(land.field.evaluate(TABLE, point, noise_x=draws[:, 0], noise_y=draws[:, 1])[0])
        for point in ((1.0, 0.5), (0.0, 0.0))
    ]
    assert at[0] - at[1] == pytest.approx(drawn(land, (1.0, 0.5), 1) - drawn(land, (0.0, 0.0), 1), rel=0.02)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="unknown landscape 'himelblau'; did you mean 'himmelblau'"):
        find("himelblau")


def test_the_docs_tell_of_all_of_them_in_their_own_words():
    page = (Path(__file__).resolve().parents[2] / "docs" / "watch.md").read_text()
    rows = [f"| `{name}` | {find(name).teaches} |" for name in LANDSCAPES]
    assert "\n".join(rows) in page


def test_the_command_line_names_all_of_them():
    run = subprocess.run(
        [sys.executable, "-m", "surefoot", "watch", "--help"], capture_output=True, text=True, check=True
    )
    assert ", ".join([*LANDSCAPES, "or FILE.py:FUNCTION"]) in " ".join(run.stdout.split())
