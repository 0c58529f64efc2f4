"""Formulas as plain text: read back by Python, they are what the engine computes, so every parenthesis is in place."""

import math

import numpy as np
import pytest

from surefoot.engines import numpy as reference
from surefoot.engines.graph import Graph
from surefoot.engines.printing import latex, mathml
from surefoot.engines.printing.formula import TEXT, write
from surefoot.rules import Rate, Rule, Value, minimum
from surefoot.rules.rule import Setting
from tests.rules.own import CHOSEN, named

WORDS = {
    **{word: getattr(math, word) for word in ("sqrt", "exp", "log", "sin", "cos")},
    "sign": lambda a: (a > 0) - (a < 0),
    "norm": abs,  # of a tensor of one element
}


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_what_is_printed_is_what_is_computed(rule: Rule, static: dict[str, Setting]) -> None:
    graph = Graph.of(rule, static)
    rng = np.random.default_rng(3)
    slots = {slot: abs(rng.standard_normal(1)) for slot in rule.slots}
    slots |= {slot: rng.standard_normal(1) for slot in ("x", "g")}
    expected = reference.run(rule, slots, 3, **static)
    names = {slot: float(v[0]) for slot, v in slots.items()} | {h: rule.defaults[h] for h in rule.hyper} | {"t": 3}
    for slot, end in graph.outputs.items():
        text = write(graph, end, TEXT, {}).replace("^", "**")
        assert eval(text, {**WORDS, **names}) == pytest.approx(float(expected[slot][0]), rel=1e-12, abs=1e-12)


def test_a_negative_constant_stands_in_parentheses_in_every_notation() -> None:
    def shifted(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - -0.5 * (-2.0) ** t * g

    graph = Graph.of(Rule.of(shifted))
    end = graph.outputs["x"]
    assert write(graph, end, TEXT, {}) == "x - (-0.5)*(-2)^t*g"
    assert r"\left(-2\right)^{t}" in write(graph, end, latex.LATEX, {})
    assert "<mo>(</mo><mn>-2</mn><mo>)</mo>" in write(graph, end, mathml.MATHML, {})


def test_infinity_is_written_as_such() -> None:
    def capped(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - lr * minimum(g, math.inf)

    graph = Graph.of(Rule.of(capped))
    end = graph.outputs["x"]
    assert r"\infty" in write(graph, end, latex.LATEX, {})
    assert "<mn>∞</mn>" in write(graph, end, mathml.MATHML, {})
