"""A step laid out: which parameters go through which kernel together, and which one by one.

Laying out costs more than a step, so a layout is kept as long as what it rests on stands; what a user can change
between two steps (gradients, `.data`, state, settings of a group) is looked at every time.
"""

from collections.abc import Mapping, Sequence
from operator import is_
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.rewriting.dither import keys
from surefoot.engines.rewriting.precision import draw_of
from surefoot.optim.batch import Batch
from surefoot.optim.column import Member
from surefoot.optim.eager import squares, step_tensor
from surefoot.optim.memory import like, storable, suits_kernel, tangled
from surefoot.optim.sparse.rows import Registry, settle, suits
from surefoot.optim.survey import Survey, available

#: A survey is made of what has stood for so many steps in a row; after each that was in vain, of so many times as many.
SETTLED, DOUBT = 2, 4


class Layout:
    """The members of a step, in order, sorted by the way they go.

    Attributes:
        members: the parameters that are stepped, with what goes with each.

    Args:
        registry: the parameters that are stepped by rows, which outlive a layout.
    """

    def __init__(self, members: Sequence[Member], grads: Sequence[Tensor], registry: Registry) -> None:
        self._parameters = [m.parameter for m in members]
        self._columns = list({id(m.column): m.column for m in members}.values())
        self._draws = any(draw_of(slot) is not None for m in members for slot in m.graph.slots)
        together: dict[tuple[int, tuple[torch.dtype, ...]], list[int]] = {}
        self._alone: list[tuple[int, Member]] = []
        self._by_rows = settle(registry, members, grads)
        for i, (member, g) in enumerate(zip(members, grads, strict=True)):
            if i in self._by_rows:
                continue
            if _fits(member, g):
                together.setdefault((id(member.graph), _types(member, g)), []).append(i)
            else:
                self._alone.append((i, member))
        self._batches = []
        for (_, types), indices in together.items():
            batch = Batch(members[indices[0]].graph, types, [members[i] for i in indices])
            if batch.accepts([grads[i] for i in indices]):
                self._batches.append((batch, indices))
            else:  # memory that overlaps: the answer is that of one after the other
                self._alone += [(i, members[i]) for i in indices]
        self.members = members
        if self._tangled(grads):
            self._alone += [(i, members[i]) for _, indices in self._batches for i in indices]
            self._alone += [(i, members[i]) for i in self._by_rows]
            settle(registry, [members[i] for i in self._by_rows], [None] * len(self._by_rows))
            self._batches, self._by_rows = [], {}
        self._alone.sort(key=lambda pair: pair[0])
        self._survey: Survey | None = None
        self._stood, self._needed = 0, SETTLED

    def settle(self, groups: Sequence[Mapping[str, Any]], state: Any) -> None:
        """Once it has stood for long, have it surveyed from then on, if it can be; `stands` has just been asked."""
        self._stood += 1
        if self._stood < self._needed or not self._batches or self._alone or self._by_rows:
            return
        if isinstance(state, dict) and all(isinstance(group["params"], list) for group in groups) and available():
            self._survey = Survey(groups, state, [batch.place for batch, _ in self._batches])
            self._stood, self._needed = 0, DOUBT * self._needed

    def unchanged(self, groups: Sequence[Mapping[str, Any]], state: Any) -> bool:
        """Whether a survey finds that all is as it was, gradients' addresses apart, and nothing overlaps.

        If so, it holds the gradients; `release` must be called after the step.
        """
        if self._survey is None:
            return False
        if self._survey.stands(groups, state) and all(column.counts for column in self._columns):
            return True
        self._survey.release()
        self._survey = None
        for batch, _ in self._batches:
            batch.forget()
        return False

    def release(self) -> None:
        """Let go of the gradients that `unchanged` held."""
        if self._survey is not None:
            self._survey.release()

    def stands(self, parameters: Sequence[Tensor], grads: Sequence[Tensor]) -> bool:
        """Whether this layout still fits the parameters that have gradients, and their memory."""
        if len(parameters) != len(self._parameters) or not all(map(is_, parameters, self._parameters)):
            return False
        if not all(column.counts for column in self._columns):
            return False
        if (self._alone or self._by_rows) and not self._others_stand(grads):
            return False
        return all(batch.accepts(_pick(grads, indices)) for batch, indices in self._batches)

    def _others_stand(self, grads: Sequence[Tensor]) -> bool:
        """Whether those that go alone or by rows have no other way, and are still apart from all the rest."""
        if any(_fits(m, grads[i]) or suits(m, grads[i]) for i, m in self._alone):
            return False
        if not all(rows.stand(self.members[i], grads[i]) for i, rows in self._by_rows.items()):
            return False
        ways = bool(self._alone) + bool(self._batches) + len(self._by_rows)
        return ways == 1 or not self._tangled(grads)

    def _tangled(self, grads: Sequence[Tensor]) -> bool:
        """Whether a step of one batch, or of those alone, shows in another's memory."""
        ways = [[(self._parameters[i], grads[i]) for i in indices] for _, indices in self._batches]
        ways += [[(self._parameters[i], grads[i])] for i in self._by_rows]
        return tangled([*ways, [(m.parameter, grads[i]) for i, m in self._alone]])

    def squares(self, grads: Sequence[Tensor]) -> float:
        """The sum of the squares of all gradients, in float64; `stands` has just been asked, or the layout is new."""
        others = [i for i, _ in self._alone] + list(self._by_rows)
        return sum(batch.squares() for batch, _ in self._batches) + sum(squares(grads[i]) for i in sorted(others))

    def step(self, grads: Sequence[Tensor]) -> None:
        """Step every member once; `stands` has just been asked, or the layout is new."""
        for column in self._columns:
            column.advance()
        drawn = _keys(len(self.members)) if self._draws else None
        for batch, indices in self._batches:
            batch.step(None if drawn is None else drawn[indices])
        for i, m in self._alone:
            key = 0 if drawn is None else int(drawn[i])
            step_tensor(m.graph, m.parameter, grads[i], m.state, m.column.scalars, key)
        for i, rows in self._by_rows.items():
            rows.step(grads[i], self.members[i].column, 0 if drawn is None else int(drawn[i]))


def _fits(member: Member, g: Tensor) -> bool:
    """Whether a kernel can step a parameter along a gradient, overlaps in memory apart."""
    if torch._C._len_torch_dispatch_stack():  # a mode of torch's records operations, of which the kernel is none
        return False
    p = member.parameter
    return suits_kernel(p) and like(g, p) and storable(_types(member, g))


def _types(member: Member, g: Tensor) -> tuple[torch.dtype, ...]:
    """What a kernel for a parameter reads and writes, in the order of its slots."""
    return (member.parameter.dtype, g.dtype, *(member.state[slot].dtype for slot in member.graph.state))


def _keys(count: int) -> NDArray[np.int64]:
    """Of each parameter what its random numbers in this step depend on; torch.manual_seed decides."""
    seed = torch.empty((), dtype=torch.int64).random_().item()
    return keys(int(seed), np.arange(count))


def _pick(items: Sequence[Tensor], indices: Sequence[int]) -> Sequence[Tensor]:
    return items if len(items) == len(indices) else [items[i] for i in indices]
