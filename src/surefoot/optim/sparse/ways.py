"""Two ways to step some rows of a table: in place by the kernel, or gathered into a block that torch steps."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.engines.idle import FACTOR, awake
from surefoot.engines.kernel import Kernel, Plan
from surefoot.optim.eager import step_tensor, working_dtype
from surefoot.optim.memory import KERNEL_DTYPES
from surefoot.optim.sparse.gradient import Named

Factors = Mapping[str, NDArray[np.float64]]


def way(p: Tensor, graph: Graph, slots: Sequence[str], width: int) -> "ByKernel | ByTorch":
    """The quicker way that a parameter can go.

    Args:
        graph: the rule. slots: those that a row's missed steps multiply. width: numbers in a row.
    """
    real = p.dtype.to_real() if p.is_complex() else p.dtype
    if real in KERNEL_DTYPES and p.device.type == "cpu":
        return ByKernel(Kernel(awake(graph, slots), KERNEL_DTYPES[real]), slots, width)
    return ByTorch(graph)


class ByKernel:
    """Each row is to the kernel a tensor of its own, found by its address; its missed steps are a number of its own."""

    def __init__(self, kernel: Kernel, slots: Sequence[str], width: int) -> None:
        self._kernel = kernel
        self._width = width
        self._slots = slots
        names = [kernel.graph.nodes[i].payload for i in kernel.graph.hoisted]
        self._own = {slot: names.index(FACTOR.format(slot)) for slot in slots if FACTOR.format(slot) in names}
        self._shared = [i for i in range(len(names)) if i not in self._own.values()]
        self._room = 0
        self._plan: Plan | None = None

    def step(
        self, p: Tensor, state: Sequence[Tensor], named: Named, factors: Factors, scalars: Sequence[float]
    ) -> None:
        """Step the named rows in place, each slot multiplied by its factor, (rows,), first."""
        count = len(named.rows)
        plan = self._planned(count)
        bytes_ = self._width * named.values.element_size()
        offsets = named.rows.numpy() * bytes_
        first = named.values.data_ptr()
        plan.table[1, :count] = np.arange(first, first + count * bytes_, bytes_)
        for row, tensor in zip((0, *range(2, len(plan.table))), (p, *state), strict=True):
            np.add(offsets, tensor.data_ptr(), out=plan.table[row, :count])
        with np.errstate(over="ignore", under="ignore"):
            for row, scalar in zip(self._shared, scalars, strict=True):
                plan.uniforms[row, :count] = scalar
            for slot, row in self._own.items():
                plan.uniforms[row, :count] = factors[slot]
        plan.take(count)
        plan.run(torch.get_num_threads())
        torch.autograd.graph.increment_version([p])

    def _planned(self, count: int) -> Plan:
        """A plan with room for so many rows; it is made anew when a gradient names more than ever before."""
        if self._plan is None or count > self._room:
            self._room = 1 << (count - 1).bit_length()
            groups = range(self._room) if self._own else [0] * self._room
            self._plan = self._kernel.plan([self._width] * self._room, groups)
        return self._plan


class ByTorch:
    """The named rows are copied into a block, which is stepped as a tensor is, in its working type, and copied back."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def step(
        self, p: Tensor, state: Sequence[Tensor], named: Named, factors: Factors, scalars: Sequence[float]
    ) -> None:
        """Step the named rows in place, each slot multiplied by its factor, (rows,), first."""
        names = ("x", *self._graph.state)
        tables = dict(zip(names, (flat(v, named.values.shape[1]) for v in (p, *state)), strict=True))
        blocks = {slot: v.index_select(0, named.rows).to(working_dtype(v)) for slot, v in tables.items()}
        for slot, factor in factors.items():
            blocks[slot].mul_(torch.from_numpy(factor).to(blocks[slot])[:, None])
        block = blocks.pop("x")
        step_tensor(self._graph, block, named.values.to(block.dtype), blocks, scalars)
        for slot, value in {"x": block, **blocks}.items():
            tables[slot].index_copy_(0, named.rows, value.to(tables[slot].dtype))


def flat(v: Tensor, width: int) -> Tensor:
    """A contiguous tensor as a table of rows, complex numbers as pairs."""
    real = torch.view_as_real(v.detach()) if v.is_complex() else v.detach()
    return real.view(-1, width)
