"""Two ways to step some rows of a table: in place by the kernel, or gathered into a block that torch steps."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.analysis.idle import FACTOR, awake
from surefoot.engines.cpu.kernel import Kernel, Plan
from surefoot.engines.graph import Graph
from surefoot.engines.rewriting import dither
from surefoot.engines.rewriting.precision import COMPENSATION
from surefoot.optim.column import Member
from surefoot.optim.eager import step_tensor, working_dtype
from surefoot.optim.memory import COMPUTED, KERNEL_DTYPES, STORED, storable
from surefoot.optim.precision import stored
from surefoot.optim.sparse.gradient import Named

Factors = Mapping[str, NDArray[np.float64]]


def way(member: Member, slots: Sequence[str], width: int) -> "ByKernel | ByTorch":
    """The quicker way that a parameter can go.

    Args:
        slots: those that a row's missed steps multiply. width: numbers in a row.
    """
    p, state = member.parameter, [member.state[slot] for slot in member.graph.state]
    types = [v.dtype.to_real() if v.is_complex() else v.dtype for v in (p, p, *state)]
    if p.device.type == "cpu" and types[0] in COMPUTED and storable(types):
        return ByKernel(stored(awake(member.column.graph, slots), p, member.column.group), types, slots, width)
    return ByTorch(member.graph)


class ByKernel:
    """Each row is to the kernel a tensor of its own, found by its address; its missed steps are a number of its own."""

    def __init__(self, graph: Graph, types: Sequence[torch.dtype], slots: Sequence[str], width: int) -> None:
        computed = COMPUTED[types[0]]
        storage = dict(zip(("x", "g", *graph.state), (STORED[computed][t] for t in types), strict=True))
        self._kernel = Kernel(graph, KERNEL_DTYPES[computed], storage)
        self._width = width
        names = [graph.nodes[i].payload for i in graph.hoisted]
        self._own = {slot: names.index(FACTOR.format(slot)) for slot in slots if FACTOR.format(slot) in names}
        self._shared = [i for i in range(len(names)) if i not in self._own.values()]
        self._room = 0
        self._plan: Plan | None = None

    def step(
        self,
        p: Tensor,
        state: Sequence[Tensor],
        named: Named,
        factors: Factors,
        scalars: Sequence[float],
        key: int,
    ) -> None:
        """Step the named rows in place, each slot multiplied by its factor, (rows,), first."""
        count, rows = len(named.rows), named.rows.numpy()
        plan = self._planned(count)
        for number, tensor in enumerate((p, named.values, *state)):
            bytes_ = self._width * _size(tensor)
            places = np.arange(count) if number == 1 else rows
            np.add(places * bytes_, tensor.data_ptr(), out=plan.table[number, :count])
        plan.keys[:count] = dither.keys(key, rows) if key else 0
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
        self,
        p: Tensor,
        state: Sequence[Tensor],
        named: Named,
        factors: Factors,
        scalars: Sequence[float],
        key: int,
    ) -> None:
        """Step the named rows in place, each slot multiplied by its factor, (rows,), first."""
        names = ("x", *self._graph.state)
        tables = dict(zip(names, (flat(v, named.values.shape[1]) for v in (p, *state)), strict=True))
        blocks = {slot: v.index_select(0, named.rows).to(working_dtype(v)) for slot, v in tables.items()}
        for slot, factor in factors.items():
            own = [slot, *([COMPENSATION] if slot == "x" and COMPENSATION in blocks else [])]
            for block in (blocks[name] for name in own):
                block.mul_(torch.from_numpy(factor).to(block)[:, None])
        block = blocks.pop("x")
        step_tensor(self._graph, block, named.values.to(block.dtype), blocks, scalars, key)
        for slot, value in {"x": block, **blocks}.items():
            tables[slot].index_copy_(0, named.rows, value.to(tables[slot].dtype))


def flat(v: Tensor, width: int) -> Tensor:
    """A contiguous tensor as a table of rows, complex numbers as pairs."""
    real = torch.view_as_real(v.detach()) if v.is_complex() else v.detach()
    return real.view(-1, width)


def _size(v: Tensor) -> int:
    """Bytes of one real number of a tensor."""
    return v.element_size() // (2 if v.is_complex() else 1)
