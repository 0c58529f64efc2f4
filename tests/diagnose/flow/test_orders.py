"""Flows against closed forms, and walks against flows whose distance is known."""

import numpy as np
import pytest

from surefoot.diagnose.flow.equations import ADAPTIVE, EPSILON, GRADIENT, MOMENTUM, SIGN, order, solve
from surefoot.diagnose.flow.losses import LOSSES
from surefoot.diagnose.flow.orders import Method, Pair, track
from surefoot.rules import find

BY_NAME = {loss.name: loss for loss in LOSSES}
DESCENT = Method("gradient descent", find("sgd"), {}, {})


def times(name):
    return np.linspace(0, BY_NAME[name].span, 101)


@pytest.mark.parametrize(
    ("name", "closed_form"),
    [
        ("quadratic", lambda s: np.exp(-s)),
        ("quartic", lambda s: 1 / np.sqrt(1 / 1.5**2 + 2 * s)),
        ("Huber", lambda s: np.where(s < 2, 1.5 - s / 2, 0.5 * np.exp(-(s - 2)))),
        ("absolute value", lambda s: np.maximum(2 / 3 - s, 0)),
        # x'' of the double well by separation of variables: x^2 = 1/(1 + (1/x0^2 - 1) exp(-2s))
        ("double well", lambda s: 1 / np.sqrt(1 + 99 * np.exp(-2 * s))),
    ],
)
def test_the_gradient_flow_is_its_closed_form(name, closed_form):
    s = times(name)
    assert np.allclose(solve(GRADIENT, BY_NAME[name], s), closed_form(s), atol=1e-7)


def test_the_gradient_flow_goes_through_a_kink_that_does_not_hold_it():
    # x' = -x/10 - 4 down to 1, then x' = -x/10
    s = times("kinked")
    through = -10 * np.log(41 / 42)
    expected = np.where(s < through, 42 * np.exp(-s / 10) - 40, np.exp(-(s - through) / 10))
    assert np.allclose(solve(GRADIENT, BY_NAME["kinked"], s), expected, atol=1e-7)


def test_the_sign_flow_moves_at_speed_one_and_rests():
    s = times("absolute value")
    assert np.allclose(solve(SIGN, BY_NAME["absolute value"], s), np.maximum(2 / 3 - s, 0), atol=1e-6)


def test_the_adaptive_flows_move_at_speed_one_on_a_slope():
    # Where the gradient is constant, so is v, and Adam's corrected averages are the gradient and its square.
    s = np.linspace(0, 0.5, 20)
    for equation in (ADAPTIVE, MOMENTUM):
        assert np.allclose(solve(equation, BY_NAME["absolute value"], s), 2 / 3 - s / np.sqrt(1 + EPSILON), atol=1e-6)


def test_gradient_descents_error_is_that_of_the_closed_forms_and_of_first_order():
    tracking = track(Pair(DESCENT, GRADIENT), BY_NAME["quadratic"])
    for lr, error in zip(tracking.rates, tracking.errors, strict=True):
        k = np.arange(round(1.5 / lr) + 1)
        assert error == pytest.approx(np.abs((1 - lr) ** k - np.exp(-k * lr)).max(), rel=1e-3)
    assert tracking.order == pytest.approx(1.0, abs=0.01)
    assert tracking.follows


def test_a_rule_with_a_fixed_memory_does_not_follow_the_gradient_flow():
    fixed = Method("fixed", find("rmsprop"), {"eps": EPSILON, "beta": 0.9}, {}, "initial")
    assert not track(Pair(fixed, GRADIENT), BY_NAME["quartic"]).follows
    assert track(Pair(fixed, SIGN), BY_NAME["quartic"]).follows


@pytest.mark.parametrize("name", ["quadratic", "quartic", "Huber", "double well"])
def test_a_memory_scaled_with_the_step_follows_the_adaptive_flow_to_first_order(name):
    fading = Method("fading", find("rmsprop"), {"eps": EPSILON}, {"beta": 1.0}, "initial")
    assert track(Pair(fading, ADAPTIVE), BY_NAME[name]).order == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_an_order_is_the_power_it_was_made_with(power):
    rates = np.array([0.1, 0.05, 0.025])
    assert order(rates, 3 * rates**power) == pytest.approx(power)
