"""Walks as records: against closed forms and against torch's own optimizers."""

import numpy as np
import pytest
import torch

import surefoot as sf
from surefoot.rules import find
from surefoot.watch import landscapes
from surefoot.watch.trajectories import walk

RAVINE = landscapes.find("ravine")


def test_gradient_descent_on_a_quadratic_is_a_power_of_the_contraction():
    walked = walk(find("sgd"), RAVINE, start=(2.0, 1.0), steps=50, settings={"lr": 0.015})
    t = np.arange(51)
    np.testing.assert_allclose(walked.points, np.stack([2 * (1 - 0.015) ** t, (1 - 1.5) ** t], axis=1), rtol=1e-12)
    np.testing.assert_allclose(walked.loss, 0.5 * (walked.points**2 @ [1, 100]), rtol=1e-12)
    assert np.all(walked.rate["x"][1:] == 0.015)
    assert np.isnan(walked.rate["x"][0])


@pytest.mark.parametrize(
    ("rule", "reference", "options"),
    [
        ("adam", torch.optim.Adam, {"lr": 0.1}),
        ("rmsprop", torch.optim.RMSprop, {"lr": 0.05, "alpha": 0.99}),
        ("adagrad", torch.optim.Adagrad, {"lr": 0.3}),
        ("momentum", torch.optim.SGD, {"lr": 1e-3, "momentum": 0.9}),
    ],
)
def test_a_walk_is_that_of_torchs_optimizer_on_torchs_gradient(rule, reference, options):
    point = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = reference([point], **options)
    points = [point.detach().numpy().copy()]
    for _ in range(100):
        optimizer.zero_grad()
        x, y = point
        ((1 - x) ** 2 + 100 * (y - x * x) ** 2).backward()
        optimizer.step()
        points.append(point.detach().numpy().copy())
    settings = {**find(rule).form("torch"), "lr": options["lr"]}
    walked = walk(find(rule), landscapes.find("rosenbrock"), start=(-1.2, 1.0), steps=100, settings=settings)
    np.testing.assert_allclose(walked.points, points, rtol=1e-9, atol=1e-12)


def test_adagrads_rate_and_state_are_the_chapters():
    walked = walk(find("adagrad"), RAVINE, start=(2.0, 1.0), steps=20, settings={"lr": 0.1, "eps": 1e-8})
    gradients = walked.points[:-1] * [1, 100]
    for axis, name in enumerate("xy"):
        summed = np.cumsum(gradients[:, axis] ** 2)
        np.testing.assert_allclose(walked.state[f"G {name}"][1:], summed, rtol=1e-12)
        np.testing.assert_allclose(walked.rate[name][1:], 0.1 / np.sqrt(summed + 1e-8), rtol=1e-12)


def test_step_t_reads_row_t_minus_1_of_the_noise():
    noisy = landscapes.find("noisy")
    noise = np.random.default_rng(3).standard_normal((2, 2)).astype(np.float32)
    walked = walk(find("sgd"), noisy, start=(1.0, 1.0), steps=2, settings={"lr": 0.1}, noise=noise)
    first = np.array([1.0, 1.0]) - 0.1 * np.array([1, 10]) * (1.0 - 0.5 * noise[0].astype(np.float64))
    second = first - 0.1 * np.array([1, 10]) * (first - 0.5 * noise[1].astype(np.float64))
    np.testing.assert_allclose(walked.points[1:], [first, second], rtol=1e-14)


def test_a_seed_gives_the_same_walk_and_another_seed_another():
    ends = [
        sf.watch("noisy", optimizers=["adam"], steps=30, seed=seed).picture().walks[0].points[-1] for seed in (1, 1, 2)
    ]
    assert np.all(ends[0] == ends[1])
    assert np.all(ends[0] != ends[2])


def test_a_walk_that_overflows_goes_on_without_a_warning():
    walked = walk(find("sgd"), RAVINE, steps=400, settings={"lr": 1e3})
    assert walked.points.shape == (401, 2)
    assert not np.isfinite(walked.points[-1]).all()


def test_a_moving_landscape_is_walked_with_the_step_of_the_walk():
    jump = landscapes.find("jump")
    walked = walk(find("sgd"), jump, start=(-1.0, 0.8), steps=260, settings={"lr": 0.01})
    assert np.all(walked.points[250] == walked.points[0])  # it stood at the first minimum
    assert walked.points[251, 0] == pytest.approx(-1.0 + 0.01 * 3)
