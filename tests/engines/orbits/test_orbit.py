"""Orbits by the compiled map against the NumPy evaluation of the same map, and against stepping the rule itself."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.engines import numpy as reference
from surefoot.engines.cpu.native import machine_code
from surefoot.engines.field import Field
from surefoot.engines.numpy import table
from surefoot.engines.orbits import llvm as orbit_llvm
from surefoot.engines.orbits import numpy as orbit_numpy
from surefoot.engines.orbits.composed import Map, compose
from surefoot.engines.orbits.orbit import Orbits
from surefoot.errors import UserError
from surefoot.rules import Rate, Rule, find
from surefoot.rules.rule import Setting
from surefoot.testing.engines import INEXACT, random_hyper
from tests.engines.landscapes import bowl, curious, drifting, kinked, ravine, shaken, washboard, wells
from tests.rules.own import CHOSEN, EVERY, named

#: Below this a number counts as zero in the compiled orbit.
SMALLEST = 2.3e-308


def is_exact(map_: Map) -> bool:
    return not {map_.nodes[i].op for i in map_.needed} & INEXACT


def same(got: Any, expected: Any, exact: bool, loose: float) -> None:
    """Bit for bit but for what is below the smallest normal number, or within a tolerance."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
    with np.errstate(invalid="ignore"):
        alike = (got == expected) | np.isnan(got) & np.isnan(expected) | (np.abs(got - expected) < SMALLEST)
        if not exact:
            alike |= np.abs(got - expected) <= loose * np.maximum(np.abs(expected), 1)
    assert alike.all(), (got[~alike][:3], expected[~alike][:3])


def settings(rule: Rule, orbits: int, seed: int) -> dict[str, Any]:
    """Hyperparameters of each orbit, from all over their ranges."""
    rng = np.random.default_rng(seed)
    rows = [random_hyper(rule, rng) for _ in range(orbits)]
    return {name: np.array([row[name] for row in rows], float) for name in rule.hyper}


def laid_out(orbits: Orbits, start: Any, parameters: dict[str, Any]) -> Any:
    return orbits.run(start, 0, parameters).variables


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_every_rule_walks_as_numpy_says(rule: Rule, static: dict[str, Setting]) -> None:
    """On two coordinates, a landscape that moves, noise of each orbit's own, hyperparameters of each orbit's own."""
    field, count, steps = Field.of(drifting), 65, 12
    orbits = Orbits(compose(rule, field, static))
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((steps, 1, count))
    parameters = settings(rule, count, 2) | {"field:speed": rng.uniform(0, 0.1, count)}
    start = rng.uniform(-1, 1, (2, count))
    got = orbits.run(start, steps, parameters, noise=noise)
    expected = orbit_numpy.run(orbits.map, laid_out(orbits, start, parameters), steps, parameters, noise=noise)
    same(got.variables, expected, is_exact(orbits.map), 1e-9)


@pytest.mark.parametrize("rule", EVERY, ids=named)
def test_every_rule_walks_on_a_line(rule: Rule) -> None:
    orbits = Orbits(compose(rule, Field.of(bowl)))
    parameters = settings(rule, 130, 2)
    start = np.random.default_rng(1).uniform(-1, 1, (1, 130))
    got = orbits.run(start, 20, parameters)
    expected = orbit_numpy.run(orbits.map, laid_out(orbits, start, parameters), 20, parameters)
    same(got.variables, expected, is_exact(orbits.map), 1e-9)


@pytest.mark.parametrize("function", [kinked, washboard, curious, wells, shaken])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["rmsprop", "adam", "lamb"])
def test_both_types_on_every_kind_of_landscape(name: str, dtype: str, function: Callable[..., Any]) -> None:
    field, count, steps = Field.of(function), 70, 10
    orbits = Orbits(compose(find(name), field), dtype)
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((steps, len(field.noises))) if field.noises else None
    start = rng.uniform(-1, 1, (len(field.coordinates), count)).astype(dtype)
    parameters = {"lr": rng.uniform(1e-3, 1e-2, count)}
    got = orbits.run(start, steps, parameters, noise=noise)
    expected = orbit_numpy.run(orbits.map, laid_out(orbits, start, parameters), steps, parameters, noise=noise)
    same(got.variables, expected, is_exact(orbits.map), {"float32": 1e-4, "float64": 1e-11}[dtype])


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_a_walk_is_the_rule_stepped_by_hand(rule: Rule, static: dict[str, Setting]) -> None:
    """Against the engine that optimizers are tested by: gradient by the field, step by the rule, nothing composed."""
    dtype = "float32"
    field = Field.of(ravine)
    orbits = Orbits(compose(rule, field, static), dtype)
    got = orbits.run([[0.7], [-0.4]], 20)
    x = np.array([0.7, -0.4], dtype)
    slots = dict(zip(orbits.map.variables, laid_out(orbits, [[0.7], [-0.4]], {})[:, 0], strict=True))
    state = sorted({name.partition(".")[0] for name in slots} - {"x"})
    new: dict[str, Any] = {"x": x} | {s: np.array([slots[f"{s}.x"], slots[f"{s}.y"]]) for s in state}
    for t in range(1, 21):
        with np.errstate(all="ignore"):
            _, gradient = field.evaluate(table(dtype), list(new["x"]))
        new = reference.run(rule, {**new, "g": np.array(gradient)}, t, dtype, **static)
    for row, name in enumerate(orbits.map.variables):
        slot, _, coordinate = name.partition(".")
        expected = new[slot]["xy".index(coordinate)]
        same(got.variables[row, 0], expected, False, 1e-5)


def test_where_nothing_is_inexact_numpys_bits_come_out_even_after_many_steps() -> None:
    orbits = Orbits(compose(find("rmsprop"), Field.of(bowl)))
    assert is_exact(orbits.map)
    rates = np.geomspace(1e-6, 10, 300)
    start = np.full((1, 300), 0.3)
    expected = orbit_numpy.run(orbits.map, laid_out(orbits, start, {"lr": rates}), 2000, {"lr": rates})
    same(orbits.run(start, 2000, {"lr": rates}).variables, expected, True, 0.0)


def test_bias_corrections_by_running_products_keep_their_tolerance() -> None:
    def correction(x: Any, g: Any, *, t: Any, lr: Rate = 0.1, beta: float = 0.9) -> Any:
        return 0.0 * x + 0.0 * g + 1 / (1 - beta**t)

    beta = 1 - np.geomspace(0.5, 1e-5, 100)
    orbits = Orbits(compose(Rule.of(correction), Field.of(bowl)))
    walk = orbits.run(np.zeros((1, 100)), 20_000, {"beta": beta}, every=7)
    assert walk.path is not None
    t = np.arange(7, 20_001, 7)[:, np.newaxis]
    true = (1 / (1 - beta.astype(np.longdouble) ** t)).astype(float)
    assert (np.abs(walk.path[:, 0] / true - 1) <= 2.0**-53 * (4 + 1 / (1 - beta))).all()


def test_t_goes_on_where_a_walk_goes_on() -> None:
    orbits = Orbits(compose(find("adam"), Field.of(drifting)))
    noise = np.random.default_rng(0).standard_normal((30, 1))
    whole = orbits.run([[1.0], [2.0]], 30, {"lr": 0.1}, noise=noise)
    half = orbits.run([[1.0], [2.0]], 11, {"lr": 0.1}, noise=noise[:11])
    rest = orbits.run(half.variables, 19, {"lr": 0.1}, noise=noise[11:], first=12)
    np.testing.assert_allclose(rest.variables, whole.variables, rtol=1e-13)


def test_what_is_recorded() -> None:
    orbits = Orbits(compose(find("momentum"), Field.of(ravine)))
    rates = np.linspace(1e-3, 5e-3, 90)
    walk = orbits.run([[1.0], [1.0]], 10, {"lr": rates}, every=3, keep=("m.y", "x.x"))
    assert walk.path is not None
    assert walk.path.shape == (3, 2, 90)
    for record, steps in enumerate((3, 6, 9)):
        there = orbits.run([[1.0], [1.0]], steps, {"lr": rates}).variables
        np.testing.assert_array_equal(walk.path[record], there[[orbits.map.variables.index(n) for n in ("m.y", "x.x")]])


@given(st.integers(1, 40), st.integers(1, 40))
def test_the_tail_is_that_of_the_path(steps: int, last: int) -> None:
    orbits = Orbits(compose(find("sgd"), Field.of(ravine)))
    rates = np.linspace(1e-3, 1.9e-2, 66)
    walk = orbits.run([[1.0], [-0.5]], steps, {"lr": rates}, every=1, tail=last)
    assert walk.path is not None
    assert walk.tail is not None
    tail = walk.path[-last:]
    np.testing.assert_array_equal(walk.tail.low, tail.min(0))
    np.testing.assert_array_equal(walk.tail.high, tail.max(0))
    np.testing.assert_array_equal(walk.tail.nearest, np.abs(tail).min(0))
    np.testing.assert_allclose(walk.tail.mean, tail.mean(0), rtol=1e-12, atol=1e-15)


def test_when_an_orbit_leaves() -> None:
    orbits = Orbits(compose(find("sgd"), Field.of(bowl)))
    walk = orbits.run([[1.0]], 3000, {"lr": np.array([0.5, 3.0, 4.0, 2.0])}, bound=100.0)
    # |1 - lr|^k > 100: never, after 7 steps of doubling, after 5 of tripling, never (a 2-cycle)
    assert walk.left.tolist() == [0, 7, 5, 0]
    unbound = orbits.run([[1.0]], 3000, {"lr": np.array([0.5, 3.0, 4.0, 2.0])})
    assert unbound.left.tolist() == [0, 1024, 646, 0]  # 2^1024 is beyond float64, and 4 * 3^645 too
    assert np.isnan(unbound.x[0, 1:3]).all()


def test_threads_and_company_change_nothing() -> None:
    orbits = Orbits(compose(find("adam"), Field.of(washboard)))
    rng = np.random.default_rng(5)
    start, rates = rng.uniform(-2, 2, (2, 201)), rng.uniform(1e-3, 1, 201)
    alone = orbits.run(start, 50, {"lr": rates}, threads=1)
    np.testing.assert_array_equal(orbits.run(start, 50, {"lr": rates}, threads=4).variables, alone.variables)
    for k in (0, 63, 64, 200):
        single = orbits.run(start[:, k : k + 1], 50, {"lr": rates[k]})
        np.testing.assert_array_equal(single.variables[:, 0], alone.variables[:, k])


@pytest.mark.parametrize("function", [washboard, curious, kinked, shaken])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_loop_over_lanes_is_vectorised(
    function: Callable[..., Any], dtype: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """LLVM warns where a loop that asks to be vectorised is not: one such loop is 4 to 8 times as slow."""
    machine_code(orbit_llvm.module(compose(find("adam"), Field.of(function)), dtype))
    assert "not vectorized" not in capfd.readouterr().err


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sines_of_huge_numbers_are_right_and_leave_the_others_alone(dtype: str) -> None:
    """Lanes far beyond what the fast loop can do, between lanes near zero; state and running products are put back."""
    orbits = Orbits(compose(find("adam"), Field.of(washboard)), dtype)
    start = np.random.default_rng(6).uniform(-2, 2, (2, 70))
    near = orbits.run(start, 8, {"lr": 0.1})
    mixed = start.copy()
    mixed[:, 3] = 3e6, -4e7
    mixed[0, 66] = 5e5
    got = orbits.run(mixed, 8, {"lr": 0.1}, bound=1e6)
    expected = orbit_numpy.run(orbits.map, laid_out(orbits, mixed, {}), 8, {"lr": 0.1})
    same(got.variables, expected, False, {"float32": 1e-5, "float64": 1e-12}[dtype])
    others = np.delete(np.arange(70), [3, 66])
    np.testing.assert_array_equal(got.variables[:, others], near.variables[:, others])
    assert np.flatnonzero(got.left).tolist() == [3]


def test_flushing_of_denormals_ends_with_the_run() -> None:
    Orbits(compose(find("sgd"), Field.of(bowl))).run(np.ones((1, 500)), 5)
    assert np.float64(2.2250738585072014e-308) * np.float64(0.5) > 0


def test_state_starts_where_the_rule_says() -> None:
    rule = find("adagrad")
    orbits = Orbits(compose(rule, Field.of(ravine)))
    (parameter,) = set(rule.start.values())
    walk = orbits.run([[0.0], [0.0]], 0, {parameter: np.array([0.25, 4.0])})
    np.testing.assert_array_equal(walk.variables, [[0, 0], [0, 0], [0.25, 4], [0.25, 4]])


@pytest.mark.parametrize(
    ("start", "options", "message"),
    [
        ([[1.0]], {}, r"start must be \(2, orbits\) coordinates"),
        ([1.0, 2.0], {}, "start must be"),
        ([[1.0], [1.0]], {"parameters": {"rate": 1.0}}, "no parameter 'rate'"),
        ([[1.0, 2.0], [1.0, 2.0]], {"parameters": {"lr": np.ones(3)}}, "one column an orbit"),
        ([[1.0], [1.0]], {"noise": np.ones((5, 2))}, r"noise must be \(5, 1\)"),
        ([[1.0], [1.0]], {"noise": None}, "got none"),
        ([[1.0], [1.0]], {"keep": ("z",)}, "keep: no variable 'z'"),
        ([[1.0], [1.0]], {"keep": ("x.x", "x.x")}, "keep: 'x.x' stands there twice"),
        ([[1.0], [1.0]], {"parameters": {"lr": np.ones((2, 2))}}, "one column an orbit"),
        ([[1.0], [1.0]], {"parameters": {"lr": "fast"}}, "lr must be numbers: could not convert"),
        ([[1.0], [1j]], {}, "start must be numbers"),
        ([[1.0], [1.0]], {"steps": -1}, "steps must be a whole number from 0, got -1"),
        ([[1.0], [1.0]], {"steps": 2.5}, "steps must be a whole number from 0, got 2.5"),
        ([[1.0], [1.0]], {"first": 0}, "first must be a whole number from 1, got 0"),
        ([[1.0], [1.0]], {"every": True}, "every must be a whole number from 0, got True"),
        ([[1.0], [1.0]], {"tail": -3}, "tail must be a whole number from 0, got -3"),
    ],
)
def test_wrong_input_is_named_in_one_line(start: Any, options: dict[str, Any], message: str) -> None:
    orbits = Orbits(compose(find("sgd"), Field.of(drifting)))
    with pytest.raises(UserError, match=message) as error:
        orbits.run(start, **{"steps": 5, "noise": np.zeros((5, 1)), **options})
    assert "\n" not in str(error.value)


def test_a_record_too_large_for_memory_and_a_type_there_is_not() -> None:
    map_ = compose(find("sgd"), Field.of(bowl))
    with pytest.raises(UserError, match="memory has no place for a record of 10,000,000,000,000 x 1 x 70 numbers"):
        Orbits(map_).run(np.ones((1, 70)), 10**13, every=1)
    with pytest.raises(UserError, match="dtype must be 'float32' or 'float64', got 'float16'"):
        Orbits(map_, "float16")


def tent(x: Any, g: Any, *, t: Any, lr: Rate = 1.0) -> Any:
    """x becomes 1 - 2|x|, whatever the gradient, which must not be needed."""
    return 1 - 2 * abs(x) + 0 * g


def test_the_tangent_map_multiplies_by_the_derivative() -> None:
    map_ = compose(Rule.of(tent), Field.of(bowl)).tangent(2)
    assert map_.variables == ("x.x", "0.x.x", "1.x.x")
    walk = Orbits(map_).run([[0.3, -0.3], [1.0, 1.0], [0.0, -3.0]], 1)
    np.testing.assert_array_equal(walk.variables, [[0.4, 0.4], [-2.0, 2.0], [0.0, -6.0]])


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_tangents_are_the_limit_of_differences(rule: Rule, static: dict[str, Setting]) -> None:
    map_ = compose(rule, Field.of(ravine), static)
    begin = orbit_numpy.run(map_, laid_out_alone(map_, [[0.7], [-0.3]]), 3, {})
    direction = np.random.default_rng(7).standard_normal(begin.shape) * np.abs(begin)
    both = np.concatenate([begin, direction])
    got = orbit_numpy.run(map_.tangent(), both, 1, {}, first=4)[len(begin) :]
    h = 1e-6
    ahead = orbit_numpy.run(map_, begin + h * direction, 1, {}, first=4)
    behind = orbit_numpy.run(map_, begin - h * direction, 1, {}, first=4)
    np.testing.assert_allclose(got, (ahead - behind) / (2 * h), rtol=2e-5, atol=1e-8)


def laid_out_alone(map_: Map, point: list[list[float]]) -> Any:
    """The variables at the start, at the defaults, nothing compiled."""
    rows = [[map_.parameters[map_.start[name]] if name in map_.start else 0.0] for name in map_.variables]
    return np.array([*point, *rows[len(point) :]])
