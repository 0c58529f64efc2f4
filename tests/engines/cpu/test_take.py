"""A plan that steps the first of its tensors alone, as many as it is told, on any number of threads."""

import numpy as np
import pytest

from surefoot.engines.cpu import kernel as module
from surefoot.engines.cpu.kernel import Kernel
from surefoot.engines.graph import Graph
from surefoot.rules import find


@pytest.mark.parametrize("threads", [1, 3])
def test_only_so_many_tensors_are_stepped(threads, monkeypatch):
    monkeypatch.setattr(module, "ALONE", 1)
    sizes = [5, 0, 40_000, 3, 16_384, 7]
    x = [np.zeros(size) for size in sizes]
    g = [np.ones(size) for size in sizes]
    kernel = Kernel(Graph.of(find("sgd")), "float64")
    plan = kernel.plan(sizes, [0] * len(sizes))
    plan.table[:] = [[a.ctypes.data for a in row] for row in (x, g)]
    plan.fill(0, kernel.uniforms(1, lr=1.0))
    steps = np.zeros(len(sizes))
    for count in (3, 0, 6, 1, 4):
        plan.take(count)
        plan.run(threads)
        steps[:count] -= 1
        for size, values, expected in zip(sizes, x, steps, strict=True):
            np.testing.assert_array_equal(values, np.full(size, expected))
