"""The update of a slice of lanes: one rule, one choice of its static options, hyperparameters of each lane's own.

Every tensor of every lane is a tensor to the kernel, and a lane is a group: LAMB's norms are over one tensor of one
model. The scalars of a step are computed for each lane alone, in float64: a lane in a batch gets the bits of one alone.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from surefoot.engines.cpu.kernel import Kernel, Plan
from surefoot.engines.graph import Graph
from surefoot.errors import UserError
from surefoot.rules.rule import Rule, Setting
from surefoot.rules.vocabulary import Node

_DTYPES = {torch.float32: "float32", torch.float64: "float64"}


class LaneUpdate:
    """Steps some neighbouring lanes of stacked tensors by one rule.

    Args:
        rule: the update rule.
        settings: of each lane, every hyperparameter and static option. The options are the same in all lanes.
        parameters: stacked tensors (K, ...), contiguous; the lanes `first`, `first + 1`, ... are stepped in place.

    Raises:
        UserError: if the parameters are not all float32 or all float64.

    >>> from surefoot.rules import find
    >>> x = torch.ones(2, 3)
    >>> update = LaneUpdate(find("sgd"), [{"lr": 0.5}, {"lr": 0.25}], [x])
    >>> update.step(1, [torch.ones(2, 3)])
    >>> x[:, 0].tolist()
    [0.5, 0.75]
    """

    def __init__(
        self, rule: Rule, settings: Sequence[Mapping[str, Setting]], parameters: Sequence[Tensor], first: int = 0
    ) -> None:
        graph = Graph.of(rule, settings[0])
        self._kernel = Kernel(graph, _dtype(parameters))
        self._hyper = [{name: setting[name] for name in graph.hyper} for setting in settings]
        starts = [[float(h[rule.start[s]]) if s in rule.start else 0.0 for h in self._hyper] for s in graph.state]
        self._state = [[_filled(p, values) for p in parameters] for values in starts]
        self._scalars_known = False
        self._scalars_change = Node("input", (), "t") in [graph.nodes[i] for i in graph.needed]
        self.first = first
        self._lay_out(parameters)

    def __len__(self) -> int:
        return len(self._hyper)

    def step(self, t: int, gradients: Sequence[Tensor]) -> None:
        """Make update number `t`, counted from 1, with stacked gradients (K, ...), contiguous, of the parameters."""
        if self._scalars_change or not self._scalars_known:
            for lane, hyper in enumerate(self._hyper):
                self._plan.fill(lane, self._kernel.uniforms(t, **hyper))
            self._scalars_known = True
        self._point("g", gradients, self.first)
        self._plan.run(torch.get_num_threads())

    def keep(self, places: Sequence[int], parameters: Sequence[Tensor], first: int) -> None:
        """Go on with the lanes at these places alone, which are now lanes `first`, ... of newly stacked parameters."""
        chosen = torch.tensor(places)
        self._hyper = [self._hyper[place] for place in places]
        self._state = [[s.index_select(0, chosen) for s in slot] for slot in self._state]
        self.first = first
        self._lay_out(parameters)

    def _lay_out(self, parameters: Sequence[Tensor]) -> None:
        lanes = range(len(self))
        sizes = np.array([p[0].numel() for p in parameters], np.int64)
        self._plan: Plan = self._kernel.plan([n for n in sizes.tolist() for _ in lanes], [*lanes] * len(sizes))
        self._stride = sizes * self._kernel.dtype.itemsize
        self._lane_bytes = self._stride[:, None] * np.array(lanes)
        self._scalars_known = False
        self._parameters = list(parameters)  # kept, since the kernel knows addresses alone
        self._point("x", self._parameters, self.first)
        for slot, tensors in zip(self._kernel.graph.state, self._state, strict=True):
            self._point(slot, tensors, 0)

    def _point(self, slot: str, tensors: Sequence[Tensor], first: int) -> None:
        """Tell the kernel where the lanes of stacked tensors begin, from lane `first` on."""
        row = self._plan.table[self._kernel.slots.index(slot)].reshape(self._lane_bytes.shape)
        bases = np.array([t.data_ptr() for t in tensors], np.int64) + first * self._stride
        np.add(bases[:, None], self._lane_bytes, out=row)


def _dtype(parameters: Sequence[Tensor]) -> str:
    found = {p.dtype for p in parameters}
    if len(found) != 1 or not found <= _DTYPES.keys():
        names = ", ".join(sorted(str(dtype).removeprefix("torch.") for dtype in found))
        raise UserError(f"model: its parameters must be all float32 or all float64, got {names}; convert the model")
    return _DTYPES[found.pop()]


def _filled(like: Tensor, values: Sequence[float]) -> Tensor:
    column = torch.tensor(values, dtype=like.dtype).reshape(-1, *[1] * (like.dim() - 1))
    return column.expand(len(values), *like.shape[1:]).contiguous()
