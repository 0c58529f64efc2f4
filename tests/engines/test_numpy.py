"""NumPy, the reference: against formulas written out by hand here, and its errors."""

import numpy as np
import pytest

from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.numpy import OPS, run, table
from surefoot.errors import UserError
from surefoot.rules import OPERATIONS, find


def test_every_word_has_a_meaning() -> None:
    assert set(OPS) == set(OPERATIONS)


def test_adams_second_step_by_hand() -> None:
    m, v, g = 0.1, 0.04, 0.5
    new = run(find("adam"), {"x": 3.0, "g": g, "m": m, "v": v}, t=2, lr=0.1, beta1=0.5, beta2=0.75, eps=0.25)
    m, v = 0.5 * 0.1 + 0.5 * 0.5, 0.75 * 0.04 + 0.25 * 0.25
    assert new["m"] == m
    assert new["v"] == v
    assert new["x"] == pytest.approx(3.0 - 0.1 * (m / 0.75) / (np.sqrt(v / 0.4375) + 0.25), rel=1e-15)


def test_lambs_step_by_hand() -> None:
    x, g = np.array([3.0, 4.0]), np.array([1.0, -1.0])
    zeros = np.zeros(2)
    new = run(find("lamb"), {"x": x, "g": g, "m": zeros, "v": zeros}, t=1, lr=0.5, eps=0.0, weight_decay=0.0)
    np.testing.assert_allclose(new["x"], x - 0.5 * 5 / np.sqrt(2) * np.sign(g), rtol=1e-14)


def test_float32_is_computed_in_float32() -> None:
    new = run(find("sgd"), {"x": np.float32(1), "g": np.float32(1)}, t=1, dtype="float32", lr=1e-9)
    assert new["x"].dtype == np.float32
    assert new["x"] == 1


def test_results_have_the_parameters_shape_and_inputs_stay() -> None:
    x = np.ones((2, 3))
    new = run(find("momentum"), {"x": x, "g": x, "m": x}, t=1)
    assert {slot: values.shape for slot, values in new.items()} == {"x": (2, 3), "m": (2, 3)}
    assert (x == 1).all()


def test_what_is_missing_or_out_of_bounds_is_named() -> None:
    with pytest.raises(UserError, match=r"adam needs the slot 'v'; given: x, g, m"):
        run(find("adam"), {"x": 1.0, "g": 1.0, "m": 0.0}, t=1)
    with pytest.raises(UserError, match=r"beta1 must be in \[0, 1\), got 1"):
        run(find("adam"), {"x": 1.0, "g": 1.0, "m": 0.0, "v": 0.0}, t=1, beta1=1)
    with pytest.raises(ValueError, match="shorter"):
        step(Graph.of(find("sgd")), table("float64"), {"x": np.ones(1), "g": np.ones(1)}, [])
