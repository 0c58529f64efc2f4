r"""LaTeX of a rule: what is printed for known rules, and that it is well formed for every rule.

The expected text is written from the papers' formulas, not taken from a run.
"""

import re

import pytest

from surefoot.engines import show
from surefoot.engines.graph import Graph
from surefoot.engines.printing.formula import TEXT, write
from surefoot.engines.printing.latex import equations
from surefoot.rules import Rate, Rule, find, sign, where
from tests.rules.own import CHOSEN, named


@pytest.mark.parametrize(
    ("rule", "static", "lines"),
    [
        ("sgd", {}, [r"x_{t+1} = x_{t} - \eta \, g_{t}"]),
        (
            "rmsprop",
            {},
            [
                r"G_{t} = \beta \, G_{t-1} + \left(1 - \beta\right) \, g_{t}^{2}",
                r"x_{t+1} = x_{t} - \frac{\eta \, g_{t}}{\sqrt{G_{t} + \epsilon}}",
            ],
        ),
        (
            "momentum",
            {"form": "nesterov"},
            [
                r"m_{t} = \beta \, m_{t-1} + g_{t}",
                r"x_{t+1} = x_{t} - \eta \, \left(g_{t} + \beta \, m_{t}\right)",
            ],
        ),
    ],
)
def test_a_formula_is_the_paper_s(rule, static, lines):
    assert equations(Graph.of(find(rule), static)) == lines


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_every_rule_is_printed_with_every_bracket_closed(rule, static):
    text = show(rule, "latex", static)
    bare = re.sub(r"\\[{}|]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.count(r"\left") - text.count(r"\left|") == text.count(r"\right") - text.count(r"\right|")
    assert text.count(r"\begin") == text.count(r"\end")
    for slot in Graph.of(rule, static).state:
        assert slot[0] in text or not slot[0].isascii()


def own(x, g, *, t, lr: Rate = 0.1):
    return x - (lr - (1 - lr)) * sign(g) / (-x) ** 2 - where(x > 1, -g, g - x)


def test_parentheses_stand_where_the_order_needs_them_and_nowhere_else():
    graph = Graph.of(Rule.of(own))
    text = write(graph, graph.outputs["x"], TEXT, {})
    assert text == "x - (lr - (1 - lr))*sign(g)/(-x)^2 - (-g if x > 1 else g - x)"
    value = eval(text.replace("^", "**"), {"x": 2.0, "g": 3.0, "lr": 0.25, "sign": lambda a: 1.0})
    assert value == own_by_hand(2.0, 3.0, 0.25)


def own_by_hand(x, g, lr):
    return x - (lr - (1 - lr)) * 1.0 / (-x) ** 2 - (-g if x > 1 else g - x)
