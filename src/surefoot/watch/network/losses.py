"""A model's loss at any parameters, given as one flat vector."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from surefoot.watch.scene import Array

#: Of a model's loss, with the model's parameters as they are.
ModelLoss = Callable[[nn.Module], Tensor]


class Losses:
    """The loss of a copy of a model: called with flat parameters, it gives a number.

    The copy stays in the mode (training or evaluation) in which the model is, and torch's random numbers are the same
    at every call, so that dropout, where it is on, draws the same at all points. The model itself is never touched.
    """

    def __init__(self, model: nn.Module, loss: ModelLoss) -> None:
        self._model, self._loss = copy.deepcopy(model), loss
        self._parameters = trained(self._model)

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(p.numel() for p in self._parameters)

    @torch.no_grad()
    def __call__(self, flat: Array) -> float:
        """The loss at parameters (n,), in the model's order, each flattened; NaN or infinite where it is so."""
        parts = torch.split(torch.as_tensor(flat), [p.numel() for p in self._parameters])
        for p, part in zip(self._parameters, parts, strict=True):
            p.copy_(part.view_as(p))
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            return float(self._loss(self._model))


def trained(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that are trained, each once, in the model's order."""
    return [p for p in model.parameters() if p.requires_grad]


def flat(model: nn.Module) -> Array:
    """A copy of the trained parameters, (n,) float32.

    >>> flat(nn.Linear(3, 2)).shape
    (8,)
    """
    joined: Array = torch.cat([p.detach().reshape(-1).float().cpu() for p in trained(model)]).numpy()
    return joined
