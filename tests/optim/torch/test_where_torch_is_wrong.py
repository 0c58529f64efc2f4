"""Defects of torch 2.13's optimizers that the same classes of ours do not have."""

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import surefoot.optim.torch as ours
from surefoot.errors import UserError
from surefoot.optim import RuleOptimizer
from tests.optim.eager import batched, parameter, randoms

CLASSES: list[type[RuleOptimizer]] = [getattr(ours, name) for name in ours.__all__]
every_class = pytest.mark.parametrize("optimizer_class", CLASSES, ids=lambda c: c.__name__)
Made = type[RuleOptimizer]


def stepped(optimizer_class: Made, p: Tensor, *grads: Tensor) -> RuleOptimizer:
    optimizer = optimizer_class([p])
    for g in grads:
        p.grad = g
        optimizer.step()
    return optimizer


@every_class
def test_a_graph_that_holds_the_old_parameter_raises(optimizer_class: Made) -> None:
    w = torch.nn.Parameter(torch.full((3,), 2.0))
    cube = (w**3).sum()
    assert batched(stepped(optimizer_class, w, torch.ones(3))) == 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        cube.backward()


STRIDES: dict[str, Callable[[Tensor], Tensor]] = {
    "transposed": lambda g: g.T.contiguous().T,
    "strided": lambda g: torch.stack([g, -g], 2)[..., 0],
    "flipped and back": lambda g: g.flip(0).contiguous().flip(0),
}


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("strides", STRIDES)
@pytest.mark.parametrize("optimizer_class", [ours.SGD, ours.Adagrad, ours.Adam, ours.AdamW], ids=lambda c: c.__name__)
def test_a_gradients_strides_do_not_change_the_step(optimizer_class: Any, strides: str, fused: bool) -> None:
    p, q = parameter(4, 4), parameter(4, 4)
    for w, change in ((p, STRIDES[strides]), (q, torch.clone)):
        optimizer = optimizer_class([w], fused=fused)
        for k in range(3):
            w.grad = change(randoms(4, 4, seed=k))
            optimizer.step()
    assert torch.allclose(p, q, rtol=1e-6, atol=1e-7)


@every_class
def test_an_expanded_gradient_steps_as_its_copy(optimizer_class: Made) -> None:
    p, q = parameter(4, 3), parameter(4, 3)
    g = torch.tensor([0.5]).expand(4, 3)
    stepped(optimizer_class, p, g, g)
    stepped(optimizer_class, q, g.clone(), g.clone())
    assert torch.isfinite(p).all()
    assert torch.allclose(p, q, rtol=1e-6)
    assert g[0, 0] == 0.5


@every_class
def test_a_view_is_stepped_and_what_lies_between_is_not(optimizer_class: Made) -> None:
    base, alone = randoms(12), parameter(6)
    with torch.no_grad():
        alone.copy_(base[::2])
    before = base.clone()
    stepped(optimizer_class, torch.nn.Parameter(base[::2]), randoms(6), randoms(6))
    stepped(optimizer_class, alone, randoms(6), randoms(6))
    assert torch.equal(base[1::2], before[1::2])
    assert torch.allclose(base[::2], alone, rtol=1e-6)


@every_class
def test_channels_last_weights_take_the_kernel(optimizer_class: Made) -> None:
    conv = torch.nn.Conv2d(3, 4, 2).to(memory_format=torch.channels_last)
    plain = copy.deepcopy(conv).to(memory_format=torch.contiguous_format)
    for model, form in ((conv, torch.channels_last), (plain, torch.contiguous_format)):
        optimizer = optimizer_class([model.weight])
        for k in range(2):
            model.weight.grad = randoms(4, 3, 2, 2, seed=k).to(memory_format=form)
            optimizer.step()
        assert batched(optimizer) == 1
    assert torch.allclose(conv.weight, plain.weight, rtol=1e-6, atol=1e-7)


@every_class
def test_halves_keep_their_state_in_float32_through_saving_too(optimizer_class: Made) -> None:
    p = parameter(4, dtype=torch.bfloat16)
    optimizer = stepped(optimizer_class, p, randoms(4).bfloat16())
    again = optimizer_class([p])
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for state in (optimizer.state[p], again.state[p]):
        assert {v.dtype for slot, v in state.items() if slot != "step"} <= {torch.float32}


def test_a_spike_does_not_stay_in_a_halfs_second_moment() -> None:
    """torch keeps it in bfloat16, in which 0.999 times a number is that number again."""
    left = {}
    for source, dtype in ((ours, torch.bfloat16), (torch.optim, torch.bfloat16), (torch.optim, torch.float32)):
        p = torch.nn.Parameter(torch.zeros(1, dtype=dtype))
        optimizer = source.Adam([p], lr=1e-3)
        for k in range(3000):
            p.grad = torch.full_like(p, 1000.0 if k == 0 else 1.0)
            optimizer.step()
        left[source, dtype] = optimizer.state[p]["exp_avg_sq"].item()
    exact = left[torch.optim, torch.float32]
    assert left[ours, torch.bfloat16] == pytest.approx(exact, rel=1e-3)
    assert left[torch.optim, torch.bfloat16] > 10 * exact


def test_centered_rmsprop_stays_finite_under_nearly_constant_gradients() -> None:
    generator = torch.Generator().manual_seed(0)
    p = torch.nn.Parameter(torch.zeros(64))
    optimizer = ours.RMSprop([p], lr=1e-3, centered=True)
    for _ in range(2500):
        p.grad = 1 + 1e-4 * torch.randn(64, generator=generator)
        optimizer.step()
    assert torch.isfinite(p).all()


ABSURD = [
    ("SGD", {"lr": math.inf}, r"Invalid learning rate: inf; lr must be in \[0, inf\) and finite"),
    ("SGD", {"momentum": 5}, r"Invalid momentum value: 5; momentum must be in \[0, 1\)"),
    ("SGD", {"momentum": 0.9, "dampening": 1.5}, r"Invalid dampening value: 1.5; dampening must be in \[0, 1\]"),
    ("SGD", {"nesterov": True}, "Nesterov momentum requires a momentum and zero dampening, got momentum 0"),
    ("RMSprop", {"alpha": 2.0}, r"Invalid alpha value: 2.0; alpha must be in \[0, 1\)"),
    ("RMSprop", {"eps": math.nan}, "Invalid epsilon value: nan"),
    ("Adagrad", {"initial_accumulator_value": math.inf}, "Invalid initial_accumulator_value value: inf"),
    ("Adam", {"betas": (0.9, 1.0)}, r"Invalid beta parameter at index 1: 1.0; betas\[1\] must be in \[0, 1\)"),
    ("Adam", {"betas": 0.9}, "betas must be two numbers, got 0.9"),
    ("Adam", {"lr": "big"}, "Invalid learning rate: big"),
    ("AdamW", {"weight_decay": -1}, "Invalid weight_decay value: -1"),
    ("LAMB", {"lr": torch.ones(2)}, "Tensor lr must be 1-element"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), ABSURD)
def test_what_cannot_work_is_refused_by_name_in_torchs_words(name: str, arguments: Any, message: str) -> None:
    for build in (
        lambda: getattr(ours, name)([parameter(2)], **arguments),
        lambda: getattr(ours, name)([{"params": [parameter(2)], **arguments}]),
    ):
        with pytest.raises(UserError, match=message) as caught:
            build()
        assert isinstance(caught.value, ValueError)
        assert "\n" not in str(caught.value)


@every_class
def test_a_reordered_model_finds_its_state_by_name(optimizer_class: Made) -> None:
    a, b = parameter(3, seed=1), parameter(3, seed=2)
    optimizer = optimizer_class([("a", a), ("b", b)])
    a.grad, b.grad = randoms(3, seed=3), randoms(3, seed=4)
    optimizer.step()
    other = optimizer_class([("b", b), ("a", a)])
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["param_names"] == ["b", "a"]
    for p in (a, b):
        for slot in optimizer.state[p].keys() - {"step"}:
            assert torch.equal(other.state[p][slot], optimizer.state[p][slot])


@every_class
def test_names_that_changed_are_said_and_state_goes_by_place(optimizer_class: Made) -> None:
    a, b = parameter(3, seed=1), parameter(3, seed=2)
    optimizer = optimizer_class([("module.a", a), ("module.b", b)])
    a.grad, b.grad = randoms(3, seed=3), randoms(3, seed=4)
    optimizer.step()
    other = optimizer_class([("a", a), ("b", b)])
    with pytest.warns(UserWarning, match=r"its parameter names are not the optimizer's \(a, b not among them\)"):
        other.load_state_dict(optimizer.state_dict())
    kept = optimizer.state[a].keys() - {"step"}
    assert all(torch.equal(other.state[a][slot], optimizer.state[a][slot]) for slot in kept)


@every_class
def test_state_moves_where_it_is_sent(optimizer_class: Made) -> None:
    p = parameter(3)
    optimizer = stepped(optimizer_class, p, randoms(3))
    slots = set(optimizer.state[p]) - {"step"}
    assert optimizer.to(torch.float64) is optimizer
    assert {optimizer.state[p][slot].dtype for slot in slots} <= {torch.float64}
    optimizer.to("meta")
    assert {optimizer.state[p][slot].device.type for slot in slots} <= {"meta"}


@every_class
def test_a_model_that_moves_takes_its_state_along(optimizer_class: Made) -> None:
    model, twin = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2).double()
    twin.load_state_dict(model.state_dict())
    optimizer, other = optimizer_class(model.parameters()), optimizer_class(twin.parameters())
    for k in range(4):
        if k == 2:
            model.double()
            optimizer.to(torch.float64)
        for module in (model, twin):
            for i, p in enumerate(module.parameters()):
                p.grad = randoms(*p.shape, seed=10 * k + i, dtype=torch.float64).to(p.dtype)
        optimizer.step()
        other.step()
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=1e-5, atol=1e-6)


@every_class
def test_empty_tensors_and_parameters_without_gradients(optimizer_class: Made) -> None:
    empty, idle, beside = parameter(0, 3), parameter(2), parameter(3)
    before = idle.detach().clone()
    optimizer = optimizer_class([empty, idle, beside])
    for _ in range(2):
        empty.grad, beside.grad = torch.zeros(0, 3), randoms(3)
        optimizer.step()
    assert torch.equal(idle, before)
    assert optimizer.state[beside]["step"] == 2
    assert optimizer.state[idle].get("step", 0) == 0


@every_class
def test_counters_are_each_parameters_own(optimizer_class: Made) -> None:
    p, q, alone = parameter(3), parameter(3), parameter(3)
    optimizer, single = optimizer_class([p, q]), optimizer_class([alone])
    for k in range(4):
        for w in (p, q, alone):
            w.grad = randoms(3, seed=k)
        if k == 2:
            optimizer.state[p]["step"] += 10
        optimizer.step()
        single.step()
    assert [int(optimizer.state[w]["step"]) for w in (p, q)] == [14, 4]
    assert torch.equal(q, alone)


@every_class
def test_a_gradient_swapped_for_one_of_another_shape_is_not_stepped_along(optimizer_class: Made) -> None:
    p = parameter(2, 3)
    optimizer = stepped(optimizer_class, p, randoms(2, 3))
    assert batched(optimizer) == 1
    before = p.detach().clone()
    p.grad.data = torch.ones(3, 2)
    with pytest.raises(RuntimeError, match="size of tensor"):
        optimizer.step()
    assert torch.equal(p, before)


def test_duplicate_parameters_step_twice_as_torchs_do() -> None:
    for name in ("SGD", "Adagrad", "RMSprop", "Adam"):
        results = []
        for source in (ours, torch.optim):
            p, q = parameter(3, seed=1), parameter(3, seed=2)
            with pytest.warns(UserWarning, match="a parameter group with duplicate parameters"):
                optimizer = getattr(source, name)([p, q, p], lr=0.1)
            for k in range(3):
                p.grad, q.grad = randoms(3, seed=k), randoms(3, seed=k)
                optimizer.step()
            results.append((p, q, optimizer.state[p].get("step", torch.tensor(6.0))))
        assert torch.equal(results[0][0], results[1][0]), name
        assert torch.equal(results[0][1], results[1][1]), name
        assert results[0][2] == results[1][2] == 6


def test_an_adam_that_loads_an_adamws_state_goes_on_as_its_groups_say() -> None:
    """torch's convention: `decoupled_weight_decay` stands in the groups, which loading takes over."""
    p, q = parameter(3), parameter(3)
    first = stepped(ours.AdamW, p, randoms(3))
    stepped(ours.AdamW, q, randoms(3))
    second, third = ours.Adam([p]), ours.AdamW([q])
    for optimizer in (second, third):
        optimizer.load_state_dict(first.state_dict())
    p.grad, q.grad = randoms(3, seed=5), randoms(3, seed=5)
    second.step()
    third.step()
    assert torch.equal(p, q)
    with pytest.raises(UserError, match="of another optimizer than RMSprop"):
        ours.RMSprop([p]).load_state_dict(first.state_dict())


def test_under_inference_mode_parameters_step_and_state_is_usable_afterwards() -> None:
    p = parameter(3)
    optimizer = ours.Adam([p])
    p.grad = randoms(3)
    with torch.inference_mode():
        optimizer.step()
    before = p.detach().clone()
    p.grad = randoms(3, seed=4)
    optimizer.step()
    assert not torch.equal(p, before)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
def test_a_scripted_models_parameters_step_as_the_plain_models() -> None:
    plain = torch.nn.Linear(3, 2)
    scripted = torch.jit.script(copy.deepcopy(plain))
    for model in (plain, scripted):
        optimizer = ours.Adam(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.ones(4, 3)).square().sum().backward()
            optimizer.step()
    assert all(map(torch.equal, plain.parameters(), scripted.parameters()))


@every_class
def test_pickled_classes_are_found_by_name(optimizer_class: Made) -> None:
    assert pickle.loads(pickle.dumps(optimizer_class)) is optimizer_class


def test_the_module_is_found_from_the_package() -> None:
    import surefoot as sf

    assert sf.optim.torch is ours
