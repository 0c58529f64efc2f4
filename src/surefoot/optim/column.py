"""Parameters of one group that have taken equally many steps: they share the host's numbers, not their counters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.optim.precision import stored


@dataclass
class Column:
    """The scalars of a step, and the count that they depend on.

    Attributes:
        group: the parameter group. graph: what its parameters are stepped by. steps: how many they have taken.
        values: the group's hyperparameters by the names that the graph has for them.
        formula: the rule itself, before anything was written around it or put in another order.
        dtype: of the counters in the parameters' state.
        scalar: a hyperparameter as the host computes with it.
        t: the count of the step being taken, or taken last. scalars: what the host computed for it.
    """

    group: Mapping[str, Any]
    graph: Graph
    steps: int
    values: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    formula: Graph
    dtype: torch.dtype
    scalar: Callable[[Any], Any]
    t: float = field(init=False)
    scalars: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        self.t = float(self.steps)
        self._uniforms = uniforms(self.graph)

    def settle(self, states: Sequence[dict[str, Any]]) -> None:
        """Put a counter into every member's state. All lie in one block of memory, so that one stroke counts them."""
        block = torch.full((len(states),), self.t, dtype=self.dtype)
        self._counts: Any = block.numpy()
        self._block, self._address = block, block.data_ptr()
        self._expected = self._counts.tobytes()
        for state, counter in zip(states, block.unbind(), strict=True):
            state["step"] = counter

    @property
    def counts(self) -> bool:
        """Whether the counters stand as they were left: a user may have set one, or moved their memory."""
        return self._block.data_ptr() == self._address and self._counts.tobytes() == self._expected

    def hyper(self) -> dict[str, float]:
        """The hyperparameters as numbers, as they are now."""
        return {name: float(value) for name, value in self.values(self.group).items()}

    def advance(self) -> None:
        """Count one step and compute its scalars."""
        t = self.t = self.t + 1.0
        self._counts[:] = t
        self._expected = self._counts.tobytes()
        scalar, values = self.scalar, self.values(self.group)
        self.scalars = self._uniforms(t, **{k: v if type(v) is float else scalar(v) for k, v in values.items()})


@dataclass
class Member:
    """One parameter, its state, its column, and the graph it is stepped by: the column's, rounded as its types need."""

    parameter: Tensor
    state: dict[str, Any]
    column: Column
    graph: Graph = field(init=False)

    def __post_init__(self) -> None:
        self.graph = stored(self.column.graph, self.parameter, self.column.group)
