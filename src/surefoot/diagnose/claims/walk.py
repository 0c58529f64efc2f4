"""Walks of a rule by the reference engine: every iterate, for claims that look at one path closely."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.analysis.effective import RATE, with_rate
from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.numpy import table
from surefoot.rules.rule import Rule

Array = NDArray[np.float64]
Gradient = Callable[[Array, int], Any]


class Walk:
    """A rule on its way: its parameters `x`, its state, and the count `t` of steps done.

    Args:
        rule: the rule. start: where it begins, of any shape. dtype: the floating type.
        state: first values of state slots that differ from the rule's own. settings: as for the rule.
    """

    def __init__(
        self,
        rule: Rule,
        start: Any,
        dtype: str = "float64",
        state: dict[str, float] | None = None,
        **settings: Any,
    ) -> None:
        chosen = rule.settings(settings)
        self.graph = Graph.of(rule, chosen)
        self._hyper = {name: chosen[name] for name in rule.hyper}
        self._host = uniforms(self.graph)
        self._table = table(dtype)
        self.x: Array = np.array(start, dtype)
        first = {slot: float(self._hyper[name]) for slot, name in rule.start.items()} | (state or {})
        self.state = {slot: np.full_like(self.x, first.get(slot, 0.0)) for slot in self.graph.state}
        self.t = 0

    def step(self, gradient: Any) -> Array:
        """One step along this gradient; the new parameters."""
        new = self._next(self.graph, self._host, gradient)
        self.t += 1
        self.x = np.asarray(new.pop("x"))
        self.state = {slot: np.asarray(value) for slot, value in new.items()}
        return self.x

    def rate(self, gradient: Any) -> Array:
        """The effective learning rate of each element in the step that this gradient would make."""
        found = self._next(self._rated, self._rated_host, gradient)[RATE]
        return np.broadcast_to(np.asarray(found), self.x.shape)

    @cached_property
    def _rated(self) -> Graph:
        return with_rate(self.graph)

    @cached_property
    def _rated_host(self) -> Callable[..., tuple[float, ...]]:
        return uniforms(self._rated)

    def _next(self, graph: Graph, host: Callable[..., tuple[float, ...]], gradient: Any) -> dict[str, Any]:
        slots = {"x": self.x, "g": np.asarray(gradient, self.x.dtype), **self.state}
        with np.errstate(all="ignore"):
            return step(graph, self._table, slots, host(self.t + 1, **self._hyper))


def walk(rule: Rule, gradient: Gradient, start: Any, steps: int, dtype: str = "float64", **settings: Any) -> Array:
    """The iterates of a rule, the start included: (steps + 1, ...).

    Args:
        gradient: the gradient at (x, t); t is that of the step it serves, from 1.

    >>> from surefoot.rules import find
    >>> walk(find("sgd"), lambda x, t: x, 1.0, 2, lr=0.5).tolist()
    [1.0, 0.5, 0.25]
    """
    walker = Walk(rule, start, dtype, **settings)
    path = [walker.x]
    for t in range(1, steps + 1):
        path.append(walker.step(gradient(walker.x, t)))
    return np.stack(path)


def steps_until(rule: Rule, gradient: Gradient, start: Any, near: float, most: int, **settings: Any) -> float:
    """The number of steps until every |x| is at most `near`; infinite if that takes more than `most`."""
    walker = Walk(rule, start, **settings)
    for t in range(1, most + 1):
        if np.abs(walker.step(gradient(walker.x, t))).max() <= near:
            return float(t)
    return np.inf


def rates(rule: Rule, gradients: Array, **settings: Any) -> Array:
    """The effective learning rate of each element in each step along given gradients: (steps, elements)."""
    walker = Walk(rule, np.zeros(gradients.shape[1]), **settings)
    found = []
    for gradient in gradients:
        found.append(walker.rate(gradient))
        walker.step(gradient)
    return np.stack(found)
