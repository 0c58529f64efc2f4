"""What is read off the graph: signs, symmetry, what grows, whether x matters; against what the formulas say."""

import pytest

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.recurrence import recurrence
from surefoot.diagnose.derive.structure import structure
from surefoot.rules import Rate, Rule, find
from tests.diagnose import own_rules


def of(rule, **settings):
    return structure(Quadratic.of(find(rule), 1.0, 0.0, 1.0, settings))


@pytest.mark.parametrize(
    ("rule", "not_negative", "odd", "growing"),
    [
        ("sgd", set(), {"x"}, set()),
        ("adam", {"v"}, {"x", "m"}, set()),
        ("adagrad", {"G"}, {"x"}, {"G"}),
        ("amsgrad", {"v", "v_max"}, {"x", "m"}, {"v_max"}),
        (own_rules.adan, {"n"}, {"x", "m", "d", "before"}, set()),
        (own_rules.adamax, {"u"}, {"x", "m"}, set()),
        (own_rules.adagrad_with_momentum, {"total"}, {"x", "m"}, {"total"}),
    ],
)
def test_signs_symmetry_and_growth(rule, not_negative, odd, growing):
    found = of(rule)
    assert found.not_negative == not_negative
    assert {slot for slot, sign in found.parity.items() if sign == -1} == odd
    assert found.growing == growing


@pytest.mark.parametrize(
    ("rule", "looks"),
    [("sgd", False), ("adam", False), ("adamw", True), ("lamb", True), (own_rules.nesterov, False)],
)
def test_whether_x_itself_matters(rule, looks):
    assert (of(rule).shifted is None) is looks


def lopsided(x, g, *, t, lr: Rate = 0.1):
    return x - lr * (g + g * g)


def sinking(x, g, v, *, t, lr: Rate = 0.1):
    return x - lr * g / (1 + v * v), v - g * g


def test_what_does_not_hold_is_not_claimed():
    assert of(lopsided).parity is None
    found = of(sinking)
    assert found.not_negative == frozenset()
    assert found.growing == frozenset()


@pytest.mark.parametrize(
    ("rule", "minimum", "lines"),
    [
        ("rmsprop", 0.0, ["G' = beta*G + (1 - beta)*(h*e)^2", "e' = e - lr*h*e/sqrt(G' + eps)"]),
        (own_rules.decayed, 0.0, ["e' = e - lr*(h*e + weight_decay*e)"]),
        (own_rules.decayed, 1.0, ["e' = c + e - lr*(h*e + weight_decay*(c + e)) - c"]),
    ],
)
def test_the_recurrence_is_the_formula_with_g_put_in(rule, minimum, lines):
    quadratic = Quadratic.of(find(rule), 1.0, minimum, 1.0, {})
    assert list(recurrence(quadratic, structure(quadratic).shifted is None).text) == lines


def named_alike(x, g, e, h, *, t, lr: Rate = 0.1):
    return x - lr * (g + 0.0 * e * h), g, h


def test_a_slot_called_e_or_h_is_told_from_the_error_and_the_curvature():
    quadratic = Quadratic.of(Rule.of(named_alike), 1.0, 0.0, 1.0, {})
    assert "error' = error - lr*(curvature*error" in recurrence(quadratic, False).text[-1]
