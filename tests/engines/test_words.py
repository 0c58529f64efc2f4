"""Every word of the vocabulary on hostile numbers: all engines give NumPy's answer, NaN and signed zeros included."""

import numpy as np
import pytest

from surefoot.engines import numpy as reference
from surefoot.engines.cpu import llvm
from surefoot.engines.graph import Graph
from surefoot.rules import OPERATIONS, Rule
from surefoot.rules.vocabulary import COMPARISONS, Value
from surefoot.testing.engines import HOSTILE, INEXACT, Engine, assert_same, by_kernel, by_torch
from tests.engines.words import WORDS

A, B = (grid.ravel() for grid in np.meshgrid([*HOSTILE, 0.5, 3.0, -7.0], [*HOSTILE, 0.5, 3.0, -7.0]))


def test_every_word_is_here_and_printed() -> None:
    assert set(WORDS) == set(OPERATIONS) == set(llvm.INSTRUCTIONS) | {"norm"}
    assert all(word in {node.op for node in Graph.of(rule_of(word)).nodes} for word in WORDS)


def rule_of(word: str, constant: float | None = None) -> Rule:
    """x becomes word(x, g), or word(x, constant)."""

    def one_word(x: Value, g: Value, *, t: Value, a: float = 1.0) -> Value:
        return WORDS[word](x, g if constant is None else constant)

    return Rule.of(one_word)


@pytest.mark.parametrize("engine", [by_kernel, by_torch])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("word", WORDS)
def test_of_two_tensors(word: str, dtype: str, engine: Engine) -> None:
    with np.errstate(over="ignore"):
        slots = {"x": A.astype(dtype), "g": B.astype(dtype)}
    rule = rule_of(word)
    loose = {"float32": 1e-6, "float64": 1e-14}[dtype] if word in INEXACT else None
    assert_same(np.asarray(engine(rule, slots, 1, dtype)["x"]), reference.run(rule, slots, 1, dtype)["x"], loose, word)


@pytest.mark.parametrize("engine", [by_kernel, by_torch])
@pytest.mark.parametrize("constant", [0.0, -0.0, 1e-45, 1e300, np.inf, -np.inf, np.nan, 1 / 3])
@pytest.mark.parametrize("word", sorted({"add", "mul", "div", "maximum", "minimum", *COMPARISONS}))
def test_of_a_tensor_and_a_constant(word: str, constant: float, engine: Engine) -> None:
    slots = {"x": A.astype("float32"), "g": A.astype("float32")}
    rule = rule_of(word, constant)
    expected = reference.run(rule, slots, 1, "float32")["x"]
    assert_same(np.asarray(engine(rule, slots, 1, "float32")["x"]), expected, None, f"{word} {constant}")
