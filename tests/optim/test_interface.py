"""torch's interface: closures, schedulers, hooks, the profiler, printing, clearing gradients."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler as schedulers
from torch.optim import optimizer as torch_optimizer

from surefoot.optim import SGD, Adam, RuleOptimizer
from tests.optim.eager import OPTIMIZERS, parameter

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)

SCHEDULERS: dict[str, Any] = {
    "StepLR": lambda o: schedulers.StepLR(o, 3),
    "MultiStepLR": lambda o: schedulers.MultiStepLR(o, [2, 5]),
    "ConstantLR": schedulers.ConstantLR,
    "LinearLR": schedulers.LinearLR,
    "ExponentialLR": lambda o: schedulers.ExponentialLR(o, 0.9),
    "PolynomialLR": schedulers.PolynomialLR,
    "LambdaLR": lambda o: schedulers.LambdaLR(o, lambda k: 1 / (k + 1)),
    "MultiplicativeLR": lambda o: schedulers.MultiplicativeLR(o, lambda k: 0.8),
    "CosineAnnealingLR": lambda o: schedulers.CosineAnnealingLR(o, 10),
    "CosineAnnealingWarmRestarts": lambda o: schedulers.CosineAnnealingWarmRestarts(o, 4),
    "CyclicLR": lambda o: schedulers.CyclicLR(o, 0.01, 0.1, 3, cycle_momentum=False),
    "OneCycleLR": lambda o: schedulers.OneCycleLR(o, 0.2, total_steps=10, cycle_momentum=False),
    "SequentialLR": lambda o: schedulers.SequentialLR(
        o, [schedulers.ConstantLR(o, 0.1), schedulers.ExponentialLR(o, 0.9)], milestones=[2]
    ),
    "ChainedScheduler": lambda o: schedulers.ChainedScheduler(
        [schedulers.ConstantLR(o, 0.1), schedulers.ExponentialLR(o, 0.9)]
    ),
}


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_scheduler_moves_the_rate_as_it_moves_torchs(scheduler: str) -> None:
    rates: list[list[float]] = []
    for optimizer_class in (SGD, torch.optim.SGD):
        p = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
        optimizer = optimizer_class([p], lr=0.1)
        schedule = SCHEDULERS[scheduler](optimizer)
        steps, before = [], 0.0
        for _ in range(9):
            p.grad = torch.ones_like(p)
            optimizer.step()
            schedule.step()
            steps.append(before - p.item())
            before = p.item()
        rates.append(steps)
    assert rates[0] == pytest.approx(rates[1], rel=1e-12)
    assert len(set(rates[0])) > 1


def test_the_rate_is_reduced_on_a_plateau() -> None:
    optimizer = Adam([parameter(1)], lr=0.1)
    schedule = schedulers.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    for loss in (1.0, 1.0, 1.0, 1.0):
        optimizer.step()
        schedule.step(loss)
    assert optimizer.param_groups[0]["lr"] == 0.05


@every_optimizer
def test_a_closure_is_called_with_gradients_and_its_loss_returned(optimizer_class: type[RuleOptimizer]) -> None:
    p = parameter(3)
    optimizer = optimizer_class([p])
    calls = []

    def closure() -> torch.Tensor:
        calls.append(torch.is_grad_enabled())
        optimizer.zero_grad()
        loss = (p**2).sum()
        loss.backward()
        return loss

    expected = float((p.detach() ** 2).sum())
    with torch.no_grad():
        assert optimizer.step(closure).item() == expected
    assert calls == [True]
    assert not torch.equal(p, parameter(3))
    assert optimizer.step() is None


@every_optimizer
def test_hooks_are_called_once_each_and_in_order(optimizer_class: type[RuleOptimizer]) -> None:
    p, calls = parameter(2), []
    p.grad = torch.ones(2)
    optimizer = optimizer_class([p])
    handles = [
        torch_optimizer.register_optimizer_step_pre_hook(lambda *_: calls.append("global pre")),
        torch_optimizer.register_optimizer_step_post_hook(lambda *_: calls.append("global post")),
        optimizer.register_step_pre_hook(lambda o, *_: calls.append(f"pre {len(o.state)}")),
        optimizer.register_step_post_hook(lambda o, *_: calls.append(f"post {len(o.state)}")),
    ]
    optimizer.step()
    for handle in handles:
        handle.remove()
    optimizer.step()
    assert calls == ["global pre", "pre 0", "post 1", "global post"]
    assert int(optimizer.state[p]["step"]) == 2


def test_the_profiler_sees_a_step() -> None:
    p = parameter(2)
    p.grad = torch.ones(2)
    optimizer = Adam([p])
    with torch.autograd.profiler.profile() as profile:
        optimizer.step()
    assert [event.name for event in profile.function_events if "step" in event.name] == ["Optimizer.step#Adam.step"]


@every_optimizer
def test_printing_names_the_class_and_every_setting(optimizer_class: type[RuleOptimizer]) -> None:
    text = repr(optimizer_class([parameter(2)]))
    assert text.startswith(f"{optimizer_class.__name__} (")
    assert all(f"    {name}: {value}\n" in text for name, value in optimizer_class.rule.defaults.items())


def test_gradients_are_cleared_as_torch_clears_them() -> None:
    p = parameter(2)
    optimizer = Adam([p])
    p.grad = torch.ones(2)
    optimizer.zero_grad(set_to_none=False)
    assert p.grad.tolist() == [0, 0]
    optimizer.zero_grad()
    assert p.grad is None


def test_a_model_learns() -> None:
    x = torch.linspace(-1, 1, 40, dtype=torch.float64).reshape(20, 2)
    y = x @ torch.tensor([[1.0], [-2.0]], dtype=torch.float64) + 0.5
    for optimizer_class in OPTIMIZERS:
        torch.manual_seed(0)
        model = torch.nn.Linear(2, 1).double()
        optimizer = optimizer_class(model.parameters())
        losses = []
        for _ in range(60):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert losses[-1] < losses[0], optimizer_class.__name__


def test_making_an_optimizer_does_not_load_the_compiler() -> None:
    made = "import sys, torch, surefoot.optim as o; o.Adam([torch.nn.Parameter(torch.zeros(1))])"
    code = f"{made}; print('torch._dynamo' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
