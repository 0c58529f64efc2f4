"""Clipping and loss scales inside the step: the same as torch's own functions before it."""

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from surefoot.errors import UserError
from surefoot.optim import SGD, Adam, RuleOptimizer
from surefoot.optim import torch as dropin
from tests.optim.eager import OPTIMIZERS, batched, parameter, randoms, same

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)


def parameters(dtype: torch.dtype = torch.float32) -> list[Any]:
    """Some for the kernel, one with strides that goes alone, an empty and a complex one."""
    made = [parameter(5, 3, seed=k, dtype=dtype) for k in range(3)]
    made[2].data = torch.stack([made[2].data, made[2].data], 2)[:, :, 0]
    complex_ = torch.view_as_complex(randoms(4, 2, seed=9, dtype=torch.float64)).to(dtype.to_complex())
    return [*made, parameter(0, dtype=dtype), torch.nn.Parameter(complex_)]


def give(parameters: list[Any], step: int, size: float = 1.0) -> None:
    for k, p in enumerate(parameters):
        p.grad = (size * randoms(*p.shape, seed=10 * step + k)).to(p.dtype)


def close(one: Tensor, other: Tensor) -> bool:
    """Within what two roundings of the gradient's factor, and one of each element, can make of a step."""
    finfo = torch.finfo(one.dtype)
    return torch.allclose(one, other, rtol=32 * finfo.eps, atol=32 * finfo.eps)


@every_optimizer
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [1e-3, 1e3])
def test_clip_norm_is_torchs_clip_grad_norm_before_the_step(
    optimizer_class: type[RuleOptimizer], dtype: torch.dtype, size: float
) -> None:
    ours, theirs = parameters(dtype), parameters(dtype)
    clipping, plain = optimizer_class(ours, clip_norm=0.5), optimizer_class(theirs)
    for step in range(3):
        give(ours, step, size)
        give(theirs, step, size)
        kept = [p.grad.clone() for p in ours]
        clipping.step()
        torch.nn.utils.clip_grad_norm_(theirs, 0.5)
        plain.step()
        assert all(map(torch.equal, kept, (p.grad for p in ours)))  # the gradients themselves are left as they were
    assert batched(clipping) == 3
    assert all(map(close, ours, theirs))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_halves_are_clipped_in_float32(dtype: torch.dtype) -> None:
    """As torch clips the same gradients in float32; in halves it would round the norm and the gradients to them."""
    ours, theirs = parameter(200, dtype=dtype), parameter(200, dtype=dtype)
    theirs.grad_dtype = torch.float32
    ours.grad = randoms(200, dtype=dtype)
    theirs.grad = ours.grad.float()
    SGD([ours], lr=0.1, clip_norm=0.5).step()
    torch.nn.utils.clip_grad_norm_([theirs], 0.5)
    SGD([theirs], lr=0.1).step()
    assert (ours != theirs).sum() <= 1  # where the two factors, an ulp apart, lie on two sides of a tie
    assert torch.allclose(ours, theirs, rtol=torch.finfo(dtype).eps)


def test_the_norm_is_over_all_groups_and_each_has_its_own_bound() -> None:
    p, q = (torch.nn.Parameter(torch.zeros(1)) for _ in range(2))
    optimizer = SGD([{"params": [p], "clip_norm": 1.0}, {"params": [q]}], lr=1.0)
    p.grad, q.grad = torch.tensor([3.0]), torch.tensor([4.0])
    optimizer.step()
    assert p.item() == pytest.approx(-3 / 5, rel=1e-6)
    assert q.item() == -4.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_norm_that_is_not_finite_does_what_it_does_with_torch(bad: float) -> None:
    ours, theirs = [parameter(3), parameter(2)], [parameter(3), parameter(2)]
    for each in (ours, theirs):
        give(each, 0)
        each[0].grad[1] = bad
    SGD(ours, clip_norm=1.0, lr=0.1).step()
    torch.nn.utils.clip_grad_norm_(theirs, 1.0)
    SGD(theirs, lr=0.1).step()
    for p, q in zip(ours, theirs, strict=True):
        assert torch.allclose(p, q, equal_nan=True)


def test_the_norm_is_the_same_to_the_last_bit_on_any_number_of_threads() -> None:
    results, threads = [], torch.get_num_threads()
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            p, q = parameter(150_001), parameter(70_000, dtype=torch.bfloat16)
            optimizer = SGD([p, q], lr=1.0, clip_norm=1.0)
            give([p, q], 0)
            optimizer.step()
            results.append(optimizer._intake.norm)
    finally:
        torch.set_num_threads(threads)
    exact = math.sqrt(math.fsum(np.square(p.grad.double().numpy())) + math.fsum(np.square(q.grad.double().numpy())))
    assert results[0] == results[1] == results[2]
    assert results[0] == pytest.approx(exact, rel=1e-14)


def test_of_a_sparse_gradient_rows_named_twice_count_once() -> None:
    p = torch.nn.Parameter(torch.zeros(4, 1))
    p.grad = torch.sparse_coo_tensor(
        torch.tensor([[1, 1]]), torch.tensor([[1.0], [2.0]]), (4, 1), check_invariants=True
    )
    SGD([p], lr=1.0, clip_norm=0.5).step()
    assert p.detach().flatten().tolist() == pytest.approx([0, -0.5, 0, 0], rel=1e-6)


@every_optimizer
def test_clip_value_is_torchs_clip_grad_value_before_the_step(optimizer_class: type[RuleOptimizer]) -> None:
    ours, theirs = parameters()[:4], parameters()[:4]
    clipping, plain = optimizer_class(ours, clip_value=0.25), optimizer_class(theirs)
    for step in range(3):
        give(ours, step)
        give(theirs, step)
        ours[0].grad[0, 0] = theirs[0].grad[0, 0] = math.nan
        clipping.step()
        torch.nn.utils.clip_grad_value_(theirs, 0.25)
        plain.step()
    for p, q in zip(ours, theirs, strict=True):
        assert same(p.nan_to_num(), q.nan_to_num(), optimizer_class.rule)


def scaler() -> torch.amp.GradScaler:
    return torch.amp.GradScaler(device="cpu", init_scale=2.0**10, growth_interval=2)


def loop(optimizer: RuleOptimizer, model: torch.nn.Module, step: Callable[[Any, RuleOptimizer], None]) -> list[Tensor]:
    """Five steps with a loss scale, the third with a gradient that overflows."""
    scaling = scaler()
    for k in range(5):
        optimizer.zero_grad()
        x = randoms(8, 4, seed=k) * (math.inf if k == 2 else 1.0)
        scaling.scale(model(x).square().mean()).backward()
        step(scaling, optimizer)
        scaling.update()
    return [p.detach() for p in model.parameters()]


def plainly(scaling: Any, optimizer: RuleOptimizer) -> None:
    scaling.step(optimizer)


def fused(scaling: Any, optimizer: RuleOptimizer) -> None:
    """What GradScaler does for an optimizer that unscales in its step."""
    grads = [p.grad for group in optimizer.param_groups for p in group["params"]]
    optimizer.grad_scale = torch.tensor(scaling.get_scale())
    optimizer.found_inf = torch.tensor(float(not all(torch.isfinite(g).all() for g in grads)))
    before = [g.clone() for g in grads]
    optimizer.step()
    assert all(torch.equal(g.nan_to_num(), old.nan_to_num()) for g, old in zip(grads, before, strict=True))
    del optimizer.grad_scale, optimizer.found_inf
    scaling.unscale_(optimizer)  # and see whether the scale is to be changed


def unscaled_first(scaling: Any, optimizer: RuleOptimizer) -> None:
    scaling.unscale_(optimizer)
    scaling.step(optimizer)


def by_hand(scaling: Any, optimizer: RuleOptimizer) -> None:
    """What GradScaler does for an optimizer that knows nothing of it."""
    scaling.unscale_(optimizer)
    if all(torch.isfinite(p.grad).all() for group in optimizer.param_groups for p in group["params"]):
        optimizer.step()


@every_optimizer
def test_a_grad_scaler_gives_the_same_whichever_way_it_is_used(optimizer_class: type[RuleOptimizer]) -> None:
    """Scales are powers of two, so that it is the same to the last bit."""
    model = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
    results = []
    for way in (by_hand, unscaled_first, plainly, fused):
        trained = copy.deepcopy(model)
        optimizer = optimizer_class(trained.parameters())
        results.append(loop(optimizer, trained, way))
        assert {int(state["step"]) for state in optimizer.state.values()} == {4}
    for one, *others in zip(*results, strict=True):
        assert torch.isfinite(one).all()
        assert all(torch.equal(one, other) for other in others)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_scaler_leaves_only_float16_to_the_step(dtype: torch.dtype) -> None:
    p = torch.nn.Parameter(torch.zeros(3, dtype=dtype))
    optimizer, scaling = SGD([p], lr=1.0), scaler()
    scaling.scale(torch.zeros(()))
    p.grad = torch.full_like(p, 1024.0)
    scaling.step(optimizer)
    assert p.tolist() == [-1.0] * 3
    assert p.grad.tolist() == [1024.0 if dtype is torch.float16 else 1.0] * 3


def test_a_loss_scale_and_clipping_together() -> None:
    model = torch.nn.Linear(4, 3)
    ours, theirs = copy.deepcopy(model), copy.deepcopy(model)

    def clipped(scaling: Any, optimizer: RuleOptimizer) -> None:
        scaling.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.1)
        scaling.step(optimizer)

    for one, two in zip(
        loop(Adam(ours.parameters(), lr=0.1, clip_norm=0.1), ours, fused),
        loop(Adam(theirs.parameters(), lr=0.1), theirs, clipped),
        strict=True,
    ):
        assert close(one, two)


def test_halves_are_unscaled_in_float32() -> None:
    """float16 gradients that would vanish if they were divided in their own type."""
    p = torch.nn.Parameter(torch.zeros(3, dtype=torch.float16))
    optimizer, scaling = SGD([p], lr=1000.0), torch.amp.GradScaler(device="cpu", init_scale=2.0**16)
    scaling.scale(torch.zeros(()))
    p.grad = torch.full((3,), 2.0**-9, dtype=torch.float16)
    scaling.step(optimizer)
    assert p.tolist() == pytest.approx([-1000 * 2.0**-25] * 3, rel=1e-3)


def test_a_differentiable_step_refuses_a_loss_scale() -> None:
    p = parameter(3)
    optimizer = dropin.SGD([p], lr=0.1, differentiable=True)
    p.grad, optimizer.grad_scale = torch.ones(3), torch.tensor(2.0)
    with pytest.raises(UserError, match="grad_scale must be taken back before a differentiable step"):
        optimizer.step()


def test_a_step_after_a_scaled_one_is_unscaled() -> None:
    p, q = parameter(3), parameter(3)
    optimizer, other = SGD([p], lr=0.1), SGD([q], lr=0.1)
    p.grad, q.grad = torch.ones(3), torch.full((3,), 0.5)
    optimizer.grad_scale = torch.tensor(2.0)
    optimizer.step()
    del optimizer.grad_scale
    other.step()
    optimizer.step()
    q.grad = torch.ones(3)
    other.step()
    assert torch.equal(p, q)
