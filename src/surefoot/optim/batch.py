"""Parameters of one graph and one type, stepped by one kernel call."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from surefoot.engines.kernel import Kernel
from surefoot.optim.memory import Written, addresses, suits_kernel


class Scalars(Protocol):
    """Who holds the host's scalars of a step."""

    scalars: tuple[float, ...]


class Batch:
    """A kernel's plan over parameters that it may take, and the check that it still may."""

    def __init__(
        self, kernel: Kernel, parameters: list[Tensor], states: Sequence[dict[str, Any]], columns: Sequence[Scalars]
    ) -> None:
        self._columns = list({id(c): c for c in columns}.values())
        where = {id(c): i for i, c in enumerate(self._columns)}
        self._parameters = parameters
        self._shapes = [p.shape for p in parameters]
        self._strides = [p.stride() for p in parameters]
        self._dtype = parameters[0].dtype
        self._without_axes = [i for i, shape in enumerate(self._shapes) if not shape]
        self._bytes = np.array([p.numel() * p.element_size() for p in parameters], np.int64)
        self._plan = kernel.plan([p.numel() for p in parameters], [where[id(c)] for c in columns])
        # Kept: the table points into it.
        self._state = [[state[slot] for state in states] for slot in kernel.graph.state]
        for row, tensors in enumerate(self._state, start=2):
            self._plan.table[row] = addresses(tensors)
        self._seen = np.full((2, len(parameters)), -1, np.int64)
        self._states_fit = all(
            s.dtype is p.dtype and s.shape == p.shape and s.stride() == p.stride()
            for tensors in self._state
            for s, p in zip(tensors, parameters, strict=True)
        )

    def accepts(self, grads: Sequence[Tensor]) -> bool:
        """Whether parameters and gradients lie in memory as laid out, and apart from all that is written."""
        if not self._states_fit or {type(g) for g in grads} != {Tensor} or {g.layout for g in grads} != {torch.strided}:
            return False
        if [g.stride() for g in grads] != self._strides or {g.dtype for g in grads} != {self._dtype}:
            return False
        if [p.stride() for p in self._parameters] != self._strides or [
            p.shape for p in self._parameters
        ] != self._shapes:
            return False
        if any(grads[i].is_neg() for i in self._without_axes):  # without strides nothing else would show it
            return False
        table = self._plan.table
        table[0], table[1] = addresses(self._parameters), addresses(grads)
        if not np.array_equal(table[:2], self._seen):
            self._look(table)
        return self._clear

    def _look(self, table: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        if not np.array_equal(table[0], self._seen[0]):
            self._written = Written(np.concatenate([table[:1], table[2:]]), self._bytes)
            self._at_home = all(suits_kernel(p) and p.dtype is self._dtype for p in self._parameters)
        apart = self._written.disjoint and self._written.untouched(table[1], self._bytes, own=table[0])
        self._clear = self._at_home and apart
        self._seen[:] = table[:2]

    def step(self) -> None:
        """Step every parameter once with its column's scalars; `accepts` has just been asked."""
        with np.errstate(over="ignore"):  # what float32 cannot hold is infinite there, as in every engine
            for i, column in enumerate(self._columns):
                self._plan.uniforms[:, i] = column.scalars
        self._plan.run(torch.get_num_threads())
        # The kernel writes behind autograd's back: a graph that still needs the old values must not go on silently.
        torch.autograd.graph.increment_version(self._parameters)
