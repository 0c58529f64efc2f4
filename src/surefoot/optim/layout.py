"""A step laid out: which parameters go through which kernel together, and which one by one.

Laying out costs more than a step, so a layout is kept as long as what it rests on stands; what a user can change
between two steps (gradients, `.data`, state, settings of a group) is looked at every time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import is_
from typing import Any

import numpy as np
import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.kernel import Kernel
from surefoot.optim.batch import Batch
from surefoot.optim.eager import step_tensor
from surefoot.optim.memory import KERNEL_DTYPES, like, suits_kernel, tangled


@dataclass
class Column:
    """Parameters of one group that have taken equally many steps: they share their scalars and one step counter."""

    group: Mapping[str, Any]
    graph: Graph
    steps: int
    counter: Tensor = field(init=False)
    scalars: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        count: Any = np.array(float(self.steps))
        self.counter = torch.from_numpy(count)  # shares its memory: counting goes by way of NumPy, which is quicker
        self._count: Any = memoryview(count)
        self._address = self.counter.data_ptr()
        self._uniforms = uniforms(self.graph)

    @property
    def counts(self) -> bool:
        """Whether the counter still lies where it is counted: a user may have shared or moved its memory."""
        return self.counter.data_ptr() == self._address

    def advance(self) -> None:
        """Count one step and compute its scalars."""
        t = self._count[()] + 1.0
        self._count[()] = t
        group = self.group
        self.scalars = self._uniforms(t, **{name: float(group[name]) for name in self.graph.hyper})


@dataclass
class Member:
    """One parameter with its state and its column."""

    parameter: Tensor
    state: dict[str, Any]
    column: Column


class Layout:
    """The members of a step, in order, sorted by the way they go."""

    def __init__(self, members: Sequence[Member], grads: Sequence[Tensor]) -> None:
        self._parameters = [m.parameter for m in members]
        self._columns = list({id(m.column): m.column for m in members}.values())
        together: dict[tuple[int, torch.dtype], list[int]] = {}
        self._alone: list[tuple[int, Member]] = []
        for i, (member, g) in enumerate(zip(members, grads, strict=True)):
            if suits_kernel(member.parameter) and like(g, member.parameter):
                together.setdefault((id(member.column.graph), g.dtype), []).append(i)
            else:
                self._alone.append((i, member))
        self._batches = []
        for (_, dtype), indices in together.items():
            kernel = Kernel(members[indices[0]].column.graph, KERNEL_DTYPES[dtype])
            batch = Batch(kernel, [members[i].parameter for i in indices], [members[i].state for i in indices],
                          [members[i].column for i in indices])  # fmt: skip
            if batch.accepts([grads[i] for i in indices]):
                self._batches.append((batch, indices))
            else:  # memory that overlaps: the answer is that of one after the other
                self._alone += [(i, members[i]) for i in indices]
        if self._tangled(grads):
            self._alone += [(i, members[i]) for _, indices in self._batches for i in indices]
            self._batches = []
        self._alone.sort(key=lambda pair: pair[0])

    def stands(self, parameters: Sequence[Tensor], grads: Sequence[Tensor]) -> bool:
        """Whether this layout still fits the parameters that have gradients, and their memory."""
        if len(parameters) != len(self._parameters) or not all(map(is_, parameters, self._parameters)):
            return False
        if not all(column.counts for column in self._columns):
            return False
        if any(suits_kernel(m.parameter) and like(grads[i], m.parameter) for i, m in self._alone):
            return False
        if self._alone and self._batches and self._tangled(grads):
            return False
        return all(batch.accepts(_pick(grads, indices)) for batch, indices in self._batches)

    def _tangled(self, grads: Sequence[Tensor]) -> bool:
        """Whether a step of one batch, or of those alone, shows in another's memory."""
        ways = [[(self._parameters[i], grads[i]) for i in indices] for _, indices in self._batches]
        return tangled([*ways, [(m.parameter, grads[i]) for i, m in self._alone]])

    def step(self, grads: Sequence[Tensor]) -> None:
        """Step every member once; `stands` has just been asked, or the layout is new."""
        for column in self._columns:
            column.advance()
        for batch, _ in self._batches:
            batch.step()
        for i, member in self._alone:
            step_tensor(member.column.graph, member.parameter, grads[i], member.state, member.column.scalars)


def _pick(items: Sequence[Tensor], indices: Sequence[int]) -> Sequence[Tensor]:
    return items if len(items) == len(indices) else [items[i] for i in indices]
