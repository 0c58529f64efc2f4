"""Half-precision parameters and state in training: what is lost without the options, and what is kept with them."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from surefoot.errors import UserError
from surefoot.optim import CLASSES, SGD, Adam, RMSProp, RuleOptimizer
from surefoot.optim import torch as dropin
from tests.optim.eager import OPTIMIZERS, batched, parameter, randoms, same

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)
HALVES = (torch.bfloat16, torch.float16)
WAYS = ({"rounding": "nearest"}, {"rounding": "kahan"}, {"rounding": "stochastic"}, {"state_dtype": torch.bfloat16})


def train(optimizer: RuleOptimizer, parameters: list[Any], steps: int = 4) -> None:
    torch.manual_seed(5)
    for step in range(steps):
        for k, p in enumerate(parameters):
            p.grad = torch.empty_like(p).copy_(randoms(*p.shape, seed=10 * step + k))
        optimizer.step()


@every_optimizer
@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("options", WAYS, ids=str)
def test_the_kernel_and_the_eager_path_agree(
    optimizer_class: type[RuleOptimizer], dtype: torch.dtype, options: dict[str, Any]
) -> None:
    """The gradient of the second is laid out otherwise, so that it goes one by one; draws are by place in memory."""
    dense, strided = parameter(6, 7, dtype=dtype), parameter(6, 7, dtype=dtype)
    ours, other = optimizer_class([dense], **options), optimizer_class([strided], **options)
    for step in range(3):
        g = randoms(6, 7, seed=step, dtype=dtype)
        for optimizer, p, grad in ((ours, dense, g), (other, strided, g.T.contiguous().T)):
            torch.manual_seed(step)
            p.grad = grad
            optimizer.step()
    assert (batched(ours), batched(other)) == (1, 0)
    assert same(dense, strided, optimizer_class.rule, rtol=0.05)
    for slot, value in ours.state[dense].items():
        assert same(value, other.state[strided][slot], optimizer_class.rule, rtol=0.05), slot
        assert value.dtype == other.state[strided][slot].dtype


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("options", WAYS, ids=str)
def test_a_saved_state_goes_on_bit_for_bit(dtype: torch.dtype, options: dict[str, Any]) -> None:
    p, q = parameter(50, dtype=dtype), parameter(50, dtype=dtype)
    whole, first = Adam([p], lr=0.1, **options), Adam([q], lr=0.1, **options)
    train(whole, [p], 4)
    train(whole, [p], 4)
    train(first, [q], 4)
    second = Adam([q])
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    train(second, [q], 4)
    assert torch.equal(p, q)
    for slot, value in whole.state[p].items():
        assert torch.equal(value, second.state[q][slot])
        assert value.dtype == second.state[q][slot].dtype


def after_a_spike(optimizer: torch.optim.Optimizer, p: Tensor, steps: int = 3000) -> float:
    """How far one parameter moves under gradients of 1 that follow one of 100."""
    for step in range(steps):
        p.grad = torch.full_like(p, 100.0 if step == 0 else 1.0)
        optimizer.step()
    return float(p.detach().double().mean())


@pytest.mark.slow
def test_a_second_moment_in_bfloat16_does_not_stick_after_a_spike() -> None:
    """torch keeps it in bfloat16, rounded to nearest: 0.999 v rounds back to v, and the parameter hardly moves."""
    exact = after_a_spike(Adam([p := torch.nn.Parameter(torch.zeros(1000, dtype=torch.float64))]), p)
    stuck = after_a_spike(torch.optim.Adam([p := torch.nn.Parameter(torch.zeros(1, dtype=torch.bfloat16))]), p)
    assert stuck == -0.125
    assert exact == pytest.approx(-1.475, abs=0.002)
    for options in ({"rounding": "kahan"}, {"rounding": "stochastic"}):
        p = torch.nn.Parameter(torch.zeros(1000, dtype=torch.bfloat16))
        assert after_a_spike(Adam([p], **options), p) == pytest.approx(exact, rel=0.01), options
    p = torch.nn.Parameter(torch.zeros(1000))
    assert after_a_spike(Adam([p], state_dtype=torch.bfloat16), p) == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("dtype", HALVES)
def test_kahan_follows_the_float32_parameter_closely_and_nearest_does_not(dtype: torch.dtype) -> None:
    """A quadratic with small steps, where rounding to nearest stops far from where float32 comes to."""
    finals: dict[str, Tensor] = {}
    for name, kind, options in (("float32", torch.float32, {}), ("kahan", dtype, {"rounding": "kahan"}),
                                ("stochastic", dtype, {"rounding": "stochastic"}), ("nearest", dtype, {})):  # fmt: skip
        torch.manual_seed(0)
        p = torch.nn.Parameter(torch.ones(500, dtype=kind))
        optimizer = SGD([p], lr=2.0**-12, **options)
        for _ in range(2000):
            p.grad = p.detach().clone()
            optimizer.step()
        finals[name] = p.detach().double()
    target = finals["float32"][0].item()
    assert target == pytest.approx((1 - 2.0**-12) ** 2000, rel=1e-4)
    assert torch.equal(finals["nearest"], torch.ones(500, dtype=torch.float64))
    assert abs(finals["kahan"] - target).max() < 2 * torch.finfo(dtype).eps * target
    assert finals["stochastic"].mean().item() == pytest.approx(target, rel=torch.finfo(dtype).eps)


def test_manual_seed_makes_stochastic_rounding_repeatable_whatever_the_threads() -> None:
    results, threads = [], torch.get_num_threads()
    try:
        for seed, count in ((5, 1), (5, 2), (6, 1)):
            torch.set_num_threads(count)
            p = parameter(150_001, dtype=torch.bfloat16)
            optimizer = RMSProp([p], rounding="stochastic", state_dtype=torch.bfloat16)
            torch.manual_seed(seed)
            p.grad = randoms(150_001, dtype=torch.bfloat16)
            optimizer.step()
            results.append(p.detach())
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


def test_nothing_is_drawn_where_nothing_is_rounded_at_random() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    p, q = parameter(4), parameter(4, dtype=torch.bfloat16)
    train_seedless = Adam([p], rounding="stochastic"), Adam([q], rounding="kahan")
    for optimizer, x in zip(train_seedless, (p, q), strict=True):
        x.grad = torch.ones_like(x)
        optimizer.step()
    assert torch.equal(torch.get_rng_state(), before)


def test_two_tensors_of_one_step_draw_differently() -> None:
    p, q = (torch.nn.Parameter(torch.full((200,), 1.001).bfloat16()) for _ in range(2))
    optimizer = SGD([p, q], lr=1e-3, rounding="stochastic")
    p.grad, q.grad = torch.ones_like(p), torch.ones_like(q)
    optimizer.step()
    assert not torch.equal(p, q)
    assert len(p.unique()) == 2


@pytest.mark.parametrize("dtype", HALVES)
def test_a_float32_parameter_with_a_gradient_in_half_precision_takes_the_kernel(dtype: torch.dtype) -> None:
    p, q = parameter(9), parameter(9)
    p.grad_dtype = dtype
    p.grad = randoms(9, dtype=dtype)
    q.grad = p.grad.float()
    ours, other = Adam([p]), Adam([q])
    ours.step()
    other.step()
    assert batched(ours) == 1
    assert torch.equal(p, q)


def test_types_side_by_side_are_stepped_as_each_alone() -> None:
    mixed = [parameter(7, dtype=dtype) for dtype in (torch.float32, torch.bfloat16, torch.float16, torch.float64)]
    alone = copy.deepcopy(mixed)
    optimizer = Adam(mixed, rounding="kahan")
    for p in mixed:
        p.grad = torch.ones_like(p)
    optimizer.step()
    assert batched(optimizer) == 4
    for p, q in zip(mixed, alone, strict=True):
        q.grad = torch.ones_like(q)
        Adam([q], rounding="kahan").step()
        assert torch.equal(p, q)


def test_state_is_bfloat16_only_where_steps_are_made_in_float32() -> None:
    types = (torch.float32, torch.float16, torch.float64, torch.complex64)
    mixed = [parameter(7, dtype=dtype) for dtype in types[:3]]
    mixed.append(torch.nn.Parameter(torch.view_as_complex(randoms(3, 2))))
    optimizer = Adam(mixed, state_dtype=torch.bfloat16)
    train(optimizer, mixed, 1)
    kept = [optimizer.state[p]["v"].dtype for p in mixed]
    assert kept == [torch.bfloat16, torch.bfloat16, torch.float64, torch.complex64]


def test_moving_the_optimizer_takes_along_what_rounding_cut_off() -> None:
    p, q = parameter(50, dtype=torch.bfloat16), parameter(50, dtype=torch.bfloat16)
    optimizer, still = SGD([p], lr=1e-3, rounding="kahan"), SGD([q], lr=1e-3, rounding="kahan")
    for each, x in ((optimizer, p), (still, q)):
        train(each, [x], 2)
    optimizer.to(torch.float32)
    assert optimizer.state[p]["compensation"].dtype == torch.float32
    assert torch.equal(optimizer.state[p]["compensation"], still.state[q]["compensation"].float())
    train(optimizer, [p], 1)
    assert batched(optimizer) == 1


def test_options_are_of_a_group_and_may_change_between_steps() -> None:
    p, q = parameter(5, dtype=torch.bfloat16), parameter(5, dtype=torch.bfloat16)
    optimizer = SGD([{"params": [p]}, {"params": [q], "rounding": "kahan"}], lr=1e-5)
    train(optimizer, [p, q], 1)
    assert [sorted(optimizer.state[x]) for x in (p, q)] == [["step"], ["compensation", "step"]]
    optimizer.param_groups[0]["rounding"] = "kahan"
    train(optimizer, [p, q], 1)
    assert "compensation" in optimizer.state[p]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rounding": "down"}, "rounding must be one of 'nearest', 'stochastic', 'kahan', got 'down'"),
        (
            {"state_dtype": torch.int8},
            "state_dtype must be None, torch.float32 or torch.bfloat16, got torch.int8",
        ),
        ({"clip_norm": 0.0}, "clip_norm must be None or a finite number above 0, got 0.0"),
        ({"clip_value": float("nan")}, "clip_value must be None or a finite number above 0, got nan"),
    ],
)
def test_what_an_option_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    for make in (lambda: Adam([parameter(2)], **options), lambda: Adam([{"params": [parameter(2)], **options}])):
        with pytest.raises(UserError) as error:
            make()
        assert str(error.value) == message


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW", "AMSGrad", "LAMB"])
def test_classes_in_torchs_manner_take_the_options_too(name: str) -> None:
    made = getattr(dropin, name)
    p, q = parameter(30, dtype=torch.bfloat16), parameter(2)
    optimizer = made([p], lr=1e-5, rounding="kahan", clip_value=0.5)
    train(optimizer, [p], 2)
    assert optimizer.state[p]["compensation"].any()
    assert "rounding" not in made([q]).param_groups[0]
    with pytest.raises(TypeError, match="unexpected keyword argument 'round'"):
        made([q], round="kahan")
    with pytest.raises(UserError, match="rounding must be one of"):
        made([q], rounding="up")


@pytest.mark.parametrize("options", [{"rounding": "kahan"}, {"clip_norm": 1.0}, {"state_dtype": torch.bfloat16}])
def test_a_differentiable_step_leaves_no_option_out_in_silence(options: dict[str, Any]) -> None:
    p = parameter(3)
    p.grad = torch.ones(3)
    optimizer = dropin.Adam([p], differentiable=True, **options)
    with pytest.raises(UserError, match=f"{next(iter(options))} must be .* where steps are differentiable"):
        optimizer.step()


@pytest.mark.parametrize("name", CLASSES)
def test_bytes_of_state(name: str) -> None:
    """As many slots as the rule has: 4 bytes each, 2 in bfloat16, and 2 for the compensation."""
    for options, each, more in (({}, 4, 0), ({"state_dtype": torch.bfloat16}, 2, 0), ({"rounding": "kahan"}, 4, 2)):
        p = parameter(100, dtype=torch.bfloat16)
        optimizer = CLASSES[name]([p], **options)
        train(optimizer, [p], 1)
        slots = [v for slot, v in optimizer.state[p].items() if slot not in ("step", "compensation")]
        got = sum(v.nbytes for slot, v in optimizer.state[p].items() if slot != "step")
        assert got == 100 * (each * len(slots) + more)
        assert np.isfinite(p.float().detach().numpy()).all()
