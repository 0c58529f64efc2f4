"""The SymPy engine: the same numbers as the NumPy reference, and symbols that know their domain."""

import math

import numpy as np
import pytest
import sympy as sp

from surefoot.engines import numpy as reference
from surefoot.engines.graph import Graph
from surefoot.engines.sympy import OPS, exact, symbol, walk
from surefoot.rules import find
from surefoot.rules.vocabulary import OPERATIONS
from tests.rules.own import CHOSEN, named


def test_the_engine_knows_every_word():
    assert set(OPS) == set(OPERATIONS)


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
@pytest.mark.parametrize("t", [1, 50])
def test_a_step_is_numpy_s(rule, static, t):
    rng = np.random.default_rng(3)
    slots = {slot: abs(float(rng.standard_normal())) + 0.25 for slot in rule.slots}
    slots["g"] = -slots["g"]
    graph = Graph.of(rule, static)
    hyper = {name: exact(float(rule.defaults[name])) for name in rule.hyper}
    values = walk(graph, {**hyper, **{s: exact(v) for s, v in slots.items()}, "t": sp.Integer(t)})
    expected = reference.run(rule, {s: [v] for s, v in slots.items()}, t, **static)
    for slot, index in graph.outputs.items():
        assert math.isclose(float(values[index]), expected[slot][0], rel_tol=1e-9, abs_tol=1e-12), slot


def test_the_recurrence_of_the_exercise_falls_out_of_the_rule():
    lr, beta, eps, h, e, v = sp.symbols("lr beta eps h e v", positive=True)
    graph = Graph.of(find("rmsprop"))
    values = walk(graph, {"x": e, "g": h * e, "G": v, "t": 1, "lr": lr, "beta": beta, "eps": eps, "m": 0})
    after = beta * v + (1 - beta) * h**2 * e**2
    assert sp.simplify(values[graph.outputs["G"]] - after) == 0
    assert sp.simplify(values[graph.outputs["x"]] - e * (1 - lr * h / sp.sqrt(after + eps))) == 0


def test_a_decimal_is_read_as_it_is_written():
    assert exact(0.9) == sp.Rational(9, 10)
    assert exact(1e-8) == sp.Rational(1, 10**8)
    assert exact(float("inf")) == sp.oo


def test_a_symbol_has_the_sign_of_its_domain():
    assert symbol("eps", find("adam").hyper["eps"]).is_positive
    from surefoot.rules.rule import ANY_NUMBER

    free = symbol("c", ANY_NUMBER)
    assert free.is_real
    assert free.is_positive is None
