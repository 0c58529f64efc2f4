"""A rule is traced, not run: what cannot be recorded is refused in one line that names the rule and the operation."""

import math
import sys
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import torch

from surefoot.errors import UserError
from surefoot.rules import Rate, Rule, maximum, norm, sqrt, where
from surefoot.rules.rule import Setting
from surefoot.rules.vocabulary import Value
from tests.rules.own import CHOSEN, named

Body = Callable[[Value, Value, Value, Value], object]
BODIES: dict[str, tuple[Body, str]] = {
    "if": (lambda x, g, m, t: (x if t > 5 else g, m), r"cannot branch on a value \(if, and, or, not, min, max\)"),
    "and": (lambda x, g, m, t: (x, m and g), "cannot branch on a value"),
    "min": (lambda x, g, m, t: (min(x, g), m), r"use where\(\), minimum\(\) or maximum\(\)"),
    "in": (lambda x, g, m, t: (x, g in [m]), "cannot branch on a value"),
    "math": (lambda x, g, m, t: (math.sqrt(x), m), r"cannot turn a value into a number \(float\(\), math\.\*\)"),
    "float": (lambda x, g, m, t: (x * float(t), m), "cannot turn a value into a number"),
    "range": (
        lambda x, g, m, t: (sum([x for _ in range(t)]), m),
        "range.*: a count is fixed while tracing, as a static option",
    ),
    "numpy": (
        lambda x, g, m, t: (np.sqrt(x), m),
        r"TypeError: .*ufunc.*; a rule computes with .* surefoot.rules alone \(test_trace.py, line \d+\)$",
    ),
    "an array": (lambda x, g, m, t: (x - np.ones(3) * g, m), "takes values and plain numbers, got ndarray"),
    "torch": (
        lambda x, g, m, t: (torch.sqrt(x), m),
        "TypeError: sqrt.*; a rule computes with .* the functions of surefoot.rules alone",
    ),
    "a tensor": (lambda x, g, m, t: (x - torch.ones(3) * g, m), "takes values and plain numbers, got Tensor"),
    "text": (lambda x, g, m, t: (x + "1", m), "add in a rule takes values and plain numbers, got str"),
    "method": (lambda x, g, m, t: (x.sum(), m), r"a value in a rule has no \.sum: the words are"),
    "modulo": (lambda x, g, m, t: (x % 2, m), "has no % and //: to count to k, keep the count in a state slot"),
    "index": (lambda x, g, m, t: (x[0], m), "TypeError: 'Value' object is not subscriptable; a rule computes with"),
    "length": (
        lambda x, g, m, t: (x / len(g), m),
        r"TypeError: object of type 'Value' has no len\(\); a rule computes with",
    ),
    "both": (
        lambda x, g, m, t: (where((x > 0) & (g > 0), x, g), m),
        r"has no &, \| and ~: write where\(a, where\(b, yes",
    ),
    "not": (lambda x, g, m, t: (where(~(g > 0), x, g), m), r"where\(a, no, yes\) for ~a"),
    "exit": (lambda x, g, m, t: (sys.exit("out"), m), "SystemExit: out"),
    "comparison added": (
        lambda x, g, m, t: (x + (g > 0), m),
        "a comparison in a rule stands as the condition of where",
    ),
    "comparison kept": (lambda x, g, m, t: (x, g > 0), r"returns a comparison; make it a number by where"),
    "number as condition": (lambda x, g, m, t: (where(g, x, m), m), "a comparison in a rule stands as the condition"),
    "one result": (lambda x, g, m, t: x, r"must return \(x, m\), each computed from values; got a value$"),
    "three results": (
        lambda x, g, m, t: (x, m, g),
        r"must return \(x, m\), each computed from values; got \(a value, a value, a value\)",
    ),
    "nothing": (lambda x, g, m, t: None, r"must return \(x, m\), each computed from values; got None"),
    "a list": (lambda x, g, m, t: [x, m], r"must return \(x, m\), each computed from values; got a list"),
    "a number": (lambda x, g, m, t: (x, 0.0), r"must return \(x, m\), each computed from values; got \(a value, 0.0\)"),
    "its own error": (lambda x, g, m, t: (x / 0 + {}["a"], m), "KeyError: 'a'"),
}


@pytest.mark.parametrize("case", BODIES)
def test_what_cannot_be_traced_is_named(case: str) -> None:
    body, message = BODIES[case]

    def mine(x: Value, g: Value, m: Value, *, t: Value, lr: Rate = 0.1) -> object:
        return body(x, g, m, t)

    with pytest.raises(UserError, match=f"^rule mine .*{message}") as caught:
        Rule.of(mine).trace({})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_every_rule_traces_alike_twice_and_uses_its_gradient(rule: Rule, static: dict[str, Setting]) -> None:
    (tape, results), (again, others) = rule.trace(static), rule.trace(static)
    assert tape.nodes == again.nodes
    assert list(results) == ["x", *rule.state]
    assert {slot: value.index for slot, value in results.items()} == {slot: v.index for slot, v in others.items()}
    assert any(tape.input("g").index in node.args for node in tape.nodes)


def test_static_options_choose_while_tracing() -> None:
    def bent(x: Value, g: Value, *, t: Value, lr: Rate = 0.1, flip: bool = False) -> Value:
        return x - lr * where(flip, sqrt(abs(g)), maximum(g, 0))

    words = [[node.op for node in Rule.of(bent).trace({"flip": flip})[0].nodes] for flip in (True, False)]
    assert words[0][-2:] == words[1][-2:] == ["mul", "sub"]


def test_a_norm_is_a_value_like_any_other() -> None:
    def scaled(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - lr * g / norm(g)

    tape, _ = Rule.of(scaled).trace({})
    assert [node.op for node in tape.nodes].count("norm") == 1


def test_plain_numbers_of_any_library_are_numbers() -> None:
    def scaled(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - np.float32(0.5) * lr * g * Fraction(1, 4) * np.int64(2)

    tape, _ = Rule.of(scaled).trace({})
    assert [node.payload for node in tape.nodes if node.op == "const"] == [0.5, 0.25, 2.0]


def test_a_value_kept_from_one_trace_is_refused_in_the_next() -> None:
    kept = []

    def keeps(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        kept.append(g)
        return x - lr * kept[0]

    rule = Rule.of(keeps)
    rule.trace({})
    with pytest.raises(UserError, match=r"rule keeps .*: a value of an earlier call is used; .* in a state slot"):
        rule.trace({})


def test_a_value_shows_what_it_is() -> None:
    def shown(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        assert (repr(x), repr(x - lr * g)) == ("<value x>", "<value sub>")
        return x

    Rule.of(shown).trace({})
