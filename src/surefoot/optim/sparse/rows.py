"""One parameter with sparse gradients: its touched rows are stepped, and the others made good when their turn comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import Parameter

from surefoot.engines.analysis.idle import idle
from surefoot.optim.column import Column, Member
from surefoot.optim.sparse.decay import decay
from surefoot.optim.sparse.gradient import named
from surefoot.optim.sparse.history import History
from surefoot.optim.sparse.ways import flat, way

#: What is done about the steps that a row misses: they are made good when it is next named; or nothing, as in torch's
#: SparseAdam; or it misses none, since the gradient is made dense first.
Sparse = Literal["catch up", "lazy", "dense"]
SPARSE: tuple[Sparse, ...] = get_args(Sparse)
#: The parameters that are stepped by rows.
Registry = dict[Tensor, "Rows"]
#: Numbers that are made good at a time, when all rows are.
BLOCK = 1 << 20
#: How often factors may change, as with a schedule AdamW's do at every step, before all rows are made good: 10 MB.
LONGEST = 1 << 16


def settle(registry: Registry, members: Sequence[Member], grads: Sequence[Tensor | None]) -> dict[int, "Rows"]:
    """Decide who is stepped by rows; those who were, and whose next gradient is not taken so, are made good.

    Returns:
        The places of the members that are stepped by rows, with the rows.
    """
    chosen = {}
    for i, (member, grad) in enumerate(zip(members, grads, strict=True)):
        p = member.parameter
        if p in registry and (grad is None or not registry[p].stand(member, grad)):
            registry.pop(p).catch_up()
        if grad is not None and suits(member, grad):
            if p not in registry:
                registry[p] = Rows(member, grad)
            chosen[i] = registry[p]
    return chosen


def suits(member: Member, grad: Tensor) -> bool:
    """Whether a parameter can be stepped row by row: no norm joins its rows, and they lie one after the other."""
    p, graph = member.parameter, member.graph
    if grad.layout is not torch.sparse_coo or not graph.elementwise or grad.sparse_dim() == 0:
        return False
    if _option(member.column) == "dense":
        return False
    if member.column.formula.begins and member.column.t == 0:  # rows that are named later begin now, too
        return False
    plain = type(p) in (Parameter, Tensor) and not p.is_conj() and not p.is_neg() and p.numel() > 0
    tables = (p, *(member.state[slot] for slot in graph.state))
    return plain and grad.dtype == p.dtype and all(v.is_contiguous() and v.device == p.device for v in tables)


class Rows:
    """The rows of a parameter, counted over the sparse dimensions of its gradients, and what each has missed."""

    def __init__(self, member: Member, grad: Tensor) -> None:
        p = member.parameter
        self._parameter, self._shape = p, p.shape
        self._graph = member.graph
        self._state = {slot: member.state[slot] for slot in member.graph.state}
        self._manner = _manner(member.column, grad)
        count = prod(p.shape[: grad.sparse_dim()])
        self._width = p.numel() // count * (2 if p.is_complex() else 1)
        self._formula = member.column.formula
        self._idle = idle(self._formula)
        self._slots = () if self._manner[0] == "lazy" else self._idle.factors
        self._history = History(len(self._slots))
        self._t = 0  # the count of the step made last, by which what is made good is rounded at random
        # Of each row, how many steps it has had or made good; zeros that nobody has written to take no memory.
        self._had = np.zeros(count, np.int32)
        self._way = way(member, self._slots, self._width)
        nodes, outputs = member.graph.nodes, member.graph.outputs
        self._dithered = {slot for slot, i in outputs.items() if nodes[i].op.startswith("dither_")}

    def stand(self, member: Member, grad: Tensor) -> bool:
        """Whether another gradient can be taken in the same way, by the same rule, on the same state."""
        if not suits(member, grad) or member.parameter.shape != self._shape or member.graph is not self._graph:
            return False
        same = all(member.state[slot] is v for slot, v in self._state.items())
        return same and _manner(member.column, grad) == self._manner

    @torch.no_grad()
    def step(self, grad: Tensor, column: Column, key: int) -> None:
        """Step the rows that a gradient names, after making good the steps that they have missed.

        Args:
            key: what the random numbers of this step depend on, 0 where none are drawn.
        """
        touched = named(grad, self._had)
        rows = touched.rows.cpu().numpy()
        if self._history.runs >= LONGEST:
            self.catch_up()
        factors, self._t = self._missed(self._had[rows]), int(column.t)
        if self._slots:
            hyper = column.hyper()
            self._history.note(self._idle.values(column.t, **{name: hyper[name] for name in self._formula.hyper}))
            self._had[rows] = self._history.steps
        if len(rows):
            if touched.values.untyped_storage().data_ptr() == self._parameter.untyped_storage().data_ptr():
                touched = replace(touched, values=touched.values.clone())
            self._way.step(self._parameter, list(self._state.values()), touched, factors, column.scalars, key)

    @torch.no_grad()
    def made_good(self, tables: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Parameter `x` and state slots as they would be without missed steps: copies where they have any."""
        missed = {slot: factor for slot, factor in self._missed(self._had).items() if slot in tables}
        given = {slot: v.detach().clone() if slot in missed else v for slot, v in tables.items()}
        decay({slot: flat(given[slot], self._width) for slot in missed}, missed)
        return given

    @torch.no_grad()
    def catch_up(self) -> None:
        """Make good the missed steps of all rows; afterwards the state is what a dense step would have left."""
        if not self._slots:
            return
        tables = {slot: flat(v, self._width) for slot, v in {"x": self._parameter, **self._state}.items()}
        some = max(1, BLOCK // self._width)
        for first in range(0, len(self._had), some):
            rows = slice(first, first + some)
            if (self._had[rows] < self._history.steps).any():
                block = {slot: table[rows] for slot, table in tables.items()}
                decay(block, self._missed(self._had[rows]), self._dithered, self._t, first * self._width)
        self._history = History(len(self._slots))
        self._had[:] = 0

    def _missed(self, had: NDArray[np.int32]) -> dict[str, NDArray[np.float64]]:
        """Of rows that have had so many steps, what each slot is still to be multiplied by."""
        return dict(zip(self._slots, self._history.since(had), strict=True)) if self._slots else {}


def _manner(column: Column, grad: Tensor) -> tuple[Sparse, int]:
    """What decides how gradients are taken, besides the rule: the option, and how many dimensions are sparse."""
    return _option(column), grad.sparse_dim()


def _option(column: Column) -> Sparse:
    """What the group says; where it says nothing, as torch's own classes do not, the dense step in the quickest way.

    A parameter that decays between its steps is not left to wait there: the model would read it undecayed.
    """
    chosen: Sparse | None = column.group.get("sparse")
    missed = idle(column.formula)
    return chosen or ("catch up" if missed.exact and "x" not in missed.factors else "dense")
