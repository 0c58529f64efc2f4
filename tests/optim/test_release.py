"""Gradient release: the ordinary steps, bit for bit, with no two gradients in memory together."""

import copy
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from surefoot.errors import UserError
from surefoot.optim import SGD, Adam, RuleOptimizer, release
from surefoot.optim.telemetry.tracker import track
from tests.optim.eager import OPTIMIZERS, randoms

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)


def network() -> torch.nn.Sequential:
    torch.manual_seed(0)
    return torch.nn.Sequential(*(layer for _ in range(4) for layer in (torch.nn.Linear(16, 16), torch.nn.Tanh())))


def train(model: torch.nn.Module, optimizer: RuleOptimizer, first: int, last: int) -> list[Tensor]:
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    for step in range(first, last):
        optimizer.zero_grad()
        model(randoms(8, 16, seed=step)).square().mean().backward()
        optimizer.step()
        schedule.step()
    return [p.detach().clone() for p in model.parameters()]


@every_optimizer
def test_the_trajectory_is_the_ordinary_one_bit_for_bit(optimizer_class: type[RuleOptimizer]) -> None:
    """Also for rules with norms: they are over one tensor."""
    plain, released = network(), network()
    ordinary, inside = optimizer_class(plain.parameters(), lr=0.01), optimizer_class(released.parameters(), lr=0.01)
    expected = train(plain, ordinary, 0, 6)
    release(inside)
    got = train(released, inside, 0, 6)
    assert all(map(torch.equal, got, expected))
    for p, q in zip(plain.parameters(), released.parameters(), strict=True):
        assert {s: v.tolist() for s, v in ordinary.state[p].items()} == {
            s: v.tolist() for s, v in inside.state[q].items()
        }


def test_at_most_one_gradient_is_there_at_any_time() -> None:
    model = network()
    optimizer = Adam(model.parameters())
    release(optimizer)
    seen = []
    for p in model.parameters():
        p.register_hook(lambda g: seen.append(sum(q.grad is not None for q in model.parameters())))
    train(model, optimizer, 0, 2)
    assert seen == [0] * 16
    assert all(p.grad is None for p in model.parameters())


def test_state_is_saved_and_loaded_in_the_midst_of_it() -> None:
    whole, halted = network(), network()
    one, other = Adam(whole.parameters(), lr=0.01), Adam(halted.parameters(), lr=0.01)
    expected = train(whole, one, 0, 3), train(whole, one, 3, 6)
    release(other)
    assert all(map(torch.equal, train(halted, other, 0, 3), expected[0]))
    resumed = copy.deepcopy(halted)
    again = Adam(resumed.parameters())
    release(again)
    again.load_state_dict(other.state_dict())
    assert all(map(torch.equal, train(resumed, again, 3, 6), expected[1]))


def test_remove_goes_back_to_steps_after_backward() -> None:
    model, plain = network(), network()
    optimizer = Adam(model.parameters(), lr=0.01)
    handle = release(optimizer)
    train(model, optimizer, 0, 2)
    handle.remove()
    model(randoms(8, 16)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    optimizer.step()
    other = Adam(plain.parameters(), lr=0.01)
    train(plain, other, 0, 2)
    plain.zero_grad()
    plain(randoms(8, 16)).sum().backward()
    other.step()
    assert all(map(torch.equal, model.parameters(), plain.parameters()))


def test_halves_and_clip_value_and_frozen_parameters_go_with_it() -> None:
    results = []
    for released in (False, True):
        model = network().bfloat16()
        model[0].bias.requires_grad_(False)
        optimizer = Adam(model.parameters(), lr=0.01, rounding="kahan", clip_value=1e-4)
        if released:
            release(optimizer)
        for step in range(3):
            model(randoms(8, 16, seed=step, dtype=torch.bfloat16)).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
        results.append([p.detach() for p in model.parameters()])
    assert all(map(torch.equal, *results))


def test_a_parameter_used_twice_is_stepped_once() -> None:
    w = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = SGD([w], lr=0.1)
    release(optimizer)
    (w * w.sin() + w).sum().backward()
    optimizer.step()
    assert w.item() == pytest.approx(2 - 0.1 * (math.sin(2) + 2 * math.cos(2) + 1), rel=1e-6)


def test_what_cannot_go_with_it_is_refused() -> None:
    w = torch.nn.Parameter(torch.tensor([2.0]))
    with pytest.raises(UserError, match="release: clip_norm must be None, since it needs all gradients at once"):
        release(SGD([w], clip_norm=1.0))
    foreign: Any = torch.optim.Adam([w])
    with pytest.raises(UserError, match="release: optimizer must be one of surefoot's, got Adam"):
        release(foreign)
    optimizer = SGD([w], lr=0.5)
    tracker = track(optimizer)
    with pytest.raises(UserError, match="release: the optimizer must not be tracked"):
        release(optimizer)
    tracker.stop()
    release(optimizer)
    with pytest.raises(UserError, match="must not release gradients already"):
        release(optimizer)
    with pytest.raises(UserError, match="step: closure must be None where gradients are released"):
        optimizer.step(lambda: 1.0)
    w.sum().backward()
    with pytest.raises(UserError, match=r"release: optimizer.step\(\) must be called after every backward"):
        w.sum().backward()
    assert w.item() == 1.5  # the second backward has moved nothing
    w.grad = None
    optimizer.step()
    w.sum().backward()
    assert w.item() == 1.0
