"""State that is saved, copied, loaded, cleared or moved: training goes on as if nothing had been."""

import copy
import io
import pickle
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
import torch

from surefoot.errors import UserError
from surefoot.optim import CLASSES, Adam, RuleOptimizer, from_rule
from surefoot.rules import Rate
from tests.optim.eager import OPTIMIZERS, parameter, randoms, same

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)
DTYPES = (torch.float32, torch.float64, torch.bfloat16)


def parameters() -> list[torch.nn.Parameter]:
    mixed = [parameter(6, seed=k, dtype=dtype) for k, dtype in enumerate(DTYPES)]
    mixed.append(torch.nn.Parameter(torch.view_as_complex(randoms(3, 2, seed=9))))
    mixed[0].data = mixed[0].data.reshape(2, 3).T
    return mixed


def train(optimizer: RuleOptimizer, first: int, last: int) -> None:
    for step in range(first, last):
        for k, p in enumerate(p for group in optimizer.param_groups for p in group["params"]):
            p.grad = None if step == k else torch.empty_like(p).copy_(randoms(*p.shape, seed=100 * step + k))
        optimizer.step()


def through_torch(state: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    loaded: dict[str, Any] = torch.load(file, weights_only=True)
    return loaded


@every_optimizer
@pytest.mark.parametrize("way", [lambda s: s, copy.deepcopy, through_torch], ids=["as it is", "copied", "torch.save"])
def test_a_state_dict_loaded_midway_goes_on_bit_for_bit(
    optimizer_class: type[RuleOptimizer], way: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    undisturbed, broken = parameters(), parameters()
    optimizer, before = optimizer_class(undisturbed), optimizer_class(broken)
    train(optimizer, 0, 8)
    train(before, 0, 5)
    after = optimizer_class(broken)
    after.load_state_dict(way(before.state_dict()))
    train(after, 5, 8)
    assert all(map(torch.equal, undisturbed, broken))
    train(before, 5, 6)  # the one that was saved is not the one that goes on
    for p, q in zip(undisturbed, broken, strict=True):
        for slot, value in optimizer.state[p].items():
            assert torch.equal(value, after.state[q][slot])
            assert value.dtype == after.state[q][slot].dtype


@pytest.mark.parametrize("optimizer_class", list(CLASSES.values()), ids=lambda c: c.__name__)
@pytest.mark.parametrize("way", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))], ids=["deepcopy", "pickle"])
def test_a_copied_optimizer_goes_on_bit_for_bit_and_apart(
    optimizer_class: type[RuleOptimizer], way: Callable[[RuleOptimizer], RuleOptimizer]
) -> None:
    optimizer = optimizer_class(parameters())
    train(optimizer, 0, 5)
    copied = way(optimizer)
    train(copied, 5, 8)
    kept = [p.detach().clone() for p in optimizer.param_groups[0]["params"]]
    train(optimizer, 5, 8)
    for p, q, k in zip(optimizer.param_groups[0]["params"], copied.param_groups[0]["params"], kept, strict=True):
        assert torch.equal(p, q)
        assert not torch.equal(p, k)


@pytest.mark.parametrize("clear", ["clear", "replace", "each"])
@every_optimizer
def test_a_cleared_state_starts_anew(optimizer_class: type[RuleOptimizer], clear: str) -> None:
    p, fresh = parameter(5), parameter(5)
    optimizer, other = optimizer_class([p]), optimizer_class([fresh])
    p.grad, fresh.grad = randoms(5), randoms(5)
    optimizer.step()
    with torch.no_grad():
        p.copy_(fresh)
    if clear == "clear":
        optimizer.state.clear()
    elif clear == "replace":
        optimizer.state = defaultdict(dict)
    else:
        optimizer.state[p].clear()
    optimizer.step()
    other.step()
    assert same(p, fresh, optimizer_class.rule)
    assert int(optimizer.state[p]["step"]) == 1


def test_a_state_tensor_put_in_anothers_place_is_used() -> None:
    p = torch.nn.Parameter(torch.zeros(2))
    optimizer = Adam([p])
    p.grad = torch.ones(2)
    optimizer.step()
    old = optimizer.state[p]["m"]
    before = old.clone()
    optimizer.state[p]["m"] = torch.full((2,), 5.0)
    optimizer.step()
    assert torch.equal(old, before)
    assert torch.allclose(optimizer.state[p]["m"], torch.tensor(0.9 * 5 + 0.1))


def test_load_state_dict_takes_settings_too_and_refuses_other_groups() -> None:
    first, second = Adam([parameter(2)], lr=0.5, eps_at="inside"), Adam([parameter(2)])
    second.load_state_dict(first.state_dict())
    assert (second.param_groups[0]["lr"], second.param_groups[0]["eps_at"]) == (0.5, "inside")
    with pytest.raises(ValueError, match="parameter group"):
        Adam([parameter(2), parameter(2)]).load_state_dict(first.state_dict())


def test_a_state_from_another_layout_of_memory_is_laid_out_as_the_parameter() -> None:
    p, q = parameter(2, 3, 4, 4), parameter(2, 3, 4, 4)
    q.data = q.data.to(memory_format=torch.channels_last)
    first, second = Adam([p]), Adam([q])
    p.grad, q.grad = torch.ones_like(p), torch.ones_like(q)
    first.step()
    second.load_state_dict(first.state_dict())
    assert second.state[q]["m"].stride() == q.stride()
    assert torch.equal(second.state[q]["m"], first.state[p]["m"])


def stepped(memory: Callable[[torch.Tensor], object] | None) -> torch.Tensor:
    """A parameter after three steps of Adam, its state moved in memory after the first."""
    p = parameter(4000, seed=1)
    optimizer = Adam([p], lr=0.1)
    for k in range(3):
        p.grad = randoms(4000, seed=k)
        optimizer.step()
        if k == 0 and memory is not None:
            for slot in ("m", "v"):
                memory(optimizer.state[p][slot])
    return p.detach()


def swap(v: torch.Tensor) -> None:
    v.data = v.data.clone()


def grow_and_shrink(v: torch.Tensor) -> None:
    kept = v.clone()
    v.resize_(16_000).resize_(4000).copy_(kept)


@pytest.mark.parametrize("memory", [swap, torch.Tensor.share_memory_, grow_and_shrink, lambda v: v.set_(v.clone())])
def test_state_that_moves_in_memory_is_found_there(memory: Callable[[torch.Tensor], object]) -> None:
    assert torch.equal(stepped(memory), stepped(None))


def test_a_counter_that_moves_in_memory_goes_on_counting() -> None:
    p = parameter(3)
    optimizer = Adam([p])
    for _ in range(3):
        p.grad = torch.ones(3)
        optimizer.step()
        optimizer.state[p]["step"].share_memory_()
    assert optimizer.state_dict()["state"][0]["step"] == 3


def test_loading_copies_the_counter() -> None:
    p, q = parameter(3), parameter(3)
    one, other = Adam([p]), Adam([q])
    p.grad, q.grad = torch.ones(3), torch.ones(3)
    one.step()
    other.load_state_dict(one.state_dict())
    one.step()
    one.step()
    other.step()
    assert (one.state[p]["step"], other.state[q]["step"]) == (3, 2)


@pytest.mark.parametrize("foreign", [torch.optim.Adam, CLASSES["momentum"], CLASSES["amsgrad"], CLASSES["adamw"]])
def test_what_another_rules_optimizer_saved_is_refused(foreign: Any) -> None:
    p = parameter(3)
    p.grad = torch.ones(3)
    saved = foreign([p])
    saved.step()
    with pytest.raises(UserError, match="of another optimizer than Adam"):
        Adam([p]).load_state_dict(saved.state_dict())


def test_a_saved_setting_outside_its_domain_is_refused() -> None:
    optimizer = Adam([parameter(3)])
    saved = optimizer.state_dict()
    saved["param_groups"][0]["lr"] = float("inf")
    with pytest.raises(UserError, match="lr must be in"):
        optimizer.load_state_dict(saved)


def negated(x, g, *, t, lr: Rate = 0.1):
    return x + lr * g


def test_an_optimizer_of_a_rule_of_ones_own_is_pickled_and_copied() -> None:
    p = parameter(3)
    made = from_rule(negated)([p], lr=0.5)
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert type(again) is type(made)
        assert again.param_groups[0]["lr"] == 0.5
