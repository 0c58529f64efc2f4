"""The edge of stability, against the thresholds that are published for the linear rules."""

import math

import pytest

from surefoot.engines.analysis.edge import edge
from surefoot.engines.graph import Graph
from surefoot.rules import Rate, Value, ema, find, sign
from surefoot.rules.rule import Rule


def of(rule, **settings):
    chosen = rule.settings(settings)
    return edge(Graph.of(rule, chosen), {name: chosen[name] for name in rule.hyper})


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(
    ("name", "settings", "published"),
    [
        ("sgd", {}, lambda b: 2),
        ("adagrad", {}, lambda b: 2),
        ("rmsprop", {"beta": ...}, lambda b: 2),
        ("adam", {"beta1": ...}, lambda b: 2 * (1 + b) / (1 - b)),
        ("adam", {"beta1": ..., "beta2": 0.5}, lambda b: 2 * (1 + b) / (1 - b)),
        ("amsgrad", {"beta1": ...}, lambda b: 2 * (1 + b) / (1 - b)),
        # lr h < 2(1+b), and the effective rate is lr/(1-b)
        ("momentum", {"beta": ..., "form": "heavy ball"}, lambda b: 2 * (1 + b) / (1 - b)),
        ("momentum", {"beta": ..., "form": "ema"}, lambda b: 2 * (1 + b) / (1 - b)),
        # lr h < 2(1+b)/(1+2b)
        ("momentum", {"beta": ..., "form": "nesterov"}, lambda b: 2 * (1 + b) / (1 + 2 * b) / (1 - b)),
    ],
)
def test_the_published_thresholds(name, settings, published, beta):
    chosen = {key: beta if value is ... else value for key, value in settings.items()}
    assert of(find(name), **chosen) == pytest.approx(published(beta), rel=1e-6)


@pytest.mark.parametrize("beta", [0.0, 0.6])
def test_a_rule_of_ones_own_settles_below_its_edge_and_not_above(beta):
    """A rule with two averages in a row: its edge is where the error, iterated by hand, begins to grow."""

    def twice(x: Value, g: Value, a: Value, b: Value, *, t: Value, lr: Rate = 0.1, beta: float = 0.6):
        a = ema(a, g, beta)
        b = ema(b, a, beta)
        return x - lr * b, a, b

    def last(h):
        e, a, b = 1.0, 0.0, 0.0
        for _ in range(4000):
            a = beta * a + (1 - beta) * h * e
            b = beta * b + (1 - beta) * a
            e -= 0.1 * b
        return abs(e)

    found = of(Rule.of(twice), beta=beta) / 0.1  # the effective rate is lr
    assert last(0.95 * found) < 1e-3
    assert last(1.05 * found) > 1e3


def test_weight_decay_moves_the_edge():
    """x' = (1 - lr wd) x - lr h x: stable while lr (h + wd) < 2."""
    decayed = of(find("adamw"), beta1=0.0, lr=0.1, weight_decay=1.0)
    assert decayed == pytest.approx(1.9, rel=1e-6)


def test_a_rule_that_ignores_the_gradient_has_no_edge():
    def still(x: Value, g: Value, *, t: Value, lr: Rate = 0.1):
        return x * (1 - lr)

    assert math.isinf(of(Rule.of(still)))


def test_a_rule_that_ascends_is_never_stable():
    assert edge(Graph.of(find("sgd"), maximize=True), {"lr": 0.1}) == 0


def test_a_rule_of_signs_counts_by_its_effective_rate():
    def signs(x: Value, g: Value, *, t: Value, lr: Rate = 0.1):
        return x - lr * sign(g)

    assert of(Rule.of(signs)) == pytest.approx(2)
