"""Autograd and threads: what the kernel writes behind torch's back must not go unnoticed."""

import threading

import pytest
import torch

from surefoot.optim import RuleOptimizer
from tests.optim.eager import OPTIMIZERS, batched, parameter, randoms

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)


@every_optimizer
def test_a_graph_that_still_holds_a_stepped_parameter_raises_on_backward(optimizer_class: type[RuleOptimizer]) -> None:
    w = torch.nn.Parameter(torch.full((3,), 2.0))
    optimizer = optimizer_class([w])
    loss = (w**3).sum()
    w.grad = torch.ones(3)
    optimizer.step()
    assert batched(optimizer) == 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@every_optimizer
def test_versions_count_every_step_of_parameters_alone(optimizer_class: type[RuleOptimizer]) -> None:
    w = parameter(3)
    optimizer = optimizer_class([w])
    w.grad = torch.ones(3)
    versions = []
    for _ in range(3):
        optimizer.step()
        versions.append(w._version)
    assert versions[0] < versions[1] < versions[2]
    assert w.grad._version == 0


@every_optimizer
def test_steps_leave_no_graph(optimizer_class: type[RuleOptimizer]) -> None:
    for w in (parameter(3), torch.nn.Parameter(randoms(6)[::2])):
        optimizer = optimizer_class([w])
        w.grad = torch.ones(3, requires_grad=True) * 2
        optimizer.step()
        assert w.is_leaf
        assert w.requires_grad
        assert not any(value.requires_grad for value in optimizer.state[w].values())


def test_four_threads_step_four_optimizers_at_once_as_one_after_another() -> None:
    classes = OPTIMIZERS[:4]

    def train(optimizer: RuleOptimizer, steps: int = 30) -> None:
        for step in range(steps):
            for k, p in enumerate(optimizer.param_groups[0]["params"]):
                p.grad = randoms(*p.shape, seed=step + k)
            optimizer.step()

    def made() -> list[RuleOptimizer]:
        return [c([parameter(120_000), parameter(33), parameter(3, 5)]) for c in classes]

    together, alone, failures = made(), made(), []

    def guarded(optimizer: RuleOptimizer) -> None:
        try:
            train(optimizer)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(optimizer,)) for optimizer in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for optimizer in alone:
        train(optimizer)
    assert not failures
    for one, other in zip(together, alone, strict=True):
        assert all(map(torch.equal, one.param_groups[0]["params"], other.param_groups[0]["params"]))
