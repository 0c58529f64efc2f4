"""torch's own tables of optimizers, with our classes in the place of torch's: configurations, errors, schedulers."""

import contextlib
import warnings
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import torch

import surefoot.optim.torch as ours
from surefoot.optim import RuleOptimizer

with warnings.catch_warnings():  # torch's test helpers import what is deprecated
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_optimizers import (
        _get_optim_inputs_including_global_cliquey_kwargs,
        optim_db,
    )

INFOS = {info.name: info for info in optim_db if hasattr(ours, info.name)}
every_class = pytest.mark.parametrize("name", INFOS)


def make(name: str, params: Any, **arguments: Any) -> RuleOptimizer:
    """Our optimizer of that name."""
    made: RuleOptimizer = getattr(ours, name)(params, **arguments)
    return made


@cache
def _configs(name: str, device: str, ways: bool) -> list[dict[str, Any]]:
    info = INFOS[name]
    if ways:
        inputs = _get_optim_inputs_including_global_cliquey_kwargs(device, torch.float32, info)
    else:
        inputs = info.optim_inputs_func(device=device)
    return [given.kwargs for given in inputs]


def configs(name: str, *, differentiable: bool = False, device: str = "cpu", ways: bool = True) -> list[dict[str, Any]]:
    """Every configuration of an optimizer in torch's table, as fresh arguments, with each of the ways of stepping.

    Those for `cuda` have `capturable`, which torch has on accelerators alone; ours has it wherever it can step.
    """
    chosen = deepcopy(_configs(name, device, ways))
    return [kwargs for kwargs in chosen if differentiable or not kwargs.get("differentiable")]


def pairs(**how: Any) -> list[Any]:
    """(name, arguments) for every configuration of every class, as pytest parameters; `how` goes on to `configs`."""
    return [
        pytest.param(name, arguments, id=f"{name}-{number}")
        for name in INFOS
        for number, arguments in enumerate(configs(name, **how))
    ]


every_config = pytest.mark.parametrize(("name", "arguments"), pairs())


class Problem:
    """Least squares in a matrix and a vector, that any optimizer of the table can make smaller."""

    def __init__(self, contiguous: bool = True, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)

        def random(*shape: int) -> torch.Tensor:
            return torch.randn(*shape, generator=generator)

        self.weight = torch.nn.Parameter(random(10, 5) if contiguous else random(10, 5, 2)[..., 0])
        self.bias = torch.nn.Parameter(random(10) if contiguous else random(10, 2)[..., 0])
        self.input = random(5)

    @property
    def parameters(self) -> list[torch.nn.Parameter]:
        return [self.weight, self.bias]

    def loss(self) -> torch.Tensor:
        return (self.weight.mv(self.input) + self.bias).pow(2).sum()

    def backward(self) -> torch.Tensor:
        for p in self.parameters:
            p.grad = None
        loss = self.loss()
        loss.backward()
        return loss


def train(optimizer: torch.optim.Optimizer, problem: Problem, steps: int) -> None:
    for _ in range(steps):
        problem.backward()
        optimizer.step()


@contextlib.contextmanager
def expecting(kind: type[BaseException], regex: str) -> Any:
    """An error or a warning, whichever the table names."""
    if issubclass(kind, Warning):
        with pytest.warns(kind, match=regex):
            yield
    else:
        with pytest.raises(kind, match=regex):
            yield
