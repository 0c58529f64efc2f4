"""What an optimizer does to its gradients on the way into the rule: a loss scale taken back, clipping.

The gradients themselves are left as they are; the rule's graph has it written in (engines/rewriting/intake.py), so it
costs no pass over memory, the norm of all gradients apart.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.engines.rewriting.intake import FACTOR, LIMIT, limited, scaled
from surefoot.optim.convention import Convention
from surefoot.optim.layout import Layout


@dataclass
class Intake:
    """The numbers of one step that are the same for all gradients.

    Attributes:
        convention: the spelling of the rule's own settings.
        scales: whether a loss scale has ever been given. clips: whether a group has ever had a bound for the norm.
        scale: what gradients are multiplied by to take it back. norm: of all gradients, the scale taken back.
    """

    convention: Convention
    scales: bool = False
    clips: bool = False
    scale: float = 1.0
    norm: float = 0.0

    def graph(self, group: Mapping[str, Any]) -> Graph:
        """The graph by which a group's parameters are stepped."""
        self.clips = self.clips or group.get("clip_norm") is not None
        graph = self.convention.graph(self.convention.options(group))
        return _graph(graph, self.scales or group.get("clip_norm") is not None, group.get("clip_value") is not None)

    def values(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The hyperparameters of a group's graph."""
        values = self.convention.values(group)
        limit, value = group.get("clip_norm"), group.get("clip_value")
        if self.scales or limit is not None:
            values[FACTOR] = self.scale * (1.0 if limit is None else clip_factor(self.norm, limit))
        if value is not None:
            values[LIMIT] = value
        return values

    def measure(self, layout: Layout, grads: Sequence[Tensor]) -> None:
        """Take the norm of all gradients, if any group asks for it."""
        if self.clips:
            self.norm = self.scale * math.sqrt(layout.squares(grads))


@lru_cache(maxsize=512)
def _graph(graph: Graph, has_factor: bool, has_limit: bool) -> Graph:
    if has_limit:
        graph = limited(graph)  # the nearer to the rule: gradients are scaled first
    return scaled(graph) if has_factor else graph


def clip_factor(norm: float, limit: float) -> float:
    """By what gradients of this norm are multiplied: torch.nn.utils.clip_grad_norm_'s number.

    >>> clip_factor(10.0, 1.0), clip_factor(0.5, 1.0), clip_factor(float("inf"), 1.0), clip_factor(float("nan"), 1.0)
    (0.09999999000000101, 1.0, 0.0, nan)
    """
    factor = limit / (norm + 1e-6)
    return 1.0 if factor > 1.0 else factor


def inverse(grad_scale: Tensor | None) -> float:
    """What takes a loss scale back, in float32 as torch's GradScaler does it."""
    return 1.0 if grad_scale is None else float(grad_scale.double().reciprocal().to(torch.float32))
