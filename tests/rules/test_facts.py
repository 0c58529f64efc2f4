"""What rules state of themselves is complete, and measured."""

from itertools import product
from math import sqrt

import numpy as np
import pytest

from surefoot.engines.graph import Graph
from surefoot.errors import UserError
from surefoot.rules import RULES, Rate, Rule, Value, facts
from surefoot.rules.rule import Setting
from tests.rules.own import EVERY, named
from tests.rules.walk import walk

SIZES = (1e-3, 1.0, 1e3)
FORMS = [(rule, library) for rule in RULES.values() for library in rule.facts.forms]
STATED = [rule for rule in EVERY if rule.facts.scale_invariant is not None]


def without_epsilon(rule: Rule) -> dict[str, Setting]:
    return {"eps": 0.0} if "eps" in rule.hyper else {}


@pytest.mark.parametrize("rule", list(RULES.values()), ids=named)
def test_every_rule_of_ours_states_all_its_facts(rule: Rule) -> None:
    facts = rule.facts
    assert facts.title.isidentifier()
    assert facts.title.lower().replace("_", "") == rule.name.replace("_", "")
    assert facts.source
    assert facts.first_step
    assert facts.scale_invariant is not None
    assert rule.function.__doc__


def test_titles_are_distinct() -> None:
    assert len({rule.title for rule in RULES.values()}) == len(RULES)


@pytest.mark.parametrize(("rule", "library"), FORMS, ids=lambda a: a.name if isinstance(a, Rule) else a)
def test_every_form_passes_the_rules_own_checks_and_traces(rule: Rule, library: str) -> None:
    settings = rule.form(library)
    assert set(settings) == set(rule.defaults)
    assert {name: settings[name] for name in rule.facts.forms[library]} == dict(rule.facts.forms[library])
    assert Graph.of(rule, settings).outputs


@pytest.mark.parametrize("rule", [r for r in EVERY if r.facts.first_step], ids=named)
@pytest.mark.parametrize(("g", "lr"), list(product(SIZES, (1e-3, 0.3))))
def test_the_first_step_is_as_long_as_stated(rule: Rule, g: float, lr: float) -> None:
    settings: dict[str, Setting] = {**without_epsilon(rule), "lr": lr}
    for name, domain in rule.hyper.items():
        if name.startswith("beta"):
            settings[name] = domain.quantile(0.3, 0.9)
    stated = eval(str(rule.facts.first_step), {"sqrt": sqrt, "g": g}, rule.settings(settings))
    (after,) = walk(rule, 0.0, [-g], **settings)
    assert after["x"] == pytest.approx(stated, rel=1e-12)


@pytest.mark.parametrize("rule", STATED, ids=named)
def test_scaling_all_gradients_leaves_the_walk_unchanged_exactly_where_stated(rule: Rule) -> None:
    rng = np.random.default_rng(0)
    grads = rng.standard_normal((30, 4))
    start = rng.standard_normal(4)
    plain, larger, smaller = (
        [after["x"] for after in walk(rule, start, scale * grads, **without_epsilon(rule))]
        for scale in (1.0, 2.0**30, 2.0**-30)
    )
    # By powers of two every operation scales without rounding: the walks are equal to the last bit or not at all.
    same = np.array_equal(plain, larger) and np.array_equal(plain, smaller)
    assert same == rule.facts.scale_invariant


def test_facts_without_parentheses_are_refused() -> None:
    with pytest.raises(UserError, match=r'facts needs its parentheses: @facts\("'):

        @facts
        def bare(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
            return x - lr * g
