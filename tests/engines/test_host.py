"""The host's share: float64 as IEEE says it, where Python would raise or turn complex, and under whatever names."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.engines import evaluate
from surefoot.engines import numpy as reference
from surefoot.engines.graph import Graph
from surefoot.engines.host import source, uniforms
from surefoot.errors import UserError
from surefoot.rules import Rate, Rule, cos, exp, log, maximum, minimum, sign, sin, sqrt, where
from surefoot.rules.rule import Setting
from surefoot.rules.vocabulary import Value
from tests.rules.own import CHOSEN, named

OF_TWO: dict[str, Callable[[Value, Value], Value]] = {
    "1 / a": lambda a, b: 1 / a,
    "a / b": lambda a, b: a / b,
    "a ** b": lambda a, b: a**b,
    "sqrt": lambda a, b: sqrt(a),
    "log": lambda a, b: log(a),
    "exp": lambda a, b: exp(a * b),
    "sin": lambda a, b: sin(minimum(a, b)),
    "cos": lambda a, b: cos(maximum(a, b)),
    "1 / sign": lambda a, b: 1 / sign(a),
    "1 / maximum": lambda a, b: 1 / maximum(a - b, 0.0),
    "1 / minimum": lambda a, b: 1 / minimum(a, -0.0),
    "1 / where": lambda a, b: 1 / where(a < b, 0.0, 2.0),
    "abs of a root": lambda a, b: abs((-abs(a)) ** (1 / 3)),
    "comparisons": lambda a, b: where(a >= b, 1.0, where(a == b, 2.0, where(a != b, 3.0, 4.0))),
}


@pytest.mark.parametrize("word", OF_TWO)
@given(a=st.floats(), b=st.floats())
def test_the_host_computes_what_numpy_computes(word: str, a: float, b: float) -> None:
    def rule(x: Value, g: Value, *, t: Value, a: float = 1.0, b: float = 1.0) -> Value:
        return x - OF_TWO[word](a, b) * g

    def tensors(x: Value, g: Value, *, t: Value, lr: Rate = 1.0) -> Value:
        return OF_TWO[word](x, g)

    (got,) = uniforms(Graph.of(Rule.of(rule)))(1, a=a, b=b)
    slots = {"x": np.array([a]), "g": np.array([b])}
    with np.errstate(all="ignore"):
        graph = Graph.of(Rule.of(tensors))
        table = evaluate.Table(np.float64, reference.OPS)
        expected = float(evaluate.step(graph, table, slots, [0.0] * len(graph.hoisted))["x"].item())
    assert got == pytest.approx(expected, rel=1e-14, abs=0, nan_ok=True)
    assert math.isnan(got) or math.copysign(1, got) == math.copysign(1, expected)


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_every_rule_has_finite_scalars_at_its_defaults(rule: Rule, static: dict[str, Setting]) -> None:
    graph = Graph.of(rule, static)
    hyper = {name: float(rule.defaults[name]) for name in rule.hyper}
    for t in (1, 2, 10**9):
        assert all(map(math.isfinite, uniforms(graph)(t, **hyper)))
    assert source(graph).startswith(f"def uniforms({', '.join(('t', *rule.hyper))}):")


def test_a_count_beyond_2_to_the_24_is_exact() -> None:
    def counted(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - t * g

    assert uniforms(Graph.of(Rule.of(counted)))(2**24 + 1, lr=0.1) == (2**24 + 1,)


def test_a_power_of_two_counts_is_computed_in_floats() -> None:
    def towering(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - t**t * g

    assert uniforms(Graph.of(Rule.of(towering)))(10**9, lr=0.1) == (math.inf,)


def test_names_of_our_own_may_be_hyperparameters() -> None:
    def named_so(x: Value, g: Value, *, t: Value, sqrt: float = 2.0, exp: float = 3.0, v4: float = 5.0) -> Value:
        return x - (sqrt * exp + v4 ** (sqrt - 1)) * g

    assert uniforms(Graph.of(Rule.of(named_so)))(1, sqrt=2.0, exp=3.0, v4=5.0) == (11.0,)


def test_a_missing_hyperparameter_is_named() -> None:
    with pytest.raises(UserError, match=r"sgd takes hyperparameters lr: .*missing.*'lr'"):
        uniforms(Graph.of(CHOSEN[0][0]))(1)
