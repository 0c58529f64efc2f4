"""The words: each distinct operation recorded once, numbers kept apart as kernels see them."""

import math

import pytest

from surefoot.rules import OPERATIONS, cos, debias, ema, exp, log, maximum, minimum, norm, root, sign, sin, sqrt, where
from surefoot.rules.vocabulary import Node, Tape


def recorded(tape: Tape) -> list[str]:
    return [node.op for node in tape.nodes]


def test_equal_operations_are_recorded_once() -> None:
    tape = Tape()
    x, y = tape.input("x"), tape.input("y")
    assert (x + y).index == (x + y).index
    assert (x + y).index != (y + x).index  # source order is kept: nothing is rewritten
    assert (x * 0.5).index == (x * 0.5).index
    assert tape.input("x").index == x.index


def test_zero_and_minus_zero_are_two_constants_and_one_and_true_the_same() -> None:
    tape = Tape()
    x = tape.input("x")
    assert (x + 0.0).index != (x + -0.0).index
    assert (x + 1).index == (x + 1.0).index == (x + True).index
    assert (x + math.nan).index == (x + math.nan).index
    assert [repr(n.payload) for n in tape.nodes if n.op == "const"] == ["0.0", "-0.0", "1.0", "nan"]


def test_squares_and_roots_are_recorded_as_the_exact_operations() -> None:
    tape = Tape()
    x = tape.input("x")
    assert (x**2).index == (x * x).index
    assert (x**2.0).index == (x * x).index
    assert (x**0.5).index == sqrt(x).index
    assert recorded(tape) == ["input", "mul", "sqrt"]
    assert tape.nodes[(x**3).index] == Node("pow", (0, 3))
    assert tape.nodes[(2**x).index].op == "pow"


def test_every_word_records_itself_and_the_vocabulary_is_just_these() -> None:
    tape = Tape()
    x, y = tape.input("x"), tape.input("y")
    (x + y, 1 - x, 2 * x, 1 / x, x - y, x / y, x**y, -x, abs(x), +x)
    (sqrt(x), sign(x), exp(x), log(x), sin(x), cos(x), maximum(x, 0), minimum(0, x), norm(x))
    for condition in (x < y, x <= y, x > y, x >= y, x == y, x != y):
        where(condition, x, y)
    assert set(recorded(tape)) - {"input", "const"} == set(OPERATIONS)
    for node in tape.nodes:
        assert node.op in ("input", "const") or len(node.args) == OPERATIONS[node.op].arity


def test_numbers_alone_are_just_computed() -> None:
    assert sqrt(4.0) == 2
    assert exp(log(3.0)) == pytest.approx(3)
    assert sin(0.5) ** 2 + cos(0.5) ** 2 == pytest.approx(1)
    assert sign(-2.5) == -1
    assert maximum(1, 2) == 2
    assert minimum(1, 2) == 1
    assert where(True, 1, 2) == 1
    assert ema(1.0, 3.0, 0.5) == 2


@pytest.mark.parametrize(("word", "extreme"), [(maximum, max), (minimum, min)])
def test_the_larger_and_smaller_number_are_nan_if_either_is(word: object, extreme: object) -> None:
    for a, b in ((1.0, math.nan), (math.nan, 1.0)):
        assert math.isnan(word(a, b))
    for a, b in ((1.0, -math.inf), (2.0, 3.0), (3.0, 2.0)):
        assert word(a, b) == extreme(a, b)
    for a, b in ((0.0, -0.0), (-0.0, 0.0)):
        assert math.copysign(1, word(a, b)) == math.copysign(1, b)


def test_idioms_are_the_formulas_they_are_named_for() -> None:
    v, eps = 0.09, 0.04
    assert root(v, eps, "inside") == math.sqrt(0.13)
    assert root(v, eps, "outside") == pytest.approx(0.34)
    assert root(v, 0.5, "maximum") == 0.5
    assert debias(0.5, 0.5, 2) == pytest.approx(2 / 3)


def test_a_value_is_no_key_and_no_sequence() -> None:
    x = Tape().input("x")
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    with pytest.raises(TypeError):
        len(x)
