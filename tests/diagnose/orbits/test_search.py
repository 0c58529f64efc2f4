"""Thresholds found by trying, against those that are known."""

import math

import numpy as np
import pytest

from surefoot.diagnose.answer import wording
from surefoot.diagnose.orbits.search import largest_rate
from surefoot.diagnose.run import diagnose
from surefoot.rules import Rule, find
from tests.diagnose import own_rules


def searched(rule, curvature=1.0, minimum=0.0, **hyper):
    found = find(rule)
    with np.errstate(all="ignore"):
        return largest_rate(found, found.settings(hyper), "lr", curvature=curvature, minimum=minimum, start=1.0).value


@pytest.mark.parametrize("h", [0.04, 1.0, 25.0])
@pytest.mark.parametrize(
    ("rule", "threshold"),
    [
        ("sgd", 2.0),
        ("momentum", 3.8),
        ("rmsprop", 2e-4),
        ("adam", 3.8e-7),
        (own_rules.nesterov, 2 * 1.9 / 2.8),
        (own_rules.clipped, 2.0),
        (own_rules.signsgd, 0.0),
        ("adagrad", math.inf),
    ],
)
def test_it_finds_what_is_known(rule, threshold, h):
    assert searched(rule, h) == pytest.approx(threshold / h, rel=5e-3)


def test_where_nothing_is_derived_the_threshold_is_simulated():
    found = diagnose("lamb")  # x' = (1 - lr) x while the averages keep the error's sign, as they do for lr < 1
    assert found.threshold == pytest.approx(1.0, rel=0.05)
    assert (found.threshold_evidence, found.threshold_formula) == ("simulated", None)
    assert any("searched" in line for line in found.assumptions)


def test_lamb_never_settles_beside_a_minimum_that_is_not_at_nought():
    found = diagnose("lamb", minimum=1.0)
    assert found.threshold == 0
    assert "no lr settles" in wording.threshold(found)
    assert found.verdict in ("quasi-periodic", "cycle", "2-cycle", "spikes or chaos")


def test_adamw_beside_its_minimum():
    """Near x* = 1 its decay only shifts the rest: Adam's threshold, 2 (1 + b1) / (1 - b1) eps / h."""
    assert diagnose("adamw", minimum=1.0).threshold == pytest.approx(3.8e-7, rel=0.03)


def test_steps_that_shrink_by_themselves_settle_for_every_rate_tried():
    found = diagnose(own_rules.halved)
    assert (found.threshold, found.threshold_evidence) == (math.inf, "simulated")
    assert "none found up to 1e+06" in wording.threshold(found)
    assert "up to 1e+06" in found.advice


def test_a_cycle_that_is_slowly_reached_is_no_convergence():
    """e' = e - lr e / (|e| + 1e-8): sizes a and lr - a drift to lr / 2; the larger one falls."""

    def normalised(x, g, *, t, lr=0.1):
        return x - lr * g / (abs(g) + 1e-8)

    found = diagnose(Rule.of(normalised))
    assert not found.verdict.startswith("converges")


def test_what_underflow_does_is_no_cycle():
    """Steps halve while g times the last g is below 0: below 1e-154 that product is 0, and they stay as they are."""
    found = diagnose(own_rules.halved)
    assert found.verdict.startswith("converges")
    assert found.amplitude == 0
