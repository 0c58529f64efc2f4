"""torch's order of operations: the same formula, and the bits of torch's own kernels."""

import numpy as np
import pytest
import torch

from surefoot.engines import numpy as reference
from surefoot.engines.cpu import library_root
from surefoot.engines.cpu.kernel import Kernel
from surefoot.engines.cpu.llvm import CHUNK
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.rewriting.torch_order import in_torchs_order, with_torchs_root
from surefoot.engines.torch import table
from surefoot.rules import Rate, Rule, Value, ema
from surefoot.testing.engines import run_kernel
from tests.rules.own import CHOSEN, named

ELEMENTWISE = [(rule, static) for rule, static in CHOSEN if Graph.of(rule, static).elementwise]


def bits(rule: Rule, dtype: str, **slots: np.ndarray) -> dict[str, np.ndarray]:
    """One step of a rule in torch's order, by the kernel."""
    kernel = Kernel(with_torchs_root(in_torchs_order(Graph.of(rule))), dtype)
    scalars = kernel.uniforms(3, **{name: rule.defaults[name] for name in rule.hyper})
    return run_kernel(kernel, [slots], [0], [scalars])[0]


def randoms(size: int, dtype: str, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(size).astype(dtype)


@pytest.mark.parametrize(("rule", "static"), ELEMENTWISE, ids=named)
def test_the_formula_is_the_same(rule: Rule, static: dict[str, str | bool]) -> None:
    rng = np.random.default_rng(0)
    slots = {slot: np.abs(rng.standard_normal(50)) for slot in rule.slots}
    slots |= {"x": rng.standard_normal(50), "g": rng.standard_normal(50)}
    hyper = {name: float(rule.defaults[name]) for name in rule.hyper}
    kernel = Kernel(in_torchs_order(Graph.of(rule, static)), "float64")
    new = run_kernel(kernel, [slots], [0], [kernel.uniforms(3, **hyper)])[0]
    for slot, expected in reference.run(rule, slots, 3, **static).items():
        np.testing.assert_allclose(new[slot], expected, rtol=1e-12, atol=1e-13)


def one_sum(x: Value, g: Value, *, t: Value, lr: Rate = 0.37) -> Value:
    return x - lr * g


def one_square(x: Value, g: Value, *, t: Value, lr: Rate = 0.37) -> Value:
    return x + lr * (g * g)


def one_average(x: Value, g: Value, *, t: Value, beta: float = 0.9) -> Value:
    return ema(x, g, beta)


def one_average_near_the_new(x: Value, g: Value, *, t: Value, beta: float = 0.25) -> Value:
    return ema(x, g, beta)


def one_quotient(x: Value, g: Value, *, t: Value, lr: Rate = 0.37) -> Value:
    return x - lr * g / (1.0 + x * x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_each_rewriting_has_torchs_bits(dtype: str) -> None:
    x, g = randoms(1000, dtype), randoms(1000, dtype, 1)
    a, b = torch.from_numpy(x), torch.from_numpy(g)
    for function, expected in {
        one_sum: a.add(b, alpha=-0.37),
        one_square: a.addcmul(b, b, value=0.37),
        one_average: a.lerp(b, 1 - 0.9),
        one_average_near_the_new: a.lerp(b, 0.75),
        one_quotient: a.addcdiv(b, torch.ones_like(a).addcmul(a, a), value=-0.37),
    }.items():
        assert np.array_equal(bits(Rule.of(function), dtype, x=x, g=g)["x"], expected.numpy()), function.__name__


def roots(x: Value, g: Value, v: Value, *, t: Value, lr: Rate = 1.0) -> tuple[Value, Value]:
    from surefoot.rules import sqrt

    v = v + g * g
    return x - lr * sqrt(v), v


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [0, 1, 7, 1000, CHUNK - 1, CHUNK, CHUNK + 5, 3 * CHUNK + 11])
def test_a_root_is_torchs_in_every_place_of_every_chunk(dtype: str, size: int) -> None:
    slots = {"x": np.zeros(size, dtype), "g": randoms(size, dtype), "v": np.abs(randoms(size, dtype, 1))}
    new = bits(Rule.of(roots), dtype, **slots)
    v = torch.from_numpy(slots["v"]).addcmul(*[torch.from_numpy(slots["g"])] * 2)
    assert np.array_equal(new["v"], v.numpy())
    assert np.array_equal(new["x"], -v.sqrt().numpy())


def test_without_such_a_function_the_root_is_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_root, "address", lambda type_: None)
    slots = {"x": np.zeros(99, "float32"), "g": np.zeros(99, "float32"), "v": np.abs(randoms(99, "float32", 1))}
    assert np.array_equal(bits(Rule.of(roots), "float32", **slots)["x"], -np.sqrt(slots["v"]))


def test_torchs_eager_operations_give_the_kernels_bits() -> None:
    from surefoot.engines.evaluate import step

    adam = next(rule for rule, _ in CHOSEN if rule.facts.title == "Adam")
    graph = with_torchs_root(in_torchs_order(Graph.of(adam)))
    slots = {slot: np.abs(randoms(1000, "float32", k)) for k, slot in enumerate(adam.slots)}
    scalars = uniforms(graph)(3, **{name: float(adam.defaults[name]) for name in adam.hyper})
    tensors = {slot: torch.from_numpy(value) for slot, value in slots.items()}
    eager = step(graph, table(torch.float32, torch.device("cpu")), tensors, scalars)
    for slot, value in bits(adam, "float32", **slots).items():
        assert np.array_equal(value, eager[slot].numpy())
