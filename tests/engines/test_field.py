"""Landscapes and their derived gradients, against SymPy, torch's autograd and finite differences."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from surefoot.engines.field import Field
from surefoot.engines.numpy import table
from surefoot.engines.torch import table as torch_table
from surefoot.errors import UserError
from surefoot.rules import norm, sqrt, where
from tests.engines.landscapes import ALL, SMOOTH, bowl, drifting, kinked, ravine, shaken, washboard, wells

NUMPY = table("float64")
POINT = st.floats(-2, 2, allow_nan=False, allow_subnormal=False)


def rest(field: Field) -> dict[str, float]:
    return {"t": 7.0, **dict.fromkeys(field.noises, 0.3)}


@pytest.mark.parametrize("function", ALL)
@given(point=st.lists(POINT, min_size=3, max_size=3))
def test_the_gradient_is_what_autograd_finds(function: Callable[..., Any], point: list[float]) -> None:
    field = Field.of(function)
    at = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in point[: len(field.coordinates)]]
    engine = torch_table(torch.float64, torch.device("cpu"))
    words = {**engine.ops, "sqrt": torch.sqrt}  # the engine's own root is NumPy's, and has no gradient
    given = {name: engine.scalar(value) for name, value in rest(field).items()}
    loss, gradient = field.evaluate(type(engine)(engine.scalar, words), at, **given)
    loss.backward()
    for mine, coordinate in zip(gradient, at, strict=True):
        theirs = 0.0 if coordinate.grad is None else float(coordinate.grad)
        if function is kinked and _near_a_kink(point):
            continue
        assert mine.item() == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def _near_a_kink(point: list[float]) -> bool:
    x, y, _ = point
    return min(abs(x), abs(y), abs(x - y), abs(x * y - 0.25)) < 1e-12


@pytest.mark.parametrize("function", SMOOTH)
def test_the_gradient_is_the_limit_of_differences(function: Callable[..., Any]) -> None:
    field = Field.of(function)
    at = np.random.default_rng(0).uniform(-1.5, 1.5, (len(field.coordinates), 50))
    _, gradient = field.evaluate(NUMPY, list(at))
    for row, along in enumerate(gradient):
        ahead, behind = at.copy(), at.copy()
        ahead[row] += 1e-6
        behind[row] -= 1e-6
        slope = (field.evaluate(NUMPY, list(ahead))[0] - field.evaluate(NUMPY, list(behind))[0]) / 2e-6
        np.testing.assert_allclose(along, slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("function", [bowl, ravine, washboard, wells])
def test_the_loss_is_the_function_itself(function: Callable[..., Any]) -> None:
    field = Field.of(function)
    point = [0.25, -1.5, 0.75][: len(field.coordinates)]
    keywords = {p.name: p.default for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
    assert field.evaluate(NUMPY, point)[0] == pytest.approx(function(*point, **keywords), rel=1e-15)


def test_closed_forms_symbolically() -> None:
    import sympy as sp

    words = {"add": sp.Add, "mul": sp.Mul, "sub": lambda a, b: a - b, "div": lambda a, b: a / b}
    x, y, c = sp.symbols("x y c", real=True)
    symbolic = type(NUMPY)(sp.Rational, words)
    loss, gradient = Field.of(ravine).evaluate(symbolic, (x, y), condition=c)
    assert sp.simplify(loss - (x**2 + c * y**2) / 2) == 0
    assert [sp.simplify(g - sp.diff(loss, s)) for g, s in zip(gradient, (x, y), strict=True)] == [0, 0]


def test_parameters_t_and_noise_come_in() -> None:
    field = Field.of(drifting)
    assert (field.moves, field.noises, dict(field.parameters)) == (True, ("noise_x",), {"speed": 0.01})
    assert field.evaluate(NUMPY, (2.0, 1.0), t=100.0, noise_x=0.5)[1] == (1.5, 3.0)
    assert field.evaluate(NUMPY, (2.0, 1.0), t=100.0, speed=0.0)[1] == (2.0, 3.0)  # no noise unless given


def test_at_a_kink_the_side_is_the_stated_one() -> None:
    assert Field.of(abs).evaluate(NUMPY, (0.0,))[1] == (0.0,)
    assert Field.of(lambda x: where(x > 0, 3 * x, x)).evaluate(NUMPY, (0.0,))[1] == (1.0,)


def test_a_flat_direction_has_gradient_zero() -> None:
    assert Field.of(lambda x, y: x * 2.0).evaluate(NUMPY, (1.0, 1.0))[1] == (2.0, 0.0)


def no_coordinates(*, a: float = 1.0) -> float:
    return a


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_coordinates, "must take its coordinates by name"),
        (lambda *x: x[0], "must take its coordinates by name"),
        (lambda x=1.0: x, "coordinate x cannot have a default"),
        (lambda x, *, a: a * x, "parameter a must have a number as its default, got none"),
        (lambda x, *, a="b": x, "parameter a must have a number as its default, got 'b'"),
        (lambda x, *, noise_z: x, "noise_z must be noise_ and the name of a coordinate, one of x"),
        (lambda x: 1.0, "must return one value, its loss, got float"),
        (lambda x: 2 * np.sin(x), "cannot be traced"),
        (lambda x: x if x > 0 else -x, "cannot branch on a value"),
        (lambda x: x > 0, "returns a comparison"),
        (norm, "takes a norm of one number"),
        (3.0, "must be a Python function"),
    ],
)
def test_what_is_no_landscape_is_refused_in_one_line(function: Any, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        Field.of(function)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("at", "inputs", "message"),
    [
        ((1.0, 2.0), {"t": 1.0}, "has 1 coordinates"),
        ((1.0,), {}, "give t"),
        ((1.0,), {"t": 1.0, "scael": 2.0}, "did you mean 'scale'"),
    ],
)
def test_wrong_inputs_are_named(at: tuple[float, ...], inputs: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Field.of(shaken).evaluate(NUMPY, at, **inputs)


def test_a_root_at_its_end_has_an_infinite_slope() -> None:
    with np.errstate(divide="ignore"):
        assert Field.of(sqrt).evaluate(NUMPY, (np.float64(0.0),))[1] == (np.inf,)
