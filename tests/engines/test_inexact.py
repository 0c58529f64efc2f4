"""Words that every engine takes from another library: within 4 ulp of the truth, and alike at the ends."""

import numpy as np
import pytest

from surefoot.engines import numpy as reference
from surefoot.rules import Rate, Rule, cos, exp, log, sin
from surefoot.rules.vocabulary import Value
from surefoot.testing.engines import Array, Engine, assert_same, by_kernel, by_torch


def exponential(x: Value, g: Value, *, t: Value, lr: Rate = 1.0) -> Value:
    return exp(x) + 0.0 * g


def logarithm(x: Value, g: Value, *, t: Value, lr: Rate = 1.0) -> Value:
    return log(x) + 0.0 * g


def sine(x: Value, g: Value, *, t: Value, lr: Rate = 1.0) -> Value:
    return sin(x) + 0.0 * g


def cosine(x: Value, g: Value, *, t: Value, lr: Rate = 1.0) -> Value:
    return cos(x) + 0.0 * g


def power(x: Value, g: Value, *, t: Value, lr: Rate = 1.0) -> Value:
    return x**g


TRUE = {
    exponential: lambda x, g: np.exp(x),
    logarithm: lambda x, g: np.log(x),
    sine: lambda x, g: np.sin(x),
    cosine: lambda x, g: np.cos(x),
    power: np.power,
}
ENDS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 1e-40, 80.0, -120.0, 1000.0, -1000.0, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("engine", [reference.run, by_kernel, by_torch])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", TRUE)
def test_within_4_ulp_of_the_true_value(function: object, dtype: str, engine: Engine) -> None:
    rng = np.random.default_rng(0)
    signs = rng.choice([-1, 1], 20_000) if function in (exponential, sine, cosine) else 1
    x = (rng.uniform(0.01, 40, 20_000) * signs).astype(dtype)
    g = rng.uniform(-8, 8, 20_000).astype(dtype)
    true = TRUE[function](x.astype(np.longdouble), g.astype(np.longdouble))
    got: Array = np.asarray(engine(Rule.of(function), {"x": x, "g": g}, 1, dtype)["x"])
    assert (np.abs(got - true) <= 4 * np.spacing(np.abs(true).astype(dtype))).all()


@pytest.mark.parametrize("engine", [by_kernel, by_torch])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", TRUE)
def test_alike_at_the_ends(function: object, dtype: str, engine: Engine) -> None:
    x, g = (grid.ravel().astype(dtype) for grid in np.meshgrid(ENDS, ENDS))
    rule = Rule.of(function)
    expected = reference.run(rule, {"x": x, "g": g}, 1, dtype)["x"]
    got = np.asarray(engine(rule, {"x": x, "g": g}, 1, dtype)["x"])
    assert_same(got, expected, {"float32": 1e-6, "float64": 1e-14}[dtype], rule.name)
