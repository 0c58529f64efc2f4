"""The list of settings: default first, nested, inside the declared ranges, opening dimension by dimension."""

import numpy as np
import pytest

from surefoot.compare.space import settings_list
from surefoot.rules import RULES, Rule

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)


def moved(rule: Rule, settings: dict) -> set[str]:
    return {name for name in settings if settings[name] != rule.defaults[name]}


@EVERY_RULE
def test_the_default_comes_first(rule: Rule) -> None:
    assert settings_list(rule, 1) == [rule.settings()]


@EVERY_RULE
def test_a_larger_budget_extends_a_smaller_one(rule: Rule) -> None:
    assert settings_list(rule, 64)[:11] == settings_list(rule, 11)


@EVERY_RULE
def test_every_value_lies_in_the_declared_range(rule: Rule) -> None:
    for settings in settings_list(rule, 128)[1:]:
        for name in moved(rule, settings):
            low, high = rule.hyper[name].limits(rule.defaults[name])
            assert low <= settings[name] <= high


@EVERY_RULE
def test_a_dimension_stays_at_its_default_until_it_opens(rule: Rule) -> None:
    listed = settings_list(rule, 80)
    for name, domain in rule.hyper.items():
        first = next((n for n, settings in enumerate(listed) if name in moved(rule, settings)), None)
        assert first == (domain.opens_at - 1 if domain.searched else None), name


@EVERY_RULE
def test_static_options_are_never_searched(rule: Rule) -> None:
    assert all(moved(rule, settings) <= set(rule.hyper) for settings in settings_list(rule, 64))


def test_small_budgets_are_spent_on_the_learning_rate_alone() -> None:
    for rule in RULES.values():
        assert set().union(*(moved(rule, s) for s in settings_list(rule, 9))) == {"lr"}


def test_learning_rates_are_spread_evenly() -> None:
    """Low discrepancy: of 31 points no quarter of the log range holds fewer than 7 or more than 9."""
    rule = RULES["adam"]
    fractions = [rule.hyper["lr"].fraction(s["lr"], rule.defaults["lr"]) for s in settings_list(rule, 32)[1:]]
    counts = np.histogram(fractions, bins=4, range=(0, 1))[0]
    assert counts.min() >= 7
    assert counts.max() <= 9


def test_rules_with_the_same_range_are_tried_at_the_same_rates() -> None:
    one, other = (settings_list(RULES[name], 32)[1:] for name in ("adam", "lamb"))
    assert [s["lr"] for s in one] == [s["lr"] for s in other]
