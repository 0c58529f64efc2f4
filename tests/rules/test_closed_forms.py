"""Walks that mathematics knows in closed form."""

from itertools import islice
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.rules import find
from surefoot.rules.rule import Setting
from tests.rules.walk import follow, walk


@given(st.floats(0.01, 1.9), st.floats(-100, 100))
def test_gradient_descent_on_a_quadratic_is_a_geometric_sequence(rate: float, start: float) -> None:
    h = 4.0
    for k, after in enumerate(islice(follow(find("sgd"), start, lambda x: h * x, lr=rate / h), 20), start=1):
        assert after["x"] == pytest.approx((1 - rate) ** k * start, rel=1e-10, abs=1e-12)


def heavy_ball(a: float, b: float) -> list[list[float]]:
    return [[1 - a, -b], [a, b]]


def averaged(a: float, b: float) -> list[list[float]]:
    return [[1 - a * (1 - b), -b], [a * (1 - b), b]]


def nesterov(a: float, b: float) -> list[list[float]]:
    return [[1 - a * (1 + b), -b * b], [a, b]]


@pytest.mark.parametrize(
    ("form", "matrix"),
    [("heavy ball", heavy_ball), ("ema", averaged), ("nesterov", nesterov)],
    ids=["heavy ball", "ema", "nesterov"],
)
@given(st.floats(0.01, 1.0), st.floats(0.0, 0.99))
def test_momentum_on_a_quadratic_is_a_matrix_power(form: str, matrix: object, rate: float, beta: float) -> None:
    """In (x, lr m) the step is linear; its matrix by the update written out by hand."""
    step = np.array(matrix(rate, beta))
    h = 2.0
    walked = follow(find("momentum"), 1.0, lambda x: h * x, lr=rate / h, beta=beta, form=form)
    for k, after in enumerate(islice(walked, 25), start=1):
        expected = np.linalg.matrix_power(step, k) @ [1.0, 0.0]
        assert [after["x"], rate / h * after["m"]] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_adagrads_accumulator_is_the_running_sum_of_squares() -> None:
    grads = np.random.default_rng(0).standard_normal((200, 3))
    accumulated = [after["G"] for after in walk(find("adagrad"), np.zeros(3), grads)]
    assert np.array_equal(accumulated, np.cumsum(grads**2, axis=0))
    begun = [after["G"] for after in walk(find("adagrad"), np.zeros(3), grads, initial=0.5)]
    np.testing.assert_allclose(begun, 0.5 + np.cumsum(grads**2, axis=0), rtol=1e-14)


@pytest.mark.parametrize("g", [1e-6, 1.0, 1e6])
def test_adam_under_a_constant_gradient_steps_lr_every_time(g: float) -> None:
    lr, beta1, beta2 = 0.01, 0.9, 0.999
    x = 1.0
    for t, after in enumerate(walk(find("adam"), x, [g] * 1000, lr=lr, eps=0.0), start=1):
        assert after["m"] / (1 - beta1**t) == pytest.approx(g, rel=1e-12)
        assert after["v"] / (1 - beta2**t) == pytest.approx(g * g, rel=1e-12)
        assert x - after["x"] == pytest.approx(lr, rel=1e-9)
        x = float(after["x"])


def test_rmsprop_under_a_constant_gradient_reaches_lr() -> None:
    """G_t = (1 - beta^t) g^2, so that the step is lr / sqrt(1 - beta^t)."""
    x, lr, beta = 0.0, 0.01, 0.9
    for t, after in enumerate(walk(find("rmsprop"), x, [3.0] * 200, lr=lr, beta=beta, eps=0.0), start=1):
        assert x - after["x"] == pytest.approx(lr / sqrt(1 - beta**t), rel=1e-12)
        x = float(after["x"])


def test_rmsprop_on_a_quadratic_ends_in_a_cycle_of_two() -> None:
    """e = -e + lr e / sqrt(e^2 + eps) over 2: |e| = sqrt(lr^2/4 - eps) at curvature 1."""
    settings: dict[str, Setting] = {"lr": 0.01, "beta": 0.9, "eps": 1e-8}
    *_, before, last = islice(follow(find("rmsprop"), 1.0, lambda x: x, **settings), 6000)
    assert before["x"] == pytest.approx(-last["x"], rel=1e-12)
    assert abs(float(last["x"])) == pytest.approx(0.0049989999, abs=5e-11)
    assert abs(float(last["x"])) == pytest.approx(sqrt(0.01**2 / 4 - 1e-8), rel=1e-12)


def test_adamw_without_gradient_decays_geometrically() -> None:
    for k, after in enumerate(walk(find("adamw"), 2.0, [0.0] * 50, lr=0.1, weight_decay=0.5), start=1):
        assert after["x"] == pytest.approx(2.0 * 0.95**k, rel=1e-13)


def test_lambs_step_is_lr_times_the_length_of_the_tensor() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(50)
    for after in walk(find("lamb"), x, rng.standard_normal((20, 50)), lr=0.03):
        assert np.linalg.norm(after["x"] - x) == pytest.approx(0.03 * np.linalg.norm(x), rel=1e-12)
        x = after["x"]
