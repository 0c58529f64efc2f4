"""Every scheduler of torch and its averaging of weights, on our classes and on torch's: the same, step by step."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler as s
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn

import surefoot.optim
import surefoot.optim.torch as ours
from tests.optim.eager import parameter, randoms

Scheduler = Callable[[Any], Any]
SCHEDULERS: dict[str, Scheduler] = {
    "LambdaLR": lambda o: s.LambdaLR(o, lambda k: 0.9**k),
    "MultiplicativeLR": lambda o: s.MultiplicativeLR(o, lambda k: 0.95),
    "StepLR": lambda o: s.StepLR(o, 3, 0.5),
    "MultiStepLR": lambda o: s.MultiStepLR(o, [2, 5], 0.5),
    "ConstantLR": lambda o: s.ConstantLR(o, 0.5, 4),
    "LinearLR": lambda o: s.LinearLR(o, 0.3, total_iters=5),
    "ExponentialLR": lambda o: s.ExponentialLR(o, 0.9),
    "CosineAnnealingLR": lambda o: s.CosineAnnealingLR(o, 8, 1e-4),
    "CosineAnnealingWarmRestarts": lambda o: s.CosineAnnealingWarmRestarts(o, 3, 2),
    "PolynomialLR": lambda o: s.PolynomialLR(o, 6, 2.0),
    "ReduceLROnPlateau": lambda o: s.ReduceLROnPlateau(o, patience=1),
    "CyclicLR": lambda o: s.CyclicLR(o, 1e-3, 0.1, step_size_up=3),
    "CyclicLR, momentum still": lambda o: s.CyclicLR(o, 1e-3, 0.1, step_size_up=3, cycle_momentum=False),
    "OneCycleLR": lambda o: s.OneCycleLR(o, 0.1, total_steps=20),
    "SequentialLR": lambda o: s.SequentialLR(o, [s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)], [3]),
    "ChainedScheduler": lambda o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)]),
    "SWALR": lambda o: SWALR(o, 0.05, anneal_epochs=4),
}
#: Those with a momentum that schedulers may cycle, as `momentum` or as `betas`.
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"momentum": 0.9, "dampening": 0.1},
    "RMSprop": {"momentum": 0.5},
    "Adam": {"amsgrad": True},
    "AdamW": {},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_a_schedule_moves_ours_as_torchs(name: str, scheduler: str) -> None:
    history = []
    for source in (ours, torch.optim):
        p = parameter(9)
        optimizer = getattr(source, name)([p], lr=0.02, **OPTIMIZERS[name])
        schedule, seen = SCHEDULERS[scheduler](optimizer), []
        for k in range(12):
            p.grad = randoms(9, seed=k)
            optimizer.step()
            schedule.step(*([1.0] if scheduler == "ReduceLROnPlateau" else []))
            group = optimizer.param_groups[0]
            seen.append((float(group["lr"]), group.get("momentum"), group.get("betas"), p.tolist()))
        history.append(seen)
    assert history[0] == history[1]


def test_there_is_no_scheduler_that_is_not_tried() -> None:
    known = {name.split(",")[0] for name in SCHEDULERS}
    assert {name for name in s.__all__ if name != "LRScheduler"} <= known


def test_a_cycled_momentum_does_not_lay_the_step_out_anew() -> None:
    p = parameter(9)
    optimizer = ours.SGD([p], lr=0.1, momentum=0.9)
    schedule, layouts = s.OneCycleLR(optimizer, 0.1, total_steps=10), set()
    for k in range(5):
        p.grad = randoms(9, seed=k)
        optimizer.step()
        schedule.step()
        layouts.add(id(optimizer._layout))
    assert len(layouts) == 1


def test_a_schedule_and_its_optimizer_are_saved_and_go_on() -> None:
    p, q = parameter(9), parameter(9)
    optimizer, again = (ours.Adam([w], lr=0.1) for w in (p, q))
    schedule = s.OneCycleLR(optimizer, 0.1, total_steps=20)
    for k in range(5):
        p.grad = randoms(9, seed=k)
        optimizer.step()
        schedule.step()
    q.data = p.detach().clone()
    resumed = s.OneCycleLR(again, 0.1, total_steps=20)
    resumed.load_state_dict(copy.deepcopy(schedule.state_dict()))
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for k in range(5, 10):
        p.grad, q.grad = randoms(9, seed=k), randoms(9, seed=k)
        for o, t in ((optimizer, schedule), (again, resumed)):
            o.step()
            t.step()
    assert torch.equal(p, q)
    assert optimizer.param_groups[0]["betas"] == again.param_groups[0]["betas"]


@pytest.mark.parametrize("averaging", [None, get_ema_multi_avg_fn(0.9)], ids=["mean", "ema"])
def test_averaged_weights_are_those_of_torchs_training(averaging: Any) -> None:
    x, y = randoms(32, 4), randoms(32, 1, seed=2)
    averages = []
    for source in (ours, torch.optim):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 1))
        optimizer = source.SGD(model.parameters(), lr=0.1, momentum=0.9)
        averaged, schedule = AveragedModel(model, multi_avg_fn=averaging), SWALR(optimizer, 0.05, anneal_epochs=3)
        for _ in range(8):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
            averaged.update_parameters(model)
            schedule.step()
        update_bn([x], averaged)
        averages.append([v.clone() for v in averaged.state_dict().values()])
    assert all(map(torch.equal, *averages))


def test_the_plain_classes_say_how_to_cycle_without_a_momentum_of_torchs_name() -> None:
    optimizer = surefoot.optim.Momentum([parameter(2)])
    with pytest.raises(ValueError, match="must support momentum"):
        s.OneCycleLR(optimizer, 0.1, total_steps=10)
    s.OneCycleLR(optimizer, 0.1, total_steps=10, cycle_momentum=False)
