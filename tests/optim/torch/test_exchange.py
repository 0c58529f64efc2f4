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


def test_state_has_torchs_names_and_shapes() -> None:
    for name, many in OPTIONS.items():
        for options in many:
            states = []
            for source in (ours, torch.optim):
                made = getattr(source, name)(parameters(), **options)
                train(made, 0, 2)
                states.append(made.state_dict()["state"].get(0, {}))
            assert {k: v.shape for k, v in states[0].items() if k != "step"} == {
                k: v.shape for k, v in states[1].items() if k != "step"
            }


def test_adam_with_amsgrad_and_the_class_of_that_name_exchange_state() -> None:
    whole, halves = parameters(), parameters()
    train(torch.optim.Adam(whole, amsgrad=True), 0, 8)
    first = torch.optim.Adam(halves, amsgrad=True)
    train(first, 0, 4)
    second = AMSGrad(halves)
    second.load_state_dict(first.state_dict())
    train(second, 4, 8)
    assert max(map(ulps, whole, halves)) <= 2
