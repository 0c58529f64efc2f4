"""The multi-tensor CPU kernel: one step of a rule on a whole list of tensors, hyperparameters by group.

`Kernel` is a rule compiled; a `Plan` is a kernel laid out for one list of sizes. The caller writes addresses and
uniforms into the plan's arrays and calls `run`. A group may be a parameter group or one of many trials: the kernel does
not know.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines import numpy
from surefoot.engines.cpu import llvm, team
from surefoot.engines.cpu.native import compile_module
from surefoot.engines.evaluate import Table
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms

#: Below this many elements a second thread costs more to wake than it saves.
ALONE = 100_000


class Kernel:
    """A graph compiled for one floating type.

    Attributes:
        graph: the rule. dtype: `float32` or `float64`, in which it is computed.
        storage: slot to the type in which it is stored, where that is another (`bfloat16` or `float16`).
        slots: the rows of a plan's table, `x`, `g`, then the live state.
        uniforms: the host function `(t, **hyperparameters) -> one value a row of a plan's uniforms`.
    """

    def __init__(self, graph: Graph, dtype: str = "float32", storage: Mapping[str, str] | None = None) -> None:
        self.graph = graph
        self.dtype = np.dtype(dtype)
        self.storage = {slot: type_ for slot, type_ in (storage or {}).items() if type_ != dtype}
        self.slots = ("x", "g", *graph.state)
        self.uniforms = uniforms(graph)
        self.native = compile_module(llvm.module(graph, dtype, self.storage), len(graph.passes))

    def plan(self, sizes: Sequence[int], groups: Sequence[int]) -> "Plan":
        """Lay out a list of tensors.

        Args:
            sizes: number of elements of each tensor (0 is allowed). groups: the group of each, counted from 0.
        """
        return Plan(self, np.asarray(sizes, np.int64), np.asarray(groups, np.int64))


class Plan:
    """A list of tensors laid out for a kernel, and the arrays through which the caller speaks to it.

    A plan belongs to one caller at a time; different plans of one kernel may run at once.

    Attributes:
        table: (slots, tensors) int64, to be filled with addresses before each run. Every tensor is dense in memory; the
            slots of one tensor correspond element by element; no two overlap other than by being the same.
        uniforms: (uniforms, groups) in the kernel's type, to be filled from `Kernel.uniforms` before each run, a group
            at a time by `fill` or as a whole.
        keys: (tensors,) int64, what each tensor's random numbers depend on beside the element's place, where a graph
            draws any; to be filled before each run (`surefoot.engines.rewriting.dither`).
    """

    def __init__(self, kernel: Kernel, sizes: NDArray[np.int64], groups: NDArray[np.int64]) -> None:
        self.kernel = kernel
        tensors, columns = len(sizes), int(groups.max(initial=-1)) + 1
        counts = -(-sizes // llvm.CHUNK)
        chunk_tensor = np.repeat(np.arange(tensors, dtype=np.int64), counts)
        self._ends = np.cumsum(counts)
        first = self._ends - counts
        chunk_offset = (np.arange(len(chunk_tensor), dtype=np.int64) - first[chunk_tensor]) * llvm.CHUNK
        self.table = np.zeros((len(kernel.slots), tensors), np.int64)
        self.uniforms = np.zeros((len(kernel.graph.hoisted), columns), kernel.dtype)
        self._scalars = np.zeros((len(kernel.graph.tensor_nodes), tensors), kernel.dtype)
        most_norms = max(len(sweep.norms) for sweep in kernel.graph.passes)
        self._partial = np.zeros((most_norms, len(chunk_tensor)))
        self._taken = np.zeros(1, np.int64)
        self.keys = np.zeros(tensors, np.int64)
        self._groups = groups
        self._filled = np.flatnonzero(counts)  # tensors with elements, and where their chunks begin
        self._first = first[self._filled]
        self._sizes = sizes
        arrays = (
            self.table, chunk_tensor, chunk_offset, sizes, groups, self.uniforms, self._scalars, self._partial,
            self._taken, self.keys,
        )  # fmt: skip
        block = np.array([*(a.ctypes.data for a in arrays), tensors, columns, len(chunk_tensor)], np.int64)
        self._keep = (*arrays, block)  # what the block points to must live as long as the plan
        # Writing through a view of the memory is several times as fast as through the array, where there is little.
        self._cells: Any = self.uniforms.data
        self._taken_cell: Any = self._taken.data
        self._block = block.ctypes.data
        self._chunks = block[-1:]
        self.take(tensors)

    def fill(self, group: int, scalars: Sequence[float]) -> None:
        """Set a group's uniforms; what is too large for the kernel's type is infinite in it."""
        for row, value in enumerate(scalars):
            self._cells[row, group] = value

    def take(self, tensors: int) -> None:
        """From the next run on, step the first so many tensors alone: for rules without norms."""
        self._chunks[0] = self._ends[tensors - 1] if tensors else 0
        self._elements = int(self._sizes[:tensors].sum())
        self._most_threads = int(self._chunks[0]) if self._elements >= ALONE else 1

    def run(self, threads: int) -> None:
        """Step every tensor once, on up to this many threads. The result does not depend on how many."""
        if self._elements == 0:
            return
        passes = len(self.kernel.native.passes)
        for number in range(passes):
            self._sweep(number, threads)
            if number + 1 < passes:
                self._reduce(number)

    def squares(self, threads: int) -> float:
        """The sum of squares, over all tensors, whose root is the rule's first norm; nothing is stepped.

        Added up in float64, in an order that does not depend on the number of threads.
        """
        if self._elements == 0:
            return 0.0
        self._sweep(0, threads)
        return float(self._partial[0].sum())

    def _sweep(self, number: int, threads: int) -> None:
        self._taken_cell[0] = 0
        team.run(self.kernel.native.passes[number], self._block, min(threads, self._most_threads))

    def _reduce(self, number: int) -> None:
        """Between passes: add up each tensor's norms, in a fixed order, then compute what is made of them."""
        graph, dtype = self.kernel.graph, self.kernel.dtype
        norms: dict[int, NDArray[np.floating]] = {}
        for row, (node, _) in enumerate(graph.passes[number].norms):
            sums = np.zeros(len(self._groups))
            sums[self._filled] = np.add.reduceat(self._partial[row], self._first)
            norms[node] = np.sqrt(sums).astype(dtype)
        hoisted = {node: row[self._groups] for node, row in zip(graph.hoisted, self.uniforms, strict=True)}
        with np.errstate(all="ignore"):
            self._fill_scalars(norms, hoisted, numpy.table(dtype.name))

    def _fill_scalars(
        self, norms: dict[int, NDArray[np.floating]], hoisted: dict[int, NDArray[np.floating]], table: Table
    ) -> None:
        graph = self.kernel.graph
        values = dict(hoisted)
        for row, node in enumerate(graph.tensor_nodes):
            if node in norms:
                self._scalars[row] = norms[node]
            elif graph.nodes[node].op != "norm":
                args = [self._argument(a, values, table) for a in graph.nodes[node].args]
                self._scalars[row] = table.ops[graph.nodes[node].op](*args)
            values[node] = self._scalars[row]

    def _argument(self, node: int, values: dict[int, NDArray[np.floating]], table: Table) -> object:
        if self.kernel.graph.nodes[node].op == "const":
            return table.scalar(float(self.kernel.graph.nodes[node].payload))  # type: ignore[arg-type]
        return values[node]
