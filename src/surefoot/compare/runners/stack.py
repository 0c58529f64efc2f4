"""K models as one: their parameters and buffers stacked along a new first axis, a lane a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor, nn

from surefoot.tasks.task import Task


@dataclass
class Stack:
    """Stacked tensors by name, each (K, ...) and contiguous. Tied tensors stand once, under their first name.

    Attributes:
        parameters: those that learn. buffers: all else a model carries, running statistics and frozen weights alike.
    """

    parameters: dict[str, Tensor]
    buffers: dict[str, Tensor]

    @classmethod
    def build(cls, task: Task, seeds: Sequence[int]) -> "Stack":
        """Initial models, lane k from seeds[k]. Each distinct seed is built once.

        Raises:
            UserError: if the task's model cannot be built.
        """
        distinct = list(dict.fromkeys(seeds))
        models = [task.build(seed) for seed in distinct]
        lanes = torch.tensor([distinct.index(seed) for seed in seeds])
        parts = [_parts(model) for model in models]
        parameters, buffers = ({n: _stack([part[i][n] for part in parts], lanes) for n in parts[0][i]} for i in (0, 1))
        return cls(parameters, buffers)

    def keep(self, lanes: Tensor) -> None:
        """Keep the given lanes alone, in the given order."""
        for tensors in (self.parameters, self.buffers):
            tensors.update({name: tensor.index_select(0, lanes) for name, tensor in tensors.items()})


def _parts(model: nn.Module) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    named = list(model.named_parameters())
    learning = {name: p.detach() for name, p in named if p.requires_grad}
    frozen = {name: p.detach() for name, p in named if not p.requires_grad}
    return learning, dict(chain(frozen.items(), model.named_buffers()))


def _stack(tensors: list[Tensor], lanes: Tensor) -> Tensor:
    return torch.stack(tensors).index_select(0, lanes).contiguous()
