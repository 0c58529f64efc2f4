"""What torch's own tests ask of its optimizers, asked of ours, over torch's own table of configurations.

The behaviours are those of torch's test_optim.py; the tests are written anew.
"""

import io
import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from surefoot.optim.torch import SGD
from tests.optim.torch.conformance import INFOS, Problem, configs, every_class, every_config, expecting, make, train


def errors() -> list[Any]:
    return [
        pytest.param(name, error, id=f"{name}: {error.optimizer_error_input.desc}")
        for name, info in INFOS.items()
        for error in info.optim_error_inputs_func(device="cpu", dtype=torch.float32)
    ]


@pytest.mark.parametrize(("name", "error"), errors())
def test_every_error_of_the_table_has_torchs_type_and_message(name: str, error: Any) -> None:
    given = error.optimizer_error_input
    with expecting(error.error_type, error.error_regex):
        make(name, given.params, **given.kwargs)


def goes_right(problem: Problem, optimizer: Any, schedulers: Any, maximize: bool) -> bool:
    before = problem.loss().item()
    for _ in range(20):
        loss = optimizer.step(problem.backward)
        for scheduler in schedulers:
            scheduler.step(loss.detach()) if isinstance(scheduler, ReduceLROnPlateau) else scheduler.step()
    after = problem.loss().item()
    return after > before if maximize else after < before


@pytest.mark.parametrize("contiguous", [True, False])
@every_class
def test_every_config_goes_in_the_right_direction_under_every_scheduler_of_the_table(
    name: str, contiguous: bool
) -> None:
    for constructors in ([], *INFOS[name].scheduler_inputs):
        for arguments in configs(name) + configs(name, device="cuda"):
            problem = Problem(contiguous)
            optimizer = make(name, problem.parameters, **arguments)
            schedulers = [constructor(optimizer) for constructor in constructors]
            assert goes_right(problem, optimizer, schedulers, arguments.get("maximize", False)), arguments


@every_class
def test_a_group_with_a_rate_of_its_own_under_schedulers(name: str) -> None:
    for constructors in INFOS[name].scheduler_inputs:
        problem = Problem()
        optimizer = make(name, [{"params": [problem.weight]}, {"params": [problem.bias], "lr": 0.01}])
        assert goes_right(problem, optimizer, [c(optimizer) for c in constructors], False)


@every_config
def test_a_rate_that_is_a_tensor_steps_as_the_number(name: str, arguments: dict[str, Any]) -> None:
    one, other = Problem(), Problem()
    plain = make(name, one.parameters, **{**arguments, "lr": 1e-3})
    if arguments.get("foreach") and "betas" in plain.defaults:
        with pytest.raises(ValueError, match="lr as a Tensor is not supported"):
            make(name, other.parameters, **{**arguments, "lr": torch.tensor(1e-3)})
        return
    tensor = make(name, other.parameters, **{**arguments, "lr": torch.tensor(1e-3)})
    train(plain, one, 5)
    train(tensor, other, 5)
    for p, q in zip(one.parameters, other.parameters, strict=True):
        torch.testing.assert_close(p, q)


@every_config
def test_complex_parameters_step_as_pairs_of_real_ones(name: str, arguments: dict[str, Any]) -> None:
    torch.manual_seed(0)
    numbers = [torch.randn(10, 5, dtype=torch.complex64), torch.randn(10, dtype=torch.complex64), torch.randn(10, 5)]
    wholes = [p.clone().requires_grad_() for p in numbers]
    parts = [(torch.view_as_real(p).clone() if p.is_complex() else p.clone()).requires_grad_() for p in numbers]
    optimizers = make(name, wholes, **arguments), make(name, parts, **arguments)
    for _ in range(3):
        for whole, part in zip(wholes, parts, strict=True):
            part.grad = torch.randn_like(part)
            whole.grad = torch.view_as_complex(part.grad) if whole.is_complex() else part.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
        for whole, part in zip(wholes, parts, strict=True):
            assert torch.equal(torch.view_as_real(whole) if whole.is_complex() else whole, part)
    for slot, value in optimizers[0].state[wholes[0]].items():
        if slot != "step":
            assert value.dtype == torch.complex64
            assert torch.equal(torch.view_as_real(value), optimizers[1].state[parts[0]][slot])


def rosenbrock(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return ((1 - x) ** 2 + 100 * (y - x**2) ** 2).abs()


@every_config
def test_complex_rosenbrock_as_in_its_parts(name: str, arguments: dict[str, Any]) -> None:
    torch.manual_seed(0)
    whole = torch.randn(2, dtype=torch.complex64, requires_grad=True)
    real, imaginary = (part.detach().clone().requires_grad_() for part in (whole.real, whole.imag))
    one, other = make(name, [whole], **arguments), make(name, [real, imaginary], **arguments)
    for _ in range(3):
        for optimizer, point in ((one, whole), (other, torch.complex(real, imaginary))):
            optimizer.zero_grad()
            rosenbrock(*point).backward()
            optimizer.step()
        torch.testing.assert_close(whole.real, real)
        torch.testing.assert_close(whole.imag, imaginary)


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("scheduled", [False, True])
@pytest.mark.parametrize("name", [name for name, info in INFOS.items() if info.supports_sparse])
def test_uncoalesced_sparse_gradients_step_as_dense_ones(name: str, scheduled: bool, maximize: bool) -> None:
    tuned, constructors = INFOS[name].metadata_for_sparse
    points = [torch.nn.Parameter(torch.tensor([1.5, 1.5], dtype=torch.float64)) for _ in range(2)]
    optimizers = [
        make(name, [p], **{**tuned, "maximize": maximize, **({"lr": 1e-7} if maximize else {})}) for p in points
    ]
    schedulers = [[constructor(o) for constructor in (constructors if scheduled else [])] for o in optimizers]
    start = rosenbrock(*points[0]).item()
    for step in range(300):
        for p, optimizer, schedules in zip(points, optimizers, schedulers, strict=True):
            optimizer.zero_grad()
            rosenbrock(*p).backward()
            assert p.grad is not None
            place, value = step % 2, p.grad[step % 2].item()
            if p is points[0]:
                parts = torch.tensor([value / 4, value - value / 4], dtype=p.dtype)
                p.grad = torch.sparse_coo_tensor(torch.tensor([[place, place]]), parts, (2,), check_invariants=False)
            else:
                p.grad = torch.zeros(2, dtype=p.dtype).index_fill_(0, torch.tensor([place]), value)
            optimizer.step()
            for schedule in schedules:
                schedule.step(start) if isinstance(schedule, ReduceLROnPlateau) else schedule.step()
        torch.testing.assert_close(*points, atol=5e-6, rtol=5e-6)
    end = rosenbrock(*points[0]).item()
    assert end > start if maximize else end < start


FLAGS = [(name, flag) for name, info in INFOS.items() for flag in ("foreach", "fused") if flag in info.supported_impls]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(("name", "flag"), FLAGS)
def test_ways_of_stepping_agree_with_frozen_layers_and_missing_gradients(
    name: str, flag: str, dtype: torch.dtype
) -> None:
    for given in INFOS[name].optim_inputs_func(device="cpu", dtype=dtype):
        parameters, states = [], []
        for value in (False, True):
            torch.manual_seed(1)
            model = torch.nn.Sequential(
                torch.nn.Linear(2, 3), torch.nn.Sigmoid(), torch.nn.Linear(3, 1), torch.nn.Sigmoid()
            ).to(dtype)
            scalar = torch.full((), 0.5, dtype=dtype, requires_grad=True)
            scalar.grad = torch.full_like(scalar, 0.25)
            optimizer = make(name, [*model.parameters(), scalar], **{**deepcopy(given.kwargs), flag: value})
            for step in range(7):
                optimizer.zero_grad()
                model[2].requires_grad_(step not in (3, 4))
                if step != 2:
                    model(torch.linspace(0.1, 0.6, 6, dtype=dtype).reshape(3, 2)).sum().backward()
                optimizer.step()
            parameters.append(list(model.parameters()))
            states.append([optimizer.state[p] for p in model.parameters()])
        loose = {"rtol": 5e-3, "atol": 5e-3} if dtype.itemsize == 2 else {}
        torch.testing.assert_close(*parameters, **loose)
        torch.testing.assert_close(*states, **loose)


def test_a_fused_step_without_memory_is_refused_as_in_torch_and_goes_on_once_there_is_some() -> None:
    for name, info in INFOS.items():
        if "fused" not in info.supported_impls:
            continue
        with torch.device("meta"):
            model = torch.nn.Linear(2, 3)
            optimizer = make(name, model.parameters(), fused=True)
            for p in model.parameters():
                p.grad = torch.rand_like(p)
        with pytest.raises(RuntimeError, match="`fused=True` requires all the params to be floating point Tensors"):
            optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        model.to_empty(device="cpu")
        for p in model.parameters():
            p.grad = torch.rand_like(p)
        optimizer.step()


@every_config
def test_options_in_groups(name: str, arguments: dict[str, Any]) -> None:
    problem = Problem()
    irrelevant = torch.nn.Parameter(torch.ones(2))
    arguments.setdefault("lr", 1e-3)
    groups = [
        {"params": [problem.weight], **arguments},
        {"params": [problem.bias], **deepcopy(arguments), "weight_decay": 0.0},
        {"params": [irrelevant]},
    ]
    optimizer = make(name, groups, lr=1e-28)
    before = problem.loss().item()
    for _ in range(20):
        problem.backward()
        irrelevant.grad = torch.rand(2)
        optimizer.step()
    after = problem.loss().item()
    assert after > before if arguments.get("maximize") else after < before
    assert irrelevant.tolist() == [1.0, 1.0]


@every_class
def test_nothing_happens_without_gradients_and_nothing_at_zero_ones_without_decay(name: str) -> None:
    for arguments in configs(name, differentiable=True):
        still = [torch.randn(2, 3) for _ in range(2)]
        before = [p.clone() for p in still]
        optimizer = make(name, still, **arguments)
        assert optimizer.step(lambda: torch.tensor([1.0])) == torch.tensor([1.0])
        assert all(map(torch.equal, still, before))
        assert all("exp_avg" not in state for state in optimizer.state.values())
        if arguments.get("weight_decay", 0) == 0 and name != "AdamW":
            p = torch.randn(5, 1, requires_grad=True)
            p = p.clone() if arguments.get("differentiable") else p
            kept = p.detach().clone()
            optimizer = make(name, [p], **arguments)
            p.grad = torch.zeros_like(p)
            optimizer.step()
            assert torch.equal(p.detach(), kept)


@every_config
def test_printing(name: str, arguments: dict[str, Any]) -> None:
    text = repr(make(name, Problem().parameters, **arguments))
    assert text.startswith(f"{name} (\nParameter Group 0\n")
    assert all(f"    {key}: " in text for key in arguments)


def named(parameters: list[Any], names: bool) -> list[Any]:
    return [(f"name{i}", p) for i, p in enumerate(parameters)] if names else parameters


def without_names(state: dict[str, Any]) -> dict[str, Any]:
    groups = [{k: v for k, v in group.items() if k != "param_names"} for group in state["param_groups"]]
    return {"state": state["state"], "param_groups": groups}


@pytest.mark.parametrize(("first", "second"), [(True, True), (True, False), (False, True), (False, False)])
@every_config
def test_a_loaded_state_goes_on_as_the_saved_one(
    name: str, arguments: dict[str, Any], first: bool, second: bool
) -> None:
    one, other = Problem(), Problem(seed=1)
    optimizer = make(name, named(one.parameters, first), **arguments)
    train(optimizer, one, 10)
    other.input = one.input
    for p, q in zip(other.parameters, one.parameters, strict=True):
        p.data = q.detach().clone()
    again = make(name, named(other.parameters, second), **arguments)
    again.load_state_dict(deepcopy(optimizer.state_dict()))
    for _ in range(10):
        train(optimizer, one, 1)
        train(again, other, 1)
        assert all(map(torch.equal, one.parameters, other.parameters))
    torch.testing.assert_close(without_names(optimizer.state_dict()), without_names(again.state_dict()))
    if first or second:
        assert again.state_dict()["param_groups"][0]["param_names"] == ["name0", "name1"]
    # Repeated parameters have one representation.
    again.param_groups.extend(again.param_groups)
    repeated = without_names(again.state_dict())["param_groups"][-1]
    torch.testing.assert_close(repeated, without_names(optimizer.state_dict())["param_groups"][-1])


@every_config
def test_a_state_from_before_torch_had_its_flags_and_with_plain_step_counts(
    name: str, arguments: dict[str, Any]
) -> None:
    problem = Problem()
    optimizer = make(name, problem.parameters, **arguments)
    train(optimizer, problem, 3)
    old = deepcopy(optimizer.state_dict())
    for group in old["param_groups"]:
        for flag in INFOS[name].not_og_supported_flags:
            group.pop(flag, None)
    counted = [
        values for values in old["state"].values() if "step" in values
    ]  # torch's SGD, and so ours, saves no count
    for values in counted:
        values["step"] = values["step"].item()
    optimizer.load_state_dict(old)
    train(optimizer, problem, 1)
    assert not counted or [values["step"] for values in optimizer.state.values()] == [4, 4]


@every_config
def test_a_state_through_torch_save_is_itself(name: str, arguments: dict[str, Any]) -> None:
    problem = Problem()
    optimizer = make(name, problem.parameters, **arguments)
    train(optimizer, problem, 3)
    saved, file = optimizer.state_dict(), io.BytesIO()
    torch.save(saved, file)
    file.seek(0)
    torch.testing.assert_close(torch.load(file, weights_only=True), saved, check_layout=True)


@pytest.mark.parametrize("way", [deepcopy, lambda o: pickle.loads(pickle.dumps(o))], ids=["deepcopy", "pickle"])
@every_config
def test_copies_have_every_attribute_and_go_on(name: str, arguments: dict[str, Any], way: Callable[[Any], Any]) -> None:
    problem = Problem()
    optimizer = make(name, problem.parameters, **arguments)
    train(optimizer, problem, 3)
    copy = way(optimizer)
    public = {key for key in optimizer.__dict__ if not key.startswith("_")}
    assert public == {key for key in copy.__dict__ if not key.startswith("_")}
    for p, q in zip(problem.parameters, copy.param_groups[0]["params"], strict=True):
        q.grad = p.grad.clone()
    copy.step()
    optimizer.step()
    assert all(map(torch.equal, problem.parameters, copy.param_groups[0]["params"]))


@every_class
def test_hooks_around_state_dicts(name: str) -> None:
    p = torch.rand(2, 3, requires_grad=True)
    optimizer = make(name, [p])
    optimizer.register_state_dict_pre_hook(lambda o: o.state.__setitem__("test", 1))
    assert optimizer.state_dict()["state"]["test"] == 1

    def take_out(o: Any, saved: dict[str, Any]) -> dict[str, Any]:
        return {**saved, "state": {k: v for k, v in saved["state"].items() if k != "test"}, "ran": True}

    optimizer.register_state_dict_post_hook(take_out)
    saved = optimizer.state_dict()
    assert saved.pop("ran")
    assert "test" not in saved["state"]
    rates = []

    def in_place(o: Any, state: dict[str, Any]) -> None:
        state["param_groups"][0]["lr"] = 0.002

    def instead(o: Any, state: dict[str, Any]) -> dict[str, Any]:
        changed = deepcopy(state)
        changed["param_groups"][0]["lr"] = 0.003
        return changed

    optimizer.register_load_state_dict_pre_hook(instead)
    optimizer.register_load_state_dict_post_hook(lambda o: rates.append(o.param_groups[0]["lr"]))
    optimizer.load_state_dict(saved)
    optimizer.register_load_state_dict_pre_hook(in_place, prepend=True)
    optimizer.load_state_dict(saved)
    assert rates == [0.003, 0.003]
    p.grad, optimizer.state["test"] = torch.ones(2, 3), 1
    optimizer.step()  # an entry of a user's own in the state is in nobody's way
    assert optimizer.state["test"] == 1


@every_class
def test_hooks_around_steps_global_ones_outside(name: str) -> None:
    p = torch.tensor([1.0, 1.0])
    optimizer, beside, calls = make(name, [p]), SGD([p]), []
    handles = [
        register_optimizer_step_pre_hook(lambda *_: calls.append(0)),
        register_optimizer_step_post_hook(lambda *_: calls.append(5)),
        *(o.register_step_pre_hook(lambda *_: calls.append(1)) for o in (optimizer, beside)),
        *(o.register_step_post_hook(lambda *_: calls.append(2)) for o in (optimizer, beside)),
    ]
    for o in (optimizer, beside, optimizer):
        o.step()
    for handle in handles:
        handle.remove()
    optimizer.step()
    assert calls == [0, 1, 2, 5] * 3


@every_class
def test_state_is_not_empty_after_a_step(name: str) -> None:
    for arguments in configs(name):
        problem = Problem()
        optimizer = make(name, problem.parameters, **arguments)
        train(optimizer, problem, 1)
        assert all(len(optimizer.state[p]) > 0 for p in problem.parameters)
