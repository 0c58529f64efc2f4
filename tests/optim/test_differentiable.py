"""A step that autograd runs through: its derivatives against differences, its values against the step without it."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import gradcheck

import surefoot.optim.torch as ours
from tests.optim.eager import randoms

#: Class, options, and the state slots with a place to start from.
CASES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("SGD", {}, ()),
    ("SGD", {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}, ("momentum_buffer",)),
    ("SGD", {"momentum": 0.9, "nesterov": True, "maximize": True}, ("momentum_buffer",)),
    ("Adagrad", {"weight_decay": 0.1, "lr_decay": 0.1}, ("sum",)),
    ("RMSprop", {"weight_decay": 0.1}, ("square_avg",)),
    ("RMSprop", {"momentum": 0.9, "centered": True}, ("square_avg", "grad_avg", "momentum_buffer")),
    ("Adam", {"weight_decay": 0.1}, ("exp_avg", "exp_avg_sq")),
    ("Adam", {"amsgrad": True}, ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")),
    ("AdamW", {"amsgrad": True, "maximize": True}, ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")),
    ("LAMB", {}, ("exp_avg", "exp_avg_sq")),
]
IDS = [f"{name} {options}" for name, options, _ in CASES]
SQUARES = {"sum", "square_avg", "exp_avg_sq", "max_exp_avg_sq"}


def state_of(slots: tuple[str, ...]) -> dict[str, Tensor]:
    """Averages of squares are above the squares of averages, and no root is near zero."""
    made = {s: randoms(5, seed=k, dtype=torch.float64).clamp(-1, 1) for k, s in enumerate(slots)}
    return {s: (v**2 + 2 if s in SQUARES else v).requires_grad_() for s, v in made.items()}


@pytest.mark.parametrize(("name", "options", "slots"), CASES, ids=IDS)
def test_derivatives_by_parameter_gradient_and_state(
    name: str, options: dict[str, Any], slots: tuple[str, ...]
) -> None:
    def stepped(p: Tensor, g: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        p, kept = p.clone(), {s: v.clone() for s, v in zip(slots, state, strict=True)}
        optimizer = getattr(ours, name)([p], lr=0.1, differentiable=True, **options)
        p.grad = g
        optimizer.state[p].update({**kept, "step": torch.tensor(3.0)})
        optimizer.step()
        assert optimizer.state[p]["step"] == 4
        return p, *(optimizer.state[p][s] for s in slots)

    p, g = (randoms(5, seed=k, dtype=torch.float64).requires_grad_() for k in (8, 9))
    assert gradcheck(stepped, (p, g, *state_of(slots).values()))


@pytest.mark.parametrize(("name", "options", "slots"), CASES, ids=IDS)
def test_derivatives_by_rate_and_decay(name: str, options: dict[str, Any], slots: tuple[str, ...]) -> None:
    options = {key: value for key, value in options.items() if key != "weight_decay"}

    def stepped(lr: Tensor, weight_decay: Tensor) -> Tensor:
        p = torch.ones(5, dtype=torch.float64, requires_grad=True).clone()
        optimizer = getattr(ours, name)([p], lr=lr, weight_decay=weight_decay, differentiable=True, **options)
        for k in range(3):
            p.grad = randoms(5, seed=k, dtype=torch.float64)
            optimizer.step()
        return p

    rates = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.1, 0.2))
    assert gradcheck(stepped, tuple(rates))


def test_derivatives_by_betas() -> None:
    def stepped(beta1: Tensor, beta2: Tensor) -> Tensor:
        p = torch.ones(5, dtype=torch.float64, requires_grad=True).clone()
        optimizer = ours.Adam([p], lr=0.1, betas=(beta1, beta2), differentiable=True)
        for k in range(3):
            p.grad = randoms(5, seed=k, dtype=torch.float64)
            optimizer.step()
        return p

    betas = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.8, 0.9))
    assert gradcheck(stepped, tuple(betas))


@pytest.mark.parametrize(("name", "options", "slots"), CASES, ids=IDS)
def test_the_values_are_those_of_a_step_without_it(name: str, options: dict[str, Any], slots: tuple[str, ...]) -> None:
    results = []
    for differentiable in (True, False):
        p = randoms(5, dtype=torch.float64).requires_grad_()
        p = p.clone() if differentiable else p
        optimizer = getattr(ours, name)([p], lr=0.1, differentiable=differentiable, **options)
        for k in range(5):
            p.grad = randoms(5, seed=k, dtype=torch.float64)
            optimizer.step()
        results.append(p.detach())
    torch.testing.assert_close(*results, rtol=1e-12, atol=1e-12)


def test_a_leaf_cannot_be_stepped_under_autograd_as_in_torch() -> None:
    p = torch.nn.Parameter(torch.ones(2))
    optimizer = ours.SGD([p], differentiable=True)
    p.grad = torch.ones(2)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place"):
        optimizer.step()


def test_a_step_count_that_requires_a_gradient_is_refused() -> None:
    p = torch.ones(2, requires_grad=True).clone()
    optimizer = ours.Adam([p], differentiable=True)
    p.grad = torch.ones(2)
    optimizer.state[p]["step"] = torch.tensor(1.0, requires_grad=True)
    with pytest.raises(RuntimeError, match="`requires_grad` is not supported for `step` in differentiable mode"):
        optimizer.step()
