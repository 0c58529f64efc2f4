"""Parameters of one graph and one choice of types, stepped by one kernel call."""

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.cpu.kernel import Kernel, Plan
from surefoot.engines.graph import Graph
from surefoot.optim.column import Member
from surefoot.optim.guard import Guard
from surefoot.optim.memory import COMPUTED, KERNEL_DTYPES, STORED, Written, addresses, like, suits_kernel
from surefoot.optim.survey import Place
from surefoot.rules.vocabulary import Node

_dtype = attrgetter("dtype")
_shape = attrgetter("shape")
#: A step that takes the gradient's norm; only the pass that adds up its squares is run.
_LENGTH = Graph(
    "length",
    (Node("input", (), "x"), Node("input", (), "g"), Node("norm", (1,)), Node("mul", (0, 2))),
    {"x": 3},
    (),
    ("x", "g"),
)


class Batch:
    """A kernel's plan over parameters that it may take, and the check that it still may.

    The check is made before every step and costs as much as a small step itself, so it asks little of each tensor:
    contiguous and of the planned shape is enough; only the few that were planned with other strides are asked for them.
    """

    def __init__(self, graph: Graph, types: Sequence[torch.dtype], members: Sequence[Member]) -> None:
        """`types` are those of parameter, gradient and state, in the order of the graph."""
        self._types = types
        computed, stored = COMPUTED[types[0]], STORED[COMPUTED[types[0]]]
        slots = ("x", "g", *graph.state)
        storage = {slot: stored[dtype] for slot, dtype in zip(slots, types, strict=True)}
        kernel = Kernel(graph, KERNEL_DTYPES[computed], storage)
        parameters, columns = [m.parameter for m in members], [m.column for m in members]
        self._columns = list({id(c): c for c in columns}.values())
        where = {id(c): i for i, c in enumerate(self._columns)}
        self._parameters = parameters
        self._numels = [p.numel() for p in parameters]
        self._shapes = [p.shape for p in parameters]
        self._strides = {i: p.stride() for i, p in enumerate(parameters) if not p.is_contiguous()}
        self._contiguous = [i for i in range(len(parameters)) if i not in self._strides]
        self._single = [i for i, p in enumerate(parameters) if p.numel() == 1]
        self._bytes = np.outer([dtype.itemsize for dtype in types], self._numels).astype(np.int64)
        self._plan = kernel.plan(self._numels, [where[id(c)] for c in columns])
        self._state = [[m.state[slot] for m in members] for slot in kernel.graph.state]
        self._places: list[list[int]] = []
        self._clear = False
        self._guard = Guard()
        self._lengths: Plan | None = None

    def accepts(self, grads: Sequence[Tensor]) -> bool:
        """Whether parameters and gradients lie in memory as laid out, and apart from all that is written."""
        tensors = [*self._parameters, *grads]
        if not self._guard.holds(tensors):
            if not self._suit(grads):
                return False
            self._guard.remember(tensors)
        places = [addresses(self._parameters), addresses(grads), *map(addresses, self._state)]
        if places != self._places:
            self._look(places)
        return self._clear

    def _suit(self, grads: Sequence[Tensor]) -> bool:
        """Whether parameters and gradients are of the planned types, shapes and strides."""
        if set(map(type, grads)) != {Tensor} or set(map(_dtype, grads)) != {self._types[1]}:
            return False
        # A gradient may have been given another shape of as many elements; a parameter that is, moves.
        if list(map(_shape, grads)) != self._shapes or list(map(Tensor.numel, self._parameters)) != self._numels:
            return False
        try:
            if not (self._as_planned(self._parameters) and self._as_planned(grads)):
                return False
        except RuntimeError:  # a sparse tensor has no strides
            return False
        # The imaginary part of a conjugate, if it is one number; strides show larger ones.
        return not (self._single and any(grads[i].is_neg() for i in self._single))

    def _as_planned(self, tensors: Sequence[Tensor]) -> bool:
        if not self._strides:
            return all(map(Tensor.is_contiguous, tensors))
        odd = all(tensors[i].stride() == s and tensors[i].shape == self._shapes[i] for i, s in self._strides.items())
        return odd and all(tensors[i].is_contiguous() for i in self._contiguous)

    def _look(self, places: list[list[int]]) -> None:
        """Memory has moved: tell the kernel where it lies, and see that nothing overlaps."""
        table = self._plan.table
        table[:] = places
        if not self._places or places[0] != self._places[0] or places[2:] != self._places[2:]:
            self._written = Written(np.delete(table, 1, 0), np.delete(self._bytes, 1, 0))
            self._at_home = all(self._fits(i, p) for i, p in enumerate(self._parameters))
        own = table[0] if self._types[0].itemsize == self._types[1].itemsize else np.full_like(table[0], -1)
        apart = self._written.disjoint and self._written.untouched(table[1], self._bytes[1], own)
        self._clear = self._at_home and apart
        self._places = places

    def forget(self) -> None:
        """Look anew at the next step: a survey may have written other addresses."""
        self._places = []

    @property
    def place(self) -> Place:
        """What is to be surveyed."""
        return Place(self._parameters, self._state, self._plan.table, self._bytes)

    def _fits(self, i: int, p: Tensor) -> bool:
        """Whether a parameter is one for the kernel still, as planned, and its state lies in memory as it does."""
        planned = suits_kernel(p) and p.dtype is self._types[0] and p.shape == self._shapes[i]
        kept = zip(self._state, self._types[2:], strict=True)
        return planned and all(like(tensors[i], p) and tensors[i].dtype is dtype for tensors, dtype in kept)

    def squares(self) -> float:
        """The sum of the squares of all gradients; `accepts` has just been asked."""
        if self._lengths is None:
            computed = COMPUTED[self._types[0]]
            storage = {"x": STORED[computed][computed], "g": STORED[computed][self._types[1]]}
            self._lengths = Kernel(_LENGTH, KERNEL_DTYPES[computed], storage).plan(
                self._numels, [0] * len(self._numels)
            )
        self._lengths.table[:] = self._plan.table[:2]
        return self._lengths.squares(torch.get_num_threads())

    def step(self, keys: NDArray[np.int64] | None) -> None:
        """Step every parameter once with its column's scalars; `accepts` has just been asked.

        Args:
            keys: (parameters,) for what is drawn at random, if the graph draws anything.
        """
        if keys is not None:
            self._plan.keys[:] = keys
        for i, column in enumerate(self._columns):
            self._plan.fill(i, column.scalars)
        self._plan.run(torch.get_num_threads())
        # The kernel writes behind autograd's back: a graph that still needs the old values must not go on silently.
        torch.autograd.graph.increment_version(self._parameters)
