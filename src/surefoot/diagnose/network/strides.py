"""Every parameter's effective learning rate as the optimizer's state stands."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.analysis.effective import RATE, rate_of_state
from surefoot.engines.evaluate import step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.torch import table
from surefoot.rules.rule import Rule


class Strides:
    """The effective rates of a rule under fixed settings."""

    def __init__(self, rule: Rule, settings: Mapping[str, Any]) -> None:
        chosen = rule.settings(settings)
        self._graph = rate_of_state(Graph.of(rule, chosen))
        self._uniforms = uniforms(self._graph)
        self._hyper = {name: float(chosen[name]) for name in rule.hyper}

    @torch.no_grad()
    def of(self, p: Tensor, state: Mapping[str, Tensor]) -> Tensor:
        """The rate of each element of one parameter, shaped like it, after the step that left `state` and `p.grad`."""
        slots = {"x": p, "g": p.grad if p.grad is not None else torch.zeros_like(p), **state}
        t = float(state["step"])
        rate: Tensor = step(self._graph, table(p.dtype, p.device), slots, self._uniforms(t, **self._hyper))[RATE]
        return rate.expand_as(p)
