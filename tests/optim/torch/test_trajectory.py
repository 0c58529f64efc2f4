"""Step for step as torch: our classes beside torch's own, in float32, under every static option.

The reference is torch's optimizer with the same arguments: its loop over tensors by default, `foreach` and `fused`
where asked for. The bound is two units in the last place of each number, however small the number. (torch's fused
kernels round the last few elements of a tensor, those beyond a multiple of eight, otherwise than all the others: its
compiler contracts that loop as it likes. Those are left out.)
"""

import inspect
from typing import Any

import numpy as np
import pytest
import torch

import surefoot.optim.torch as ours
from tests.optim.torch.conformance import INFOS

ULPS = 2
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"lr": 0.1, "weight_decay": 0.1},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1, "maximize": True},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ],
    "Adagrad": [
        {},
        {"lr": 0.1, "lr_decay": 0.5, "weight_decay": 0.1},
        {"initial_accumulator_value": 0.1, "maximize": True},
    ],
    "RMSprop": [
        {},
        {"weight_decay": 0.1, "maximize": True},
        {"centered": True},
        {"momentum": 0.9, "alpha": 0.9},
        {"centered": True, "momentum": 0.9, "weight_decay": 0.1},
    ],
    "Adam": [
        {},
        {"weight_decay": 0.1, "maximize": True},
        {"amsgrad": True},
        {"amsgrad": True, "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"betas": (0.3, 0.9), "eps": 1e-3},
    ],
    "AdamW": [{}, {"amsgrad": True}, {"lr": 0.01, "weight_decay": 0.3, "maximize": True}],
}
WAYS: dict[str, dict[str, Any]] = {"loop": {}, "foreach": {"foreach": True}, "fused": {"fused": True}}
CASES = [
    pytest.param(name, options, way, id=f"{name} {options} {way}")
    for name, many in OPTIONS.items()
    for options in many
    for way in WAYS
    if way in ("loop", *INFOS[name].supported_impls)
]


def ulps(one: torch.Tensor, other: torch.Tensor) -> int:
    """How many float32 numbers lie between two, at the most of all elements."""
    ordered = []
    for x in (one, other):
        bits = x.detach().contiguous().numpy().view(np.int32).astype(np.int64)
        ordered.append(np.where(bits < 0, -(bits & 0x7FFFFFFF), bits))
    return int(np.abs(ordered[0] - ordered[1]).max(initial=0))


def test_ulps_count_the_numbers_between() -> None:
    one = torch.tensor([1.0, -1e-45, 0.0])
    assert ulps(one, torch.tensor([1.0 + 2**-23, 1e-45, -0.0])) == 2


def walk(name: str, options: dict[str, Any], way: str, steps: int) -> int:
    """The largest distance ever between ours and torch's, of parameters and state, along gradients of all sizes."""
    generator = torch.Generator().manual_seed(0)
    shapes: tuple[tuple[int, ...], ...] = ((64,), (8, 3)) if way == "fused" else ((64,), (7, 3), ())
    start = [torch.randn(shape, generator=generator) for shape in shapes]
    pairs = [[torch.nn.Parameter(x.clone()) for x in start] for _ in range(2)]
    made = [source(p, **options, **WAYS[way]) for source, p in
            zip((getattr(ours, name), getattr(torch.optim, name)), pairs, strict=True)]  # fmt: skip
    worst = 0
    for _ in range(steps):
        for p, q in zip(*pairs, strict=True):
            size = 10 ** torch.empty(p.shape).uniform_(-3, 1, generator=generator)
            p.grad = torch.randn(p.shape, generator=generator) * size
            q.grad = p.grad.clone()
        for optimizer in made:
            optimizer.step()
        worst = max(worst, *(ulps(p, q) for p, q in zip(*pairs, strict=True)))
    for p, q in zip(*pairs, strict=True):
        theirs = made[1].state[q]
        worst = max(worst, *(ulps(made[0].state[p][slot], theirs[slot]) for slot in theirs if slot != "step"), 0)
    return worst


@pytest.mark.parametrize(("name", "options", "way"), CASES)
def test_every_option_for_a_while(name: str, options: dict[str, Any], way: str) -> None:
    assert walk(name, options, way, 40) <= ULPS


@pytest.mark.parametrize("name", OPTIONS)
def test_a_rate_that_is_a_tensor(name: str) -> None:
    """It is of float32, and so is what torch makes of it and of numbers."""
    assert walk(name, {"lr": torch.tensor(0.01), "weight_decay": 0.1}, "loop", 100) <= ULPS


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options", "way"), CASES)
def test_every_option_for_a_thousand_steps(name: str, options: dict[str, Any], way: str) -> None:
    assert walk(name, options, way, 1000) <= ULPS


def test_the_options_are_all_that_torch_has() -> None:
    """Every argument that changes the formula is among those walked with."""
    how = {"lr", "foreach", "fused", "capturable", "differentiable"}
    for name, many in OPTIONS.items():
        arguments = set(getattr(torch.optim, name)([torch.zeros(1)]).defaults) - how
        walked = {key for options in many for key in options} | {"betas", "eps", "decoupled_weight_decay"}
        assert arguments <= walked, name


def test_every_signature_is_torchs() -> None:
    for name in OPTIONS:
        own, theirs = (inspect.signature(getattr(source, name)).parameters for source in (ours, torch.optim))
        assert [argument for argument in own if argument != "own"] == list(theirs), name
        for argument, parameter in theirs.items():
            assert (own[argument].default, own[argument].kind) == (parameter.default, parameter.kind), argument
        p = torch.zeros(2, requires_grad=True)
        groups = [getattr(source, name)([p]).param_groups[0] for source in (ours, torch.optim)]
        assert {k: v for k, v in groups[0].items() if k != "params"} == {
            k: v for k, v in groups[1].items() if k != "params"
        }
