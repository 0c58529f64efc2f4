"""What a user may change between two steps: data, gradients, strides, types, settings. Every change takes effect."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from surefoot.optim import SGD, Adam, RuleOptimizer
from tests.optim.eager import OPTIMIZERS, batched, parameter, randoms, same

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)

Change = Callable[[Tensor], Tensor]
CHANGES: dict[str, Change] = {
    "copied": lambda x: x.clone(),
    "transposed in memory": lambda x: x.T.clone(memory_format=torch.contiguous_format).T,
    "every second element": lambda x: torch.stack([x, -x], 2)[:, :, 0],
    "part of more": lambda x: torch.cat([x, x])[:4],
}


@every_optimizer
@pytest.mark.parametrize("of_data", CHANGES)
@pytest.mark.parametrize("of_grad", CHANGES)
def test_data_and_gradients_moved_in_memory(optimizer_class: type[RuleOptimizer], of_data: str, of_grad: str) -> None:
    p, still = parameter(4, 6), parameter(4, 6)
    optimizer, other = optimizer_class([p]), optimizer_class([still])
    for step in range(6):
        p.grad, still.grad = randoms(4, 6, seed=step), randoms(4, 6, seed=step)
        if step in (2, 4):
            old = p.detach()
            kept = old.clone()
            p.data = CHANGES[of_data](old)
            p.grad = CHANGES[of_grad](p.grad)
        optimizer.step()
        other.step()
        if step in (2, 4):
            assert torch.equal(old, kept)  # memory that was the parameter's once is not written
    assert same(p, still, optimizer_class.rule)
    assert batched(optimizer) == (of_data in ("copied", "part of more"))


@every_optimizer
def test_a_model_turned_to_double_goes_on_in_double(optimizer_class: type[RuleOptimizer]) -> None:
    model = torch.nn.Linear(3, 2)
    optimizer = optimizer_class(model.parameters())
    for dtype in (torch.float32, torch.float64):
        model.to(dtype)
        optimizer.zero_grad()
        model(torch.ones(1, 3, dtype=dtype)).sum().backward()
        before = model.weight.detach().clone()
        optimizer.step()
        assert model.weight.dtype == dtype
        assert not torch.equal(before, model.weight)
    fresh = optimizer_class(model.parameters())
    fresh.load_state_dict(optimizer.state_dict())
    fresh.step()
    assert batched(fresh) == 2


@every_optimizer
def test_data_of_another_type_beside_an_old_gradient(optimizer_class: type[RuleOptimizer]) -> None:
    p = parameter(4)
    optimizer = optimizer_class([p])
    p.grad = randoms(4)
    optimizer.step()
    twin = parameter(4, dtype=torch.float64)
    other = optimizer_class([twin])
    other.load_state_dict(optimizer.state_dict())
    p.data, twin.grad = twin.detach().clone(), p.grad.double()
    optimizer.step()
    other.step()
    assert batched(optimizer) == 0
    assert torch.allclose(p, twin, rtol=1e-5)


@every_optimizer
def test_a_rate_changed_between_steps_takes_effect_at_the_next(optimizer_class: type[RuleOptimizer]) -> None:
    results = []
    for rate, lay_out_anew in ((0.5, False), (0.5, True), (0.1, False)):
        p = parameter(5)
        optimizer = optimizer_class([p], lr=0.1)
        p.grad = randoms(5)
        optimizer.step()
        optimizer.param_groups[0]["lr"] = rate
        if lay_out_anew:
            optimizer._layout = None
        optimizer.step()
        results.append(p)
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


def test_a_rate_may_be_a_tensor() -> None:
    rate, p, q = torch.tensor(0.1), parameter(5), parameter(5)
    optimizer, other = Adam([p], lr=rate), Adam([q], lr=float(rate))
    p.grad, q.grad = randoms(5), randoms(5)
    optimizer.step()
    other.step()
    assert torch.equal(p, q)
    rate.fill_(0.7)
    other.param_groups[0]["lr"] = float(torch.tensor(0.7))
    optimizer.step()
    other.step()
    assert torch.equal(p, q)


def test_a_rate_beyond_float32_is_infinite_in_silence() -> None:
    p = torch.nn.Parameter(torch.zeros(3))
    optimizer = SGD([p], lr=1e300)
    p.grad = torch.ones(3)
    optimizer.step()
    assert p.tolist() == [-torch.inf] * 3


@every_optimizer
def test_a_layout_is_kept_while_nothing_moves(optimizer_class: type[RuleOptimizer]) -> None:
    optimizer = optimizer_class([parameter(5), parameter(3, dtype=torch.bfloat16)])
    layouts = set()
    for step in range(3):
        for p in optimizer.param_groups[0]["params"]:
            p.grad = randoms(*p.shape, seed=step, dtype=p.dtype)
        optimizer.step()
        layouts.add(id(optimizer._layout))
    assert len(layouts) == 1


def test_a_negated_view_of_one_number_keeps_its_sign() -> None:
    p = torch.nn.Parameter(torch.zeros(1))
    optimizer = SGD([p], lr=1.0)
    p.grad = torch.ones(1)
    optimizer.step()
    p.grad = torch.tensor([1 + 1j]).conj().imag
    optimizer.step()
    assert p.item() == 0


def test_a_gradient_of_another_shape_is_not_read() -> None:
    p = torch.nn.Parameter(torch.zeros(10, 2, 2).permute(2, 1, 0))
    optimizer = SGD([p], lr=1.0)
    p.grad = torch.ones(10, 2, 2).permute(2, 1, 0)
    optimizer.step()
    p.grad.data = torch.ones(60).as_strided((3, 2, 10), (1, 2, 4))
    with pytest.raises(RuntimeError):
        optimizer.step()
