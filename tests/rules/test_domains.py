"""Domains: bounds generated from the domain itself, a search range that is walked evenly on its scale."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.errors import UserError
from surefoot.rules import RULES, Domain, Rate
from surefoot.rules.domains import get_domain

DECLARED = [(rule.name, name) for rule in RULES.values() for name in rule.hyper]
SEARCHED = [(rule, name) for rule, name in DECLARED if RULES[rule].hyper[name].searched]
UNIT = st.floats(0, 1)


def declared(rule: str, name: str) -> tuple[Domain, float]:
    return RULES[rule].hyper[name], float(RULES[rule].defaults[name])


@pytest.mark.parametrize(("rule", "name"), DECLARED)
def test_bounds(rule: str, name: str) -> None:
    domain, default = declared(rule, name)
    assert domain.check(name, default) == default
    for bound, is_open, inside, outside in (
        (domain.low, domain.low_open, math.inf, -math.inf),
        (domain.high, domain.high_open, -math.inf, math.inf),
    ):
        if is_open or math.isinf(bound):
            with pytest.raises(UserError, match=f"^{name} must be in "):
                domain.check(name, bound)
        else:
            assert domain.check(name, bound) == bound
        if math.isfinite(bound):
            assert domain.check(name, math.nextafter(bound, inside)) != bound
            with pytest.raises(UserError, match=f"^{name} must be in "):
                domain.check(name, math.nextafter(bound, outside))


@pytest.mark.parametrize(("rule", "name"), DECLARED)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400)])
def test_what_is_not_finite_is_refused(rule: str, name: str, value: float) -> None:
    with pytest.raises(UserError, match=f"^{name} must be in "):
        declared(rule, name)[0].check(name, value)


@pytest.mark.parametrize("value", [True, "0.1", None, [0.1], 1j, Decimal("0.1")])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(UserError, match=r"lr must be a number in \[0, inf\), got"):
        get_domain(Rate).check("lr", value)


def test_any_real_number_is_taken_as_a_float() -> None:
    for value in (1, np.float32(0.5), np.int64(3), Fraction(1, 4)):
        checked = get_domain(Rate).check("lr", value)
        assert type(checked) is float
        assert checked == value


@pytest.mark.parametrize(("rule", "name"), SEARCHED)
def test_the_search_range_holds_the_default_and_is_allowed(rule: str, name: str) -> None:
    domain, default = declared(rule, name)
    low, high = domain.limits(default)
    assert low <= default <= high
    assert low < high
    assert (domain.check(name, low), domain.check(name, high)) == (low, high)
    assert domain.quantile(0, default) == pytest.approx(low, rel=1e-4)
    assert domain.quantile(1, default) == pytest.approx(high, rel=1e-4)
    assert 0 <= domain.fraction(default, default) <= 1
    assert domain.opens_at >= 1


@pytest.mark.parametrize(("rule", "name"), SEARCHED)
@given(u=UNIT, v=UNIT)
def test_quantile_and_fraction_are_inverse_and_rise(rule: str, name: str, u: float, v: float) -> None:
    domain, default = declared(rule, name)
    one, other = domain.quantile(u, default), domain.quantile(v, default)
    # Values are rounded to 6 digits for people to read; at 0.9999 that is half a percent of 1 - x.
    assert domain.fraction(one, default) == pytest.approx(u, abs=1e-3)
    assert (u - v) * (one - other) >= 0
    assert float(f"{one:.6g}") == one


def test_fractions_outside_the_range() -> None:
    rate = get_domain(Rate)
    assert rate.fraction(0.0, 1e-3) == 0
    assert rate.fraction(1e9, 1e-3) > 1
    assert Domain("a decay", 0, 1, search=(0.5, 0.99), scale="log of 1-x").fraction(1.0, 0.9) == 1


def test_what_is_never_searched_says_so() -> None:
    domain = Domain("a number", -math.inf, math.inf)
    assert not domain.searched
    with pytest.raises(UserError, match="a number is not searched"):
        domain.limits(1.0)
    with pytest.raises(UserError, match="a number is not searched"):
        domain.quantile(0.5, 1.0)


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ({"low": 1, "high": 1}, r"Domain\('a rate'\): low must be below high, got 1 and 1"),
        (
            {"search": (0.5, 0.1)},
            r"two rising numbers within \(0, 2\), and in \(0, inf\) on the scale 'log', got \(0.5, 0.1\)",
        ),
        ({"search": (0.0, 0.1)}, "search must be two rising numbers within"),
        ({"search": (0.5, 1.0), "scale": "log of 1-x"}, r"and in \(-inf, 1\) on the scale 'log of 1-x'"),
        ({"search": (0.5, 3.0)}, r"two rising numbers within \(0, 2\)"),
        ({"scale": "linear"}, r"scale must be one of \('log', 'log of 1-x'\), got 'linear'"),
        ({"decades": 0}, "decades must be above 0, on the scale 'log', got 0"),
        ({"decades": 1, "scale": "log of 1-x"}, "decades must be above 0, on the scale 'log', got 1 on 'log of 1-x'"),
    ],
)
def test_a_domain_that_cannot_stand_is_refused(domain: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Domain(**{"meaning": "a rate", "low": 0, "high": 2, **domain})


def test_decades_end_within_the_bounds() -> None:
    domain = Domain("a share", 0.05, 1, decades=2)
    low, high = domain.limits(0.5)
    assert low == pytest.approx(0.05, rel=1e-4)
    assert high == pytest.approx(1, rel=1e-4)
    assert domain.check("share", domain.quantile(0.0, 0.5)) >= low
    assert domain.check("share", domain.quantile(1.0, 0.5)) <= high
