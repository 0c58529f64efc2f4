"""State that torch's optimizer saved goes on in ours, and the other way round, as if nobody had changed hands."""

import io
from copy import deepcopy
from typing import Any

import pytest
import torch

import surefoot.optim.torch as ours
from surefoot.optim.torch import AMSGrad
from tests.optim.eager import randoms
from tests.optim.torch.test_trajectory import OPTIONS, ulps

CASES = [pytest.param(name, options, id=f"{name} {options}") for name, many in OPTIONS.items() for options in many]


def parameters() -> list[torch.nn.Parameter]:
    return [torch.nn.Parameter(randoms(*shape, seed=9)) for shape in ((6, 5), (7,), (1,))]


def train(optimizer: torch.optim.Optimizer, first: int, last: int) -> None:
    for step in range(first, last):
        for k, p in enumerate(optimizer.param_groups[0]["params"]):
            p.grad = None if step == 1 and k == 1 else randoms(*p.shape, seed=10 * step + k)
        optimizer.step()


def through_a_file(state: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    loaded: dict[str, Any] = torch.load(file, weights_only=True)
    return loaded


@pytest.mark.parametrize("way", [deepcopy, through_a_file, lambda state: state], ids=["copied", "saved", "as it is"])
@pytest.mark.parametrize("from_torch", [True, False], ids=["torch to ours", "ours to torch"])
@pytest.mark.parametrize(("name", "options"), CASES)
def test_the_trajectory_goes_on(name: str, options: dict[str, Any], from_torch: bool, way: Any) -> None:
    before, after = (torch.optim, ours) if from_torch else (ours, torch.optim)
    whole, halves = parameters(), parameters()
    undisturbed = getattr(torch.optim, name)(whole, **options)
    train(undisturbed, 0, 12)
    first = getattr(before, name)(halves, **options)
    train(first, 0, 6)
    second = getattr(after, name)(halves)  # options come with the state
    second.load_state_dict(way(first.state_dict()))
    train(second, 6, 12)
    assert max(map(ulps, whole, halves)) <= 2


@pytest.mark.parametrize("dampening", [0, 0.5])
@pytest.mark.parametrize("momenta", [[0, 0.9, 0, 0.9], [0.9, 0, 0.5, 0.5]])
def test_momentum_that_is_switched_on_and_off_goes_as_in_torch(momenta: list[float], dampening: float) -> None:
    ends = []
    for source in (ours, torch.optim):
        p = parameters()[0]
        optimizer = source.SGD([p], lr=0.1, dampening=dampening)
        for k, momentum in enumerate(momenta):
            optimizer.param_groups[0]["momentum"] = momentum
            p.grad = randoms(*p.shape, seed=k)
            optimizer.step()
        ends.append(p)
    assert ulps(*ends) <= 2


@pytest.mark.parametrize("from_torch", [True, False], ids=["torch to ours", "ours to torch"])
@pytest.mark.parametrize("name", OPTIONS)
def test_complex_state_is_exchanged(name: str, from_torch: bool) -> None:
    before, after = (torch.optim, ours) if from_torch else (ours, torch.optim)
    results = []
    for source in (torch.optim, after):
        p = torch.nn.Parameter(torch.view_as_complex(randoms(4, 2)))
        optimizer = getattr(before if source is after else torch.optim, name)([p])
        for k in range(6):
            if k == 3 and source is after:
                saved = optimizer.state_dict()
                optimizer = getattr(after, name)([p])
                optimizer.load_state_dict(saved)
            p.grad = torch.view_as_complex(randoms(4, 2, seed=k))
            optimizer.step()
        results.append(torch.view_as_real(p.detach()))
    assert ulps(*results) <= 2


def likeness(value: Any) -> Any:
    """Of a tensor its type, shape and strides; anything else as it is."""
    return (value.dtype, value.shape, value.stride()) if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize("default", [torch.float32, torch.float64])
def test_what_is_saved_is_laid_out_as_torch_saves_it(default: torch.dtype) -> None:
    torch.set_default_dtype(default)  # torch counts steps in float64 where that is the default
    try:
        for name, many in OPTIONS.items():
            for options in many:
                saved = []
                for source in (ours, torch.optim):
                    made = getattr(source, name)(parameters(), **options)
                    train(made, 0, 2)
                    state = made.state_dict()
                    saved.append(
                        (
                            {
                                key: [(k, likeness(v)) for k, v in values.items()]
                                for key, values in state["state"].items()
                            },
                            [list(group.items()) for group in state["param_groups"]],
                            repr(made),
                        )
                    )
                assert saved[0] == saved[1]
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", ["Adagrad", "RMSprop", "Adam", "AdamW"])
def test_what_a_user_keeps_beside_the_state_is_taken_over_as_torch_does(name: str) -> None:
    for source in (torch.optim, ours):
        optimizer = getattr(source, name)(parameters())
        train(optimizer, 0, 2)
        saved = optimizer.state_dict()
        saved["state"][0]["mine"], saved["param_groups"][0]["also mine"], saved["more"] = [1, 2], 3, 4
        optimizer.load_state_dict(saved)
        assert optimizer.state[optimizer.param_groups[0]["params"][0]]["mine"] == [1, 2]
        assert optimizer.param_groups[0]["also mine"] == 3
        train(optimizer, 2, 4)


def test_adam_with_amsgrad_and_the_class_of_that_name_exchange_state() -> None:
    whole, halves = parameters(), parameters()
    train(torch.optim.Adam(whole, amsgrad=True), 0, 8)
    first = torch.optim.Adam(halves, amsgrad=True)
    train(first, 0, 4)
    second = AMSGrad(halves)
    second.load_state_dict(first.state_dict())
    train(second, 4, 8)
    assert max(map(ulps, whole, halves)) <= 2
