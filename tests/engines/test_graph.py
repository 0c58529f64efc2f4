"""The graph: what is hoisted to the host, in how many passes the elements are swept, which state is kept."""

import pytest

from surefoot.engines.graph import Graph, Level
from surefoot.errors import UserError
from surefoot.rules import Rate, Rule, norm, where
from surefoot.rules.rule import Setting
from surefoot.rules.vocabulary import Value
from tests.rules.own import CHOSEN, named


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_levels_follow_from_what_a_node_depends_on(rule: Rule, static: dict[str, Setting]) -> None:
    graph = Graph.of(rule, static)
    inputs: list[set[str]] = []
    for i, node in enumerate(graph.nodes):
        below = set().union(*(inputs[a] for a in node.args)) if node.op != "norm" else {"a norm"}
        inputs.append({str(node.payload)} if node.op == "input" else below)
        per_tensor = Level.TENSOR if "a norm" in inputs[i] else Level.HOST
        expected = Level.ELEMENT if inputs[i] & set(rule.slots) else per_tensor
        assert graph.levels[i] == expected, f"%{i} of\n{graph.text()}"


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_no_pass_computes_what_depends_on_t_and_hyperparameters_alone(rule: Rule, static: dict[str, Setting]) -> None:
    graph = Graph.of(rule, static)
    swept = [i for sweep in graph.passes for i in sweep.body]
    assert all(graph.levels[i] == Level.ELEMENT for i in swept)
    assert set(graph.outputs.values()) <= set(swept) | set(graph.hoisted) | set(graph.tensor_nodes)
    for i in swept:
        for a in graph.nodes[i].args:
            known = a in swept or a in graph.hoisted or a in graph.tensor_nodes or graph.nodes[a].op == "const"
            assert known, f"%{i} needs %{a}:\n{graph.text()}"


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_passes_keep_source_order_and_store_every_output_last(rule: Rule, static: dict[str, Setting]) -> None:
    graph = Graph.of(rule, static)
    assert all(list(sweep.body) == sorted(sweep.body) for sweep in graph.passes)
    assert [bool(sweep.stores) for sweep in graph.passes] == [False] * (len(graph.passes) - 1) + [True]
    assert graph.passes[-1].stores == graph.outputs
    assert sorted(n for sweep in graph.passes for n, _ in sweep.norms) == [
        i for i in graph.needed if graph.nodes[i].op == "norm"
    ]
    for node in graph.nodes:
        assert all(a < graph.nodes.index(node) for a in node.args)


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_text_tells_every_needed_node(rule: Rule, static: dict[str, Setting]) -> None:
    graph = Graph.of(rule, static)
    lines = graph.text().splitlines()
    assert lines[0].startswith(f"{rule.name}: x, g")
    assert len(lines) == 1 + len(graph.needed) + len(graph.outputs)


def first_order(x: Value, g: Value, kept: Value, last: Value, swapped: Value, *, t: Value, lr: Rate = 0.1) -> tuple:
    return x - lr * last, kept, swapped, last


def test_a_slot_handed_through_is_no_state_unless_another_result_reads_it() -> None:
    assert Graph.of(Rule.of(first_order)).state == ("last", "swapped")


def reads_what_it_keeps(x: Value, g: Value, anchor: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value, Value]:
    return x - lr * (g + x - anchor), anchor


def test_a_constant_slot_that_the_step_reads_is_state() -> None:
    assert Graph.of(Rule.of(reads_what_it_keeps)).state == ("anchor",)


def test_equal_operations_are_computed_once_and_in_the_order_they_were_written() -> None:
    def twice(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return (x - lr * g) * (x - lr * g) + (lr * g) / (1 - lr)

    graph = Graph.of(Rule.of(twice))
    words = [node.op for node in graph.nodes if node.op not in ("input", "const")]
    assert words == ["mul", "sub", "mul", "sub", "div", "add"]


def test_maximize_is_the_rule_on_the_negative_gradient() -> None:
    def plain(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - lr * g

    words = [node.op for node in Graph.of(Rule.of(plain), maximize=True).nodes]
    assert words == ["input", "input", "input", "input", "neg", "mul", "sub"]


def test_a_rule_that_leaves_x_alone_has_one_pass() -> None:
    def idle(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x

    graph = Graph.of(Rule.of(idle))
    assert graph.outputs == {"x": 0}
    assert len(graph.passes) == 1


def test_the_norm_of_a_number_is_refused() -> None:
    def of_rate(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - norm(lr) * g

    def of_norm(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - norm(where(norm(x) > 1, norm(x), 1.0)) * g

    for function in (of_rate, of_norm):
        with pytest.raises(UserError, match=f"rule {function.__name__} takes the norm of one number"):
            Graph.of(Rule.of(function))
