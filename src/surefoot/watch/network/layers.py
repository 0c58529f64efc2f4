"""Which layers' effective learning rates are looked at, and what is kept of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from surefoot.errors import UserError, did_you_mean
from surefoot.watch.scene import Array

#: The low end, the middle and the high end of a layer's rates.
QUANTILES = (0.05, 0.5, 0.95)
#: Of a layer with more elements than this, evenly spaced ones are looked at.
SAMPLE = 65_536


def chosen(model: nn.Module, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The names of the layers' parameters to look at: those asked for, else the first, the middle and the last weight.

    Weights are parameters of two axes or more; a model without any has its first, middle and last parameter looked at.

    Raises:
        UserError: for a name that no trained parameter has.

    >>> chosen(nn.Sequential(*(nn.Linear(2, 2) for _ in range(5))), None)
    ('0.weight', '2.weight', '4.weight')
    """
    shapes = {name: p.ndim for name, p in model.named_parameters() if p.requires_grad}
    for name in asked or ():
        if name not in shapes:
            raise UserError(f"layers: the model has no trained parameter {name!r}; {did_you_mean(name, shapes)}")
    if asked:
        return tuple(dict.fromkeys(asked))
    names = [name for name, axes in shapes.items() if axes > 1] or list(shapes)
    return tuple(dict.fromkeys(names[k] for k in (0, len(names) // 2, -1)))


def rates(model: nn.Module, optimizer: Any, names: Sequence[str]) -> Array:
    """(layers, 3) the QUANTILES of each layer's effective learning rates; NaN before the first step.

    Args:
        optimizer: one of surefoot's: it knows its rates. Of any other nothing is known, and all is NaN.
    """
    parameters = dict(model.named_parameters())
    found = np.full((len(names), len(QUANTILES)), np.nan)
    for row, name in enumerate(names):
        p = parameters[name]
        if hasattr(optimizer, "effective_lr") and optimizer.state.get(p):
            every = optimizer.effective_lr(p).detach().reshape(-1).float()
            sample = every[:: -(-len(every) // SAMPLE)]
            found[row] = torch.quantile(sample, torch.tensor(QUANTILES, device=sample.device)).cpu().numpy()
    return found
