"""Exponents of maps whose exponents are known."""

from math import log

import numpy as np
import pytest

from surefoot.diagnose.orbits.lyapunov import exponents
from surefoot.engines.field import Field
from surefoot.engines.orbits.composed import compose
from surefoot.engines.orbits.orbit import Orbits
from surefoot.errors import UserError
from surefoot.rules import Rule, find
from tests.diagnose.known import henon, logistic, tent, turning

FLAT = Field.of(lambda x: 0.0 * x)
BOWL = Field.of(lambda x: 0.5 * x * x)


def measured(function, starts, steps, **parameters):
    map_ = compose(Rule.of(function), FLAT)
    begin = Orbits(map_).run(np.atleast_2d(starts), 100, parameters).variables
    return exponents(map_, begin, steps, parameters, count=len(map_.variables))


def test_the_tent_map_stretches_by_its_slope() -> None:
    np.testing.assert_allclose(measured(tent, [0.1234, 0.777], 4096), log(1.9999), rtol=1e-12)


def test_the_logistic_map_at_4_has_ln_2() -> None:
    assert measured(logistic, np.linspace(0.1, 0.45, 64), 8192).mean() == pytest.approx(log(2), abs=2e-3)


def test_the_logistic_map_at_3_2_has_its_cycles_exponent() -> None:
    r = 3.2  # the multiplier of the 2-cycle is 4 + 2r - r^2
    assert measured(logistic, [0.3], 4096, r=r)[0, 0] == pytest.approx(log(abs(4 + 2 * r - r * r)) / 2, abs=1e-9)


def test_a_rotation_has_none() -> None:
    np.testing.assert_allclose(measured(turning, [0.7], 2048), 0, atol=2e-3)


def test_henons_map() -> None:
    found = measured(henon, np.linspace(-0.1, 0.1, 32), 16384).mean(1)
    assert found[0] == pytest.approx(0.4192, abs=2e-3)
    assert found.sum() == pytest.approx(log(0.3), abs=1e-9)


@pytest.mark.parametrize("form", ["heavy ball", "ema", "nesterov"])
def test_linear_rules_have_the_logarithms_of_their_eigenvalues(form: str) -> None:
    lr, beta = 0.3, 0.5
    gain = 1 - beta if form == "ema" else 1.0
    ahead = {"heavy ball": 0.0, "ema": 0.0, "nesterov": 1.0}[form]
    # e' = e - lr (beta' m' + ahead g), m' = beta m + gain g, g = e
    step = np.array([[1 - lr * (gain if not ahead else 1 + beta), -lr * beta * (beta if ahead else 1)], [gain, beta]])
    true = np.sort(np.log(np.abs(np.linalg.eigvals(step))))[::-1]
    map_ = compose(find("momentum"), BOWL, {"form": form})
    found = exponents(map_, np.ones((2, 1)), 8000, {"lr": lr, "beta": beta}, count=2)[:, 0]
    np.testing.assert_allclose(found, true, atol=2e-3)


def test_a_direction_lost_in_a_step_is_minus_infinity() -> None:
    found = exponents(compose(find("sgd"), BOWL), np.ones((1, 1)), 16, {"lr": 1.0})
    assert found[0, 0] == -np.inf


@pytest.mark.parametrize(
    ("steps", "count", "message"), [(0, 1, "steps must be 1 or more"), (16, 2, "count must be from 1 to 1")]
)
def test_no_steps_or_too_many_exponents(steps: int, count: int, message: str) -> None:
    with pytest.raises(UserError, match=message):
        exponents(compose(find("sgd"), BOWL), np.ones((1, 1)), steps, {}, count=count)
