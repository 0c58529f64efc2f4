"""Stability thresholds against closed forms published or derived by hand, none of which stands in the code."""

import math

import pytest
import sympy as sp

from surefoot.diagnose.run import diagnose
from tests.diagnose import own_rules

H, B1 = 1.5, 0.9


@pytest.mark.parametrize(
    ("rule", "settings", "threshold", "formula"),
    [
        ("sgd", {}, 2 / H, "2/h"),
        ("momentum", {"form": "heavy ball"}, 2 * (1 + B1) / H, "2*(1 + beta)/h"),
        ("momentum", {"form": "ema"}, 2 * (1 + B1) / (1 - B1) / H, "2*(1 + beta)/((1 - beta)*h)"),
        ("momentum", {"form": "nesterov"}, 2 * (1 + B1) / (1 + 2 * B1) / H, "2*(1 + beta)/((1 + 2*beta)*h)"),
        ("rmsprop", {}, 2e-4 / H, "2*sqrt(eps)/h"),
        ("rmsprop", {"eps": 2e-6}, 2 * math.sqrt(2e-6) / H, "2*sqrt(eps)/h"),
        ("rmsprop", {"eps": 0.0}, 0.0, "2*sqrt(eps)/h"),
        ("rmsprop", {"eps_at": "outside"}, 2e-8 / H, "2*eps/h"),
        ("rmsprop", {"eps_at": "maximum"}, 2e-8 / H, "2*eps/h"),
        ("rmsprop", {"centered": True}, 2e-4 / H, "2*sqrt(eps)/h"),
        ("rmsprop", {"beta": 0.0}, 2e-4 / H, "2*sqrt(eps)/h"),
        ("rmsprop_momentum", {"beta1": 0.9}, 2e-4 * 1.9 / H, "2*(1 + beta1)*sqrt(eps)/h"),
        ("adam", {}, 2e-8 * 19 / H, "2*eps*(1 + beta1)/((1 - beta1)*h)"),
        ("adam", {"beta2": 0.5}, 2e-8 * 19 / H, "2*eps*(1 + beta1)/((1 - beta1)*h)"),
        ("adam", {"eps_at": "inside"}, 2e-4 * 19 / H, "2*sqrt(eps)*(1 + beta1)/((1 - beta1)*h)"),
        ("adam", {"bias_correction": "step"}, 2e-8 * 19 / H, "2*eps*(1 + beta1)/((1 - beta1)*h)"),
        ("adam", {"bias_correction": "none"}, 2e-8 * 19 / H, "2*eps*(1 + beta1)/((1 - beta1)*h)"),
        ("amsgrad", {}, 2e-8 * 19 / H, "2*eps*(1 + beta1)/((1 - beta1)*h)"),
        # Decay is one more gradient, not averaged: 2 (1+b) / (h (1-b)/eps + wd (1+b)).
        (
            "adamw",
            {"weight_decay": 0.5, "eps": 1e-2},
            2 * 1.9 / (H * 0.1 / 1e-2 + 0.5 * 1.9),
            "2*(1 + beta1)/(h*(1 - beta1)/eps + weight_decay*(1 + beta1))",
        ),
        (own_rules.nesterov, {}, 2 * 1.9 / 2.8 / H, "2*(1 + beta)/((1 + 2*beta)*h)"),
        (own_rules.nadam, {}, 2e-8 * 19 / 2.8 / H, "2*eps*(1 + beta1)/((1 - beta1)*(1 + 2*beta1)*h)"),
        (own_rules.decayed, {}, 2 / (H + 0.5), "2/(h + weight_decay)"),
        (own_rules.warmed, {}, 2 / H, "2/h"),
        (own_rules.clipped, {}, 2 / H, "2/h"),
        (own_rules.adamax, {}, 2e-8 * 19 / H, "2*eps*(1 + beta1)/((1 - beta1)*h)"),
        (own_rules.ascending, {}, 0.0, None),
    ],
)
def test_the_threshold_is_the_known_one(rule, settings, threshold, formula):
    diagnosis = diagnose(rule, H, **settings)
    assert diagnosis.threshold == pytest.approx(threshold, rel=1e-12)
    if formula is not None:
        letters = {s: sp.Symbol(s, positive=True) for s in ("h", "beta", "beta1", "eps", "weight_decay")}
        got = sp.sympify(diagnosis.threshold_formula.text.replace("^", "**"), locals=letters)
        assert sp.simplify(got - sp.sympify(formula, locals=letters)) == 0


def test_adagrad_has_none():
    diagnosis = diagnose("adagrad", H, lr=100.0)
    assert diagnosis.threshold == math.inf
    assert diagnosis.evidence == "proved"


@pytest.mark.parametrize("rule", [own_rules.signsgd, own_rules.lion])
def test_a_step_of_one_length_is_stable_at_no_rate(rule):
    assert diagnose(rule, H).threshold == 0.0


@pytest.mark.parametrize("rule", [own_rules.cooled, own_rules.cubed, own_rules.without_rate])
def test_what_is_not_known_is_said(rule):
    diagnosis = diagnose(rule, H)
    assert diagnosis.threshold_formula is None
    assert (diagnosis.threshold_evidence == "simulated") is (diagnosis.searched is not None)
    assert math.isnan(diagnosis.threshold) is (diagnosis.searched is None)
    assert any(line.startswith("threshold: ") for line in diagnosis.undone)


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        ("momentum", {"form": "nesterov"}),
        ("rmsprop", {"eps": 1e-2}),
        ("rmsprop_momentum", {"eps": 1e-2, "beta1": 0.5}),
        ("adam", {"eps": 1e-1, "beta2": 0.9}),
        (own_rules.nadam, {"eps": 1e-1, "beta2": 0.9}),
        (own_rules.adamax, {"eps": 1e-1, "beta2": 0.9}),
    ],
)
def test_orbits_from_nearby_settle_below_it_and_not_above(rule, settings, factor):
    threshold = diagnose(rule, H, **settings).threshold
    orbit = diagnose(rule, H, start=1e-6, lr=factor * threshold, **settings).simulated
    assert (str(orbit.kind) in ("converges", "converges monotonically")) == (factor < 1)
