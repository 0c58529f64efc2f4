"""Learning rates at one pace: what ten steps come to, counted by the engine itself."""

import numpy as np
import pytest

from surefoot.engines.numpy import run
from surefoot.rules import CHAPTER, Rate, find
from surefoot.watch import landscapes
from surefoot.watch.pace import at_pace, suited, typical_gradient

GRADIENT = np.array([30.0, -0.5])


def ten_steps(rule, settings):
    start = np.array([1.0, -2.0])
    slots = {"x": start, **dict.fromkeys(rule.state, np.zeros(2))}
    for t in range(1, 11):
        slots = {**slots, **run(rule, {**slots, "g": GRADIENT}, t, **settings)}
    return float(np.linalg.norm(slots["x"] - start))


@pytest.mark.parametrize("name", CHAPTER)
def test_ten_steps_under_a_steady_gradient_come_the_length(name):
    rule = find(name)
    settings = at_pace(rule, {}, np.array([1.0, -2.0]), GRADIENT, length=0.5)
    assert ten_steps(rule, settings) == pytest.approx(0.5, rel=0.05)  # the rate is rounded to two digits


def test_a_rule_of_ones_own_gets_a_pace_too():
    def signed(x, g, *, t, lr: Rate = 1.0):
        return x - lr * g / abs(g)

    settings = at_pace(find(signed), {}, np.zeros(2), GRADIENT, length=10.0)
    assert settings["lr"] == pytest.approx(1 / np.sqrt(2), rel=0.01)


def test_what_was_asked_for_is_kept():
    assert at_pace(find("adam"), {"lr": 0.5}, np.zeros(2), GRADIENT, 1.0) == {"lr": 0.5}
    asked = at_pace(find("adam"), {"beta1": 0.0}, np.zeros(2), GRADIENT, 1.0)
    assert asked["beta1"] == 0.0
    assert asked["lr"] > 0


def test_a_rule_without_a_learning_rate_or_that_stands_still_keeps_its_defaults():
    def fixed(x, g, *, t):
        return x - 0.1 * g

    def still(x, g, *, t, lr: Rate = 1.0):
        return x + 0 * lr * g

    assert at_pace(find(fixed), {}, np.zeros(2), GRADIENT, 1.0) == {}
    assert at_pace(find(still), {}, np.zeros(2), GRADIENT, 1.0) == {}


def test_on_a_plateau_the_gradient_is_the_plots_median():
    plateau = landscapes.find("plateau")
    assert np.linalg.norm(typical_gradient(plateau, (-3.9, 1.7))) == pytest.approx(
        np.linalg.norm(typical_gradient(plateau, (-3.0, 1.0)))
    )


def test_the_scale_of_the_loss_does_not_change_where_gradient_descent_goes():
    ravine = landscapes.find("ravine")
    rates = [suited(ravine, find("sgd"), {}, stride)["lr"] for stride in (1 / 60, 1 / 30)]
    assert rates[1] == pytest.approx(2 * rates[0], rel=0.06)
