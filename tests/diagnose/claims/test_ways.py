"""The ways in which claims compute, against each other and against closed forms."""

import numpy as np
import pytest

from surefoot.diagnose.claims.lanes import paths, steps_to
from surefoot.diagnose.claims.linear import jacobian, threshold
from surefoot.diagnose.claims.walk import Walk, rates, steps_until, walk
from surefoot.diagnose.flow.losses import quadratic
from surefoot.diagnose.run import diagnose
from surefoot.rules import find


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        ("sgd", {}),
        ("momentum", {"beta": 0.7}),
        ("momentum", {"beta": 0.7, "form": "nesterov"}),
        ("rmsprop", {"eps": 1e-4, "beta": 0.5}),
        ("adam", {"eps": 1e-3, "beta1": 0.8}),
    ],
)
def test_the_threshold_by_differences_is_the_diagnosis_own(rule, settings):
    assert threshold(find(rule), 3.0, **settings) == pytest.approx(diagnose(rule, 3.0, **settings).threshold, rel=1e-5)


def test_the_jacobian_of_the_heavy_ball_is_its_matrix():
    assert np.allclose(jacobian(find("momentum"), 2.0, lr=0.1, beta=0.9), [[1 - 0.2, -0.09], [2.0, 0.9]])


def test_a_rule_without_a_threshold_has_none():
    assert threshold(find("sgd"), 1.0, high=1.9) == np.inf


@pytest.mark.parametrize("rule", ["sgd", "momentum", "rmsprop", "adagrad"])
def test_a_walk_by_the_reference_is_the_compiled_one(rule):
    ours = walk(find(rule), lambda x, t: x, 1.0, 50, lr=0.05)
    assert np.allclose(ours[1:], paths(find(rule), quadratic, (1.0,), 50, [0.05])[:, 0, 0], rtol=1e-12, atol=0)


def test_adagrads_walk_and_rate_are_its_formula():
    gradients = np.array([[3.0], [4.0]])
    assert rates(find("adagrad"), gradients, lr=1.0, eps=0.0)[:, 0] == pytest.approx([1 / 3, 1 / 5])
    walker = Walk(find("adagrad"), [0.0], lr=1.0, eps=0.0)
    assert walker.step([3.0]) == pytest.approx([-1.0])
    assert walker.step([4.0]) == pytest.approx([-1.8])
    assert walker.t == 2


def test_steps_are_counted_to_the_first_one_that_is_near():
    halving = {"lr": 0.5}
    assert steps_until(find("sgd"), lambda x, t: x, 1.0, 0.125, 10, **halving) == 3
    assert steps_until(find("sgd"), lambda x, t: x, 1.0, 0.125, 2, **halving) == np.inf
    assert steps_to(paths(find("sgd"), quadratic, (1.0,), 10, [0.5, 1e-3]), 0.125).tolist() == [3.0, np.inf]
