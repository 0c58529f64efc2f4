"""A rule read at g = 0, against the NumPy engine given a gradient of zeros."""

import inspect
from typing import Any

import numpy as np
import pytest

from surefoot.engines.analysis.idle import FACTOR, awake, idle
from surefoot.engines.graph import Graph
from surefoot.engines.numpy import run
from surefoot.rules import Rate, Rule, Value, find, where
from surefoot.rules.rule import ANY_NUMBER
from surefoot.testing.engines import by_kernel, random_hyper, static_choices
from tests.rules.own import EVERY

CASES = [(rule, static) for rule in EVERY for static in static_choices(rule) if Graph.of(rule, static).elementwise]
every_case = pytest.mark.parametrize(("rule", "static"), CASES, ids=lambda c: getattr(c, "name", None) or str(c))


def random_slots(rule: Rule, static: dict[str, Any], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """No state that steps would lead to: any, so that what only holds of those is not taken for the rule's own."""
    slots = {slot: rng.uniform(0.1, 2.0, 20) for slot in ("x", *Graph.of(rule, static).state)}
    return {**slots, "g": np.zeros(20)}


@every_case
def test_a_step_without_gradient_multiplies_by_the_factors_and_changes_nothing_else(rule, static):
    rng = np.random.default_rng(0)
    found = idle(Graph.of(rule, static))
    for t in (1, 2, 50):
        settings = random_hyper(rule, rng) | static
        before = random_slots(rule, static, rng)
        after = run(rule, before, t, **settings)
        factors = dict(zip(found.factors, found.values(t, **{h: settings[h] for h in rule.hyper}), strict=True))
        for slot in set(after) - set(found.lost):
            np.testing.assert_allclose(after[slot], before[slot] * factors.get(slot, 1.0), rtol=1e-12, err_msg=slot)


@every_case
def test_what_is_called_lost_does_change_otherwise(rule, static):
    rng = np.random.default_rng(1)
    found = idle(Graph.of(rule, static))
    differs = dict.fromkeys(found.lost, False)
    for t, sign in ((1, 1), (20, -1)):
        anything = {name: sign * float(rule.defaults[name]) for name, d in rule.hyper.items() if d is ANY_NUMBER}
        settings = rule.settings() | static | anything
        before = random_slots(rule, static, rng)
        after = run(rule, before, t, **settings)
        factors = dict(zip(found.factors, found.values(t, **{h: settings[h] for h in rule.hyper}), strict=True))
        for slot in found.lost:
            differs[slot] |= not np.allclose(after[slot], before[slot] * factors.get(slot, 1.0), rtol=1e-7, atol=0)
    assert all(differs.values())


@every_case
def test_an_awakened_rule_is_the_rule_on_multiplied_slots(rule, static):
    rng = np.random.default_rng(2)
    slots = random_slots(rule, static, rng) | {"g": rng.normal(size=20)}
    graph = Graph.of(rule, static)
    names = [slot for slot in graph.outputs if slot in idle(graph).factors]
    woken = awake(graph, names)
    assert woken.hyper == (*graph.hyper, *map(FACTOR.format, names))
    given = {name: 0.5 + 0.1 * k for k, name in enumerate(names)}

    def multiplied(*args: Any, **options: Any) -> Any:
        halved = [value * given[slot] if slot in given else value for slot, value in zip(rule.slots, args, strict=True)]
        return rule.function(*halved, **options)

    multiplied.__signature__ = inspect.signature(rule.function)  # type: ignore[attr-defined]
    multiplied.__annotations__ = rule.function.__annotations__
    once = {slot: value * given.get(slot, 1.0) for slot, value in slots.items()}
    expected = run(rule, once, 3, **static)
    got = by_kernel(Rule.of(multiplied), slots, 3, "float64", **static)
    for slot, value in expected.items():
        np.testing.assert_allclose(got[slot], value, rtol=1e-12, err_msg=slot)


def test_the_factors_are_those_of_the_formulas():
    settings = {"lr": 0.5, "beta1": 0.75, "beta2": 0.875, "eps": 1e-8, "weight_decay": 0.25}
    assert idle(Graph.of(find("adamw"))).values(7, **settings) == (1 - 0.5 * 0.25, 0.75, 0.875)
    assert idle(Graph.of(find("adagrad"))).factors == ()
    assert idle(Graph.of(find("adagrad"))).exact
    assert idle(Graph.of(find("rmsprop"), {"centered": True})).factors == ("G", "m")
    assert idle(Graph.of(find("adam"))).lost == ("x",)


def test_a_direction_makes_no_difference():
    assert idle(Graph.of(find("adamw"), maximize=True)).factors == idle(Graph.of(find("adamw"))).factors


def test_a_branch_that_asks_for_the_gradient_is_taken():
    def masked(x: Value, g: Value, m: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value, Value]:
        m = where(g != 0, 0.5 * m + g, m)
        return where(g == 0, x, x - lr * m), m

    found = idle(Graph.of(Rule.of(masked)))
    assert (found.factors, found.lost) == ((), ())
