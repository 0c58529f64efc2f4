"""The number by which a rule stretches a tensor's step, found in its graph."""

import pytest

from surefoot.engines.analysis.trust import trust_ratio
from surefoot.engines.graph import Graph
from surefoot.rules import RULES, Rate, Rule, Value, norm
from tests.rules.own import EVERY


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_only_rules_with_norms_have_one(rule):
    graph = Graph.of(rule)
    assert (trust_ratio(graph) is not None) <= (not graph.elementwise)


def test_the_learning_rate_is_no_part_of_it():
    graph = Graph.of(RULES["lamb"])
    length, stride = (i for i in graph.tensor_nodes if graph.nodes[i].op == "norm")
    ratio = graph.nodes[trust_ratio(graph)]
    inner = graph.nodes[ratio.args[1]]
    assert graph.nodes[inner.args[1]].args == (length, stride)


@pytest.mark.parametrize(
    "twice", [lambda lr, r, g: lr * r * g, lambda lr, r, g: r * (lr * g), lambda lr, r, g: lr * (g * r)]
)
def test_it_is_found_wherever_it_is_multiplied(twice):
    def lars(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value]:
        return (x - twice(lr, norm(x) / norm(g), g),)

    graph = Graph.of(Rule.of(lars))
    assert graph.nodes[trust_ratio(graph)].op == "div"


def test_a_norm_that_divides_the_step_is_none():
    def unit(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value]:
        return (x - lr * (g / norm(g)),)

    assert trust_ratio(Graph.of(Rule.of(unit))) is None
