"""Norms: against the exact sum of squares, however many chunks, threads and tensors there are."""

import math

import numpy as np
import pytest
import torch

from surefoot.engines import numpy as reference
from surefoot.engines.cpu.kernel import Kernel
from surefoot.engines.cpu.llvm import CHUNK
from surefoot.engines.graph import Graph
from surefoot.engines.torch import OPS
from surefoot.rules import Rate, Rule, norm
from surefoot.rules.vocabulary import Value
from surefoot.testing.engines import Array, by_torch, run_kernel
from tests.rules.own import OWN, named


def length(x: Value, g: Value, n: Value, *, t: Value, lr: Rate = 1.0) -> tuple[Value, Value]:
    """Keeps the gradient's norm where it can be read."""
    return x - lr * g, 0.0 * n + norm(g)


LENGTH = Rule.of(length)
SIZES = (1, 2, 15, 1000, CHUNK, CHUNK + 1, 3 * CHUNK + 17)


def exact(g: Array) -> np.longdouble:
    """The norm from the exact sum of the squares' two halves, which math.fsum adds without rounding."""
    squares = np.square(g.astype(np.longdouble))
    high = squares.astype(np.float64)
    low = (squares - high).astype(np.float64)
    return np.sqrt(np.longdouble(math.fsum(high)) + np.longdouble(math.fsum(low)))


@pytest.mark.parametrize(("dtype", "ulp"), [("float32", 1), ("float64", 4)])
@pytest.mark.parametrize("spread", [0, 6, 38])
def test_within_a_few_ulp_of_the_exact_norm_whatever_the_threads(dtype: str, ulp: int, spread: int) -> None:
    """Accumulated in float64: for float32 as good as exact, for float64 with the rounding of 65,536 plain additions."""
    rng = np.random.default_rng(0)
    grads = [np.asarray(rng.standard_normal(n) * 10.0 ** rng.uniform(-spread, spread * 0.97, n), dtype) for n in SIZES]
    tensors = [{"x": g, "g": g, "n": np.zeros_like(g)} for g in grads]
    kernel = Kernel(Graph.of(LENGTH), dtype)
    scalars = [kernel.uniforms(1, lr=1.0)]
    norms = [[new["n"][0] for new in run_kernel(kernel, tensors, [0] * 7, scalars, k)] for k in (1, 2, 3)]
    assert norms[0] == norms[1] == norms[2]
    for got, g in zip(norms[0], grads, strict=True):
        assert abs(np.longdouble(got) - exact(g)) <= ulp * np.spacing(got), len(g)


def test_a_norm_does_not_depend_on_the_tensors_beside_it() -> None:
    rng = np.random.default_rng(0)
    grads = [rng.standard_normal(n).astype("float32") for n in (5, 2 * CHUNK + 5, 0, 77)]
    tensors = [{"x": g, "g": g, "n": g} for g in grads]
    kernel = Kernel(Graph.of(LENGTH))
    scalars = [kernel.uniforms(1, lr=1.0)]
    together = run_kernel(kernel, tensors, [0] * 4, scalars, 2)
    for tensor, new in zip(tensors, together, strict=True):
        assert np.array_equal(run_kernel(kernel, [tensor], [0], scalars)[0]["n"], new["n"])


@pytest.mark.parametrize("rule", [r for r in OWN if Graph.of(r).tensor_nodes], ids=named)
def test_nested_norms_in_two_passes_equal_numpy_over_chunks(rule: Rule) -> None:
    rng = np.random.default_rng(3)
    sizes = (3, CHUNK + 9, 0, 2 * CHUNK)
    tensors = [{slot: rng.standard_normal(n) for slot in rule.slots} for n in sizes]
    graph = Graph.of(rule)
    assert len(graph.passes) == 3
    kernel = Kernel(graph, "float64")
    hyper = {name: float(rule.defaults[name]) for name in rule.hyper}
    stepped = run_kernel(kernel, tensors, [0] * 4, [kernel.uniforms(2, **hyper)], 2)
    for tensor, new in zip(tensors, stepped, strict=True):
        for other in (reference.run(rule, tensor, 2), by_torch(rule, tensor, 2, "float64")):
            for slot, values in other.items():
                np.testing.assert_allclose(new[slot], values, rtol=1e-12, atol=1e-15)


def test_a_norm_of_nothing_is_zero_and_of_infinity_infinite() -> None:
    for values, expected in (([], 0.0), ([3.0, -4.0], 5.0), ([1.0, -np.inf], np.inf), ([np.nan, 1.0], np.nan)):
        g = np.array(values, "float32")
        assert np.array_equal(reference.norm(g), expected, equal_nan=True)
        assert np.array_equal(OPS["norm"](torch.from_numpy(g)).numpy(), expected, equal_nan=True)
        kernel = Kernel(Graph.of(LENGTH))
        new = run_kernel(kernel, [{"x": g, "g": g, "n": np.zeros_like(g)}], [0], [kernel.uniforms(1, lr=1.0)])[0]
        assert np.array_equal(new["n"], np.full_like(g, expected), equal_nan=True)
