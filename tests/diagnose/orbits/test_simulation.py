"""One setting simulated, against closed forms of the rules' behaviour on a parabola."""

import dataclasses
from math import inf, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.diagnose.orbits.kinds import Kind, coarse, periods
from surefoot.diagnose.orbits.simulation import Simulation, ignores_place, simulate
from surefoot.rules import RULES, Rule, find
from tests.diagnose.known import logistic, turning


def walked(
    name: str | Rule, curvature: float = 1.0, minimum: float = 0.0, start: float = 1.0, **hyper: Any
) -> Simulation:
    rule = find(name)
    return simulate(rule, rule.settings(hyper), curvature=curvature, minimum=minimum, start=start)


def test_the_chapters_cycle() -> None:
    found = walked("rmsprop", lr=0.01, eps=1e-8, beta=0.9)
    assert (found.kind, found.period) == (Kind.TWO_CYCLE, 2)
    assert found.amplitude == pytest.approx(0.0049989999, abs=1e-12)
    assert found.amplitude == pytest.approx(sqrt(0.01**2 / 4 - 1e-8), rel=1e-9)


@given(st.floats(-3, 3), st.floats(-2, 2), st.floats(2.2, 200), st.floats(0.5, 0.95))
def test_the_cycles_amplitude_everywhere_above_the_threshold(h: float, eps: float, rho: float, beta: float) -> None:
    """|e*| = sqrt(lr^2/4 - eps/h^2) at rho = lr h / sqrt(eps), over curvatures and eps."""
    h, eps = 10**h, 10**eps * 1e-6
    lr = rho * sqrt(eps) / h
    found = walked("rmsprop", curvature=h, lr=lr, eps=eps, beta=beta, start=lr)
    assert found.kind is Kind.TWO_CYCLE
    assert found.amplitude == pytest.approx(sqrt(lr**2 / 4 - eps / h**2), rel=1e-5)


@given(st.floats(0.05, 0.95) | st.floats(1.05, 1.9), st.floats(0, 0.8))
def test_below_the_threshold_it_converges_at_the_linear_rate(rho: float, beta: float) -> None:
    found = walked("rmsprop", lr=rho * 1e-4, eps=1e-8, beta=beta, start=1e-3)
    assert found.kind is Kind.MONOTONE
    assert found.keeps_sign is (rho <= 1)
    assert found.rate == pytest.approx(abs(1 - rho), abs=5e-3)


@pytest.mark.parametrize("beta1", [0.0, 0.5, 0.9])
def test_adams_threshold(beta1: float) -> None:
    """rho < 2 (1 + b1) / (1 - b1), whatever b2."""
    threshold = 2 * (1 + beta1) / (1 - beta1)
    for beta2 in (0.9, 0.999):
        below = walked("adam", lr=0.97 * threshold, eps=1.0, beta1=beta1, beta2=beta2, start=1e-3)
        above = walked("adam", lr=1.03 * threshold, eps=1.0, beta1=beta1, beta2=beta2, start=1e-3)
        assert below.kind in (Kind.CONVERGES, Kind.MONOTONE)
        assert above.kind not in (Kind.CONVERGES, Kind.MONOTONE, Kind.DIVERGES)


@pytest.mark.parametrize(
    ("name", "hyper", "threshold"),
    [
        ("sgd", {}, 2.0),
        ("momentum", {"beta": 0.9}, 3.8),
        ("momentum", {"beta": 0.9, "form": "ema"}, 38.0),
        ("momentum", {"beta": 0.9, "form": "nesterov"}, 3.8 / 2.8),
    ],
)
def test_thresholds_of_linear_rules(name: str, hyper: dict[str, Any], threshold: float) -> None:
    assert walked(name, curvature=4.0, lr=0.99 * threshold / 4, **hyper).kind in (Kind.CONVERGES, Kind.MONOTONE)
    beyond = walked(name, curvature=4.0, lr=1.01 * threshold / 4, **hyper)
    assert (beyond.kind, beyond.amplitude) == (Kind.DIVERGES, inf)


def test_what_rounding_does_to_default_adam() -> None:
    """It spikes for ever where float64 can hold ever smaller errors, and stops dead at x* = 1."""
    there, here = walked("adam"), walked("adam", minimum=1.0)
    assert there.kind is Kind.CHAOS
    assert there.nudged > 0
    assert here.kind is Kind.ABSORBED


def test_adagrad_converges_whatever_the_rate() -> None:
    for lr in (1e-2, 1.0, 100.0):
        assert walked("adagrad", lr=lr).kind in (Kind.CONVERGES, Kind.MONOTONE)


def test_a_rate_of_nothing_moves_nothing() -> None:
    found = walked("sgd", lr=0.0)
    assert (found.kind, found.amplitude, found.period) == (Kind.TRAPPED, 1.0, 1)


def test_lamb_cannot_cross_zero() -> None:
    found = walked("lamb", minimum=1.0, start=-2.0)
    assert found.kind is Kind.TRAPPED
    assert found.amplitude == pytest.approx(1.0, abs=1e-3)


def test_who_is_still_on_its_way_is_undecided() -> None:
    assert walked("sgd", lr=1e-9).kind is Kind.UNDECIDED


def test_known_maps() -> None:
    """x* = 0, so errors are x itself."""
    cycling = Rule.of(logistic)
    assert walked(cycling, r=3.2, start=0.3).kind is Kind.TWO_CYCLE
    assert (walked(cycling, r=3.5, start=0.3).kind, walked(cycling, r=3.5, start=0.3).period) == (Kind.CYCLE, 4)
    assert walked(cycling, r=4.0, start=0.3).kind is Kind.CHAOS
    assert walked(cycling, r=0.8, start=0.3).kind is Kind.MONOTONE
    resting = walked(cycling, r=2.5, start=0.3)
    assert (resting.kind, resting.amplitude) == (Kind.TRAPPED, pytest.approx(0.6))
    assert walked(Rule.of(turning), start=0.5).kind is Kind.QUASI_PERIODIC


def test_which_rules_look_at_x() -> None:
    """By their formulas: decay and norms of x do, all others only add to it."""
    looks = {name for name, rule in RULES.items() if not ignores_place(rule, rule.settings())}
    assert looks == {"adamw", "lamb"}


def test_a_simulation_is_a_plain_record() -> None:
    record = dataclasses.asdict(walked("sgd", lr=0.5))
    assert record["kind"] == "converges monotonically"
    assert record["first"][:3].tolist() == [1.0, 0.5, 0.25]


@given(st.integers(1, 32), st.integers(0, 2**32 - 1))
def test_periods(period: int, seed: int) -> None:
    once = np.random.default_rng(seed).standard_normal((period, 3))
    assert periods(np.tile(once, (100, 1))).tolist() == [period] * 3


def test_coarse_kinds() -> None:
    cycle = np.tile([[1e-3], [-1e-3]], (6, 1))
    points = np.concatenate([cycle, cycle * 0, cycle * np.inf, np.random.default_rng(0).random((12, 1))], axis=1)
    largest = np.array([1e-3, 1e-40, np.inf, 1.0])
    kind = coarse(largest, largest * 2 * [0.5, 2, 1, 0.75], largest, np.array([False] * 4), points, 1e-20)
    assert kind.tolist() == [Kind.TWO_CYCLE, Kind.CONVERGES, Kind.DIVERGES, Kind.UNDECIDED]
