"""Stability maps and bifurcation diagrams against the thresholds and amplitudes known in closed form."""

from math import log, sqrt
from typing import Any

import numpy as np
import pytest

from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.maps import bifurcation, stability_map
from surefoot.errors import UserError
from surefoot.rules import Rule, find
from tests.diagnose.known import logistic, weakly


def test_momentums_edge_is_where_it_must_be() -> None:
    rule = find("momentum")
    rates, betas = np.geomspace(0.1, 10, 101), 1 - np.geomspace(0.9, 0.05, 21)
    found = stability_map(rule, rule.settings(), ("lr", rates), ("beta", betas), curvature=2.0)
    inside = rates < 2 * (1 + betas[:, np.newaxis]) / 2.0
    clear = np.abs(np.log(rates / (1 + betas[:, np.newaxis]))) > log(1.05)
    assert ((found.kind == Kind.CONVERGES) == inside)[clear].all()
    assert ((found.kind == Kind.DIVERGES) == ~inside)[clear].all()


def test_adams_edge_does_not_depend_on_beta2() -> None:
    rule = find("adam")
    rates, betas = np.geomspace(1, 1000, 61), np.array([0.5, 0.9, 0.99, 0.999])
    found = stability_map(rule, rule.settings({"eps": 1.0, "beta1": 0.9}), ("lr", rates), ("beta2", betas))
    clear = np.abs(np.log(rates / 38)) > log(1.1)
    assert ((found.kind == Kind.CONVERGES) == (rates < 38))[:, clear].all()


def test_rmsprops_cycle_over_curvature() -> None:
    rule = find("rmsprop")
    curvatures = np.geomspace(1e-3, 10, 41)
    settings = rule.settings({"lr": 0.01, "beta": 0.5})
    found = stability_map(rule, settings, ("curvature", curvatures), ("eps", [1e-8, 1e-6]), steps=4000)
    for row, eps in enumerate((1e-8, 1e-6)):
        edge = 2 * sqrt(eps) / 0.01
        clear = np.abs(np.log(curvatures / edge)) > log(1.2)
        assert ((found.kind[row] == Kind.TWO_CYCLE) == (curvatures > edge))[clear].all()
        beyond = curvatures > 1.5 * edge
        amplitude = np.sqrt(0.01**2 / 4 - eps / curvatures[beyond] ** 2)
        np.testing.assert_allclose(found.amplitude[row, beyond], amplitude, rtol=1e-3)


def test_a_diagram_follows_the_cycles_amplitude() -> None:
    rule = find("rmsprop")
    rates = np.geomspace(1e-5, 1, 31)
    found = bifurcation(rule, rule.settings({"beta": 0.9}), "lr", rates)
    for rate, errors in zip(rates, np.abs(found.errors), strict=True):
        seen = errors[np.isfinite(errors)]
        if rate > 2.1e-4:
            np.testing.assert_allclose(seen, sqrt(rate**2 / 4 - 1e-8), rtol=1e-4)
        elif rate < 1.9e-4:
            assert (seen == 0).all()


def test_a_diagram_doubles_its_period() -> None:
    rule = Rule.of(logistic)
    found = bifurcation(rule, rule.settings(), "r", [2.8, 3.2, 3.5, 3.55])
    periods = [len(np.unique(np.round(row[np.isfinite(row) & (row > 1e-3)], 5))) for row in found.errors]
    assert periods == [1, 2, 4, 8]


def test_a_diagram_shows_what_exists_beside_another_attractor() -> None:
    rule = Rule.of(weakly)
    found = bifurcation(rule, rule.settings(), "lr", [0.1, 0.2])
    for row in found.errors:
        assert {0.0, 2.0} <= set(np.abs(row[np.isfinite(row)]))


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        (("lrr", [0.1]), "no hyperparameter 'lrr' to vary; did you mean 'lr'"),
        (("lr", [0.1, -1.0]), r"lr must be in \[0, inf\), got -1.0"),
        (("curvature", [0.0, 1.0]), "curvature must be above 0"),
        (("lr", []), "must be a list of numbers"),
        (("lr", ["fast"]), "lr: an axis must be a list of numbers: could not convert"),
        (("curvature", [1.0]), "a map has two axes, got curvature twice"),
    ],
)
def test_a_wrong_axis_is_named(axis: Any, message: str) -> None:
    rule = find("sgd")
    with pytest.raises(UserError, match=message):
        stability_map(rule, rule.settings(), axis, ("curvature", [1.0, 2.0]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 51}, "steps must be a whole number from 52, got 51"),
        ({"steps": 2e3}, "steps must be a whole number from 52, got 2000.0"),
        ({"start": 0.0}, "start must be an error other than 0"),
        ({"start": float("nan")}, "start must be an error other than 0"),
        ({"curvature": -1.0}, "curvature must be above 0 and finite, got -1.0"),
        ({"minimum": float("inf")}, "minimum must be finite, got inf"),
    ],
)
def test_a_wrong_number_is_named(options: dict[str, Any], message: str) -> None:
    rule = find("sgd")
    with pytest.raises(UserError, match=message) as error:
        stability_map(rule, rule.settings(), ("lr", [0.1, 0.2]), ("curvature", [1.0]), **options)
    assert "\n" not in str(error.value)


def test_the_fewest_steps() -> None:
    rule = find("sgd")
    found = stability_map(rule, rule.settings(), ("lr", [0.9, 1.1]), ("curvature", [1.0]), steps=52)
    assert found.kind.tolist() == [["converges", "converges"]]
