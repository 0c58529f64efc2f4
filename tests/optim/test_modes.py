"""torch's dispatch modes look on at operations: under one a step is made of operations, all of which it sees."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode

from tests.optim.eager import OPTIMIZERS, batched, parameter, randoms, same


class Seen(TorchDispatchMode):
    """The names of the operations that went by."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)
def test_a_step_under_a_mode_is_the_same_step_in_operations(optimizer_class: Any) -> None:
    p, q = parameter(5), parameter(5)
    watched, plain = optimizer_class([p]), optimizer_class([q])
    for k in range(4):
        p.grad, q.grad = randoms(5, seed=k), randoms(5, seed=k)
        plain.step()
        if k % 2:
            with Seen() as seen:
                watched.step()
            assert "aten.copy_.default" in seen.names
            assert batched(watched) == 0
        else:
            watched.step()
            assert batched(watched) == 1
    assert same(p, q, optimizer_class.rule, rtol=1e-5) or torch.allclose(p, q, rtol=1e-6)


@pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)
def test_a_traced_step_steps(optimizer_class: Any) -> None:
    """The graph holds the first step's numbers: traced again and run, it is the first step of another parameter."""
    p, g = parameter(5), randoms(5)

    def first_step(x: Tensor, grad: Tensor) -> Tensor:
        w = x.clone()
        optimizer = optimizer_class([w])
        w.grad = grad
        optimizer.step()
        return w

    with torch.no_grad():
        traced = make_fx(first_step)(p.detach().clone(), g)
        expected = first_step(randoms(5, seed=7), randoms(5, seed=8))
        assert torch.allclose(traced(randoms(5, seed=7), randoms(5, seed=8)), expected, rtol=1e-5)
