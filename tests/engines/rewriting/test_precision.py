"""Storage in fewer bits: every half is loaded and stored as torch does, rounding at random is right on average.

What Kahan's summation keeps is what was cut off. The kernel and torch agree to the last bit.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from surefoot.engines.cpu.kernel import ALONE, Kernel
from surefoot.engines.cpu.llvm import CHUNK
from surefoot.engines.evaluate import Table, step
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.engines.rewriting import dither
from surefoot.engines.rewriting.precision import compensated, stochastic
from surefoot.engines.torch import OPS, table
from surefoot.rules import Rate, Rule, find
from surefoot.rules.vocabulary import Value
from surefoot.testing.engines import is_exact
from tests.rules.own import EVERY, named

Slots = Mapping[str, Tensor]
HALVES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
EXACT = [rule for rule in EVERY if is_exact(Graph.of(rule))]
every_half = pytest.mark.parametrize("half", HALVES)


def hand_over(x: Value, g: Value, *, t: Value, lr: Rate = 1.0) -> Value:
    """The gradient becomes the parameter."""
    return lr * g


HAND_OVER = Rule.of(hand_over)


def run(
    kernel: Kernel, slots: Mapping[str, Tensor], scalars: tuple[float, ...], key: int = 0, threads: int = 1
) -> None:
    """Step one tensor in place."""
    plan = kernel.plan([slots["x"].numel()], [0])
    plan.table[:, 0] = [slots[slot].data_ptr() for slot in kernel.slots]
    plan.keys[:] = key
    plan.fill(0, scalars)
    plan.run(threads)


def by_torch(graph: Graph, slots: Slots, scalars: tuple[float, ...], key: int = 0) -> dict[str, Tensor]:
    """The same step by torch, computed in float32, each result in its slot's type."""
    wide = {slot: value.to(torch.float32) for slot, value in slots.items()}
    drawn = dither.draws(key, torch.arange(slots["x"].numel()), graph.slots)
    engine = Table(table(torch.float32, torch.device("cpu")).scalar, {**OPS, **dither.ROUNDINGS})
    new = step(graph, engine, {**wide, **drawn}, scalars)
    return {slot: value.expand(slots["x"].shape).to(slots[slot].dtype) for slot, value in new.items()}


def equal(one: Tensor, other: Tensor) -> bool:
    return bool((torch.isnan(one) & torch.isnan(other) | (one == other) & (one.signbit() == other.signbit())).all())


def every_pattern() -> Tensor:
    return torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16)


@every_half
def test_every_half_is_loaded_as_torch_loads_it(half: str) -> None:
    g = every_pattern().view(HALVES[half])
    x = torch.zeros(len(g))
    run(Kernel(Graph.of(HAND_OVER), storage={"g": half}), {"x": x, "g": g}, (1.0,))
    assert equal(x, g.float())


@every_half
def test_floats_are_stored_to_the_nearest_half_ties_to_even(half: str) -> None:
    halves = every_pattern().view(HALVES[half]).float()
    grid = torch.cat([halves, torch.tensor([torch.finfo(torch.float32).max, 65519.99, 65520.0, 1e-40, -1e-45])])
    between = (grid.double() + torch.nextafter(grid, grid * 2).double()) / 2
    bits = grid.view(torch.int32)
    ties = [
        (bits + offset).view(torch.float32) for offset in (-0x8001, -0x8000, -0x1001, -0x1000, 0x1000, 0x7FFF, 0x8000)
    ]
    g = torch.cat([grid, between.float(), *ties])
    x = torch.zeros(len(g), dtype=HALVES[half])
    run(Kernel(Graph.of(HAND_OVER), storage={"x": half}), {"x": x, "g": g}, (1.0,))
    assert equal(x, g.to(HALVES[half]))


def test_splitmix64_gives_the_published_numbers() -> None:
    """The first four from seed 1234567, of the generator's reference implementation."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [int(key) % 2**64 for key in dither.keys(1234567, np.arange(4))] == published


def slots_of(graph: Graph, size: int, half: str, compensation: bool) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    slots = {slot: torch.randn(size, generator=generator).abs() for slot in ("x", "g", *graph.state)}
    slots["g"] *= torch.where(torch.rand(size, generator=generator) < 0.5, -1e-3, 1e-3)
    stored = {slot: value.to(HALVES[half]) for slot, value in slots.items()}
    if compensation:
        stored["compensation"] = (slots["x"] - stored["x"].float()).to(torch.bfloat16)
    return stored


@every_half
@pytest.mark.parametrize("rounding", ["stochastic", "compensated", "nearest"])
@pytest.mark.parametrize("rule", EXACT, ids=named)
def test_the_kernel_equals_torch_to_the_last_bit(rule: Rule, rounding: str, half: str) -> None:
    base = Graph.of(rule)
    graphs = {
        "nearest": base,
        "stochastic": stochastic(base, dict.fromkeys(("x", *base.state), half)),
        "compensated": compensated(base, half),
    }
    graph = graphs[rounding]
    slots = slots_of(graph, 777, half, "compensation" in graph.state)
    scalars = uniforms(graph)(3, **{name: rule.defaults[name] for name in rule.hyper})
    expected = by_torch(graph, slots, scalars, key=-123456789)
    storage = {slot: "bfloat16" if slot == "compensation" else half for slot in slots}
    run(Kernel(graph, storage=storage), slots, scalars, key=-123456789)
    for slot, value in expected.items():
        assert equal(slots[slot], value), slot


@every_half
def test_rounding_at_random_hits_the_neighbours_alone_and_the_mean(half: str) -> None:
    """Each of some numbers 100,000 times: the share rounded up is what it should be within 5 standard errors."""
    numbers = [1.0 + 1 / 3072, -1.3, 3e-3, 1.00001, -2.0, 3.3e-5, -4.2e-6, 2e-8]
    count, kernel = 100_000, Kernel(stochastic(Graph.of(HAND_OVER), {"x": half}), storage={"x": half})
    for number in numbers:
        g = torch.full((count,), number)
        x = torch.zeros(count, dtype=HALVES[half])
        run(kernel, {"x": x, "g": g}, (1.0,), key=int(dither.keys(7, np.arange(1))[0]))
        got, exact = x.double(), g[0].double()
        nearest = exact.to(HALVES[half])
        step_ = torch.tensor(float("inf") if exact > nearest.double() else -float("inf"), dtype=HALVES[half])
        other = nearest if nearest.double() == exact else torch.nextafter(nearest, step_)
        low, high = sorted((nearest.double().item(), other.double().item()))
        assert set(got.tolist()) <= {low, high}
        share = (exact.item() - low) / (high - low) if high > low else 0.0
        error = (share * (1 - share) / count) ** 0.5
        assert abs(got.mean().item() - exact.item()) <= (5 * error + 2**-15) * (high - low), number


def test_what_is_no_number_stays_what_it_is_under_every_rounding() -> None:
    hostile = torch.tensor([torch.nan, torch.inf, -torch.inf, 0.0, -0.0])
    for half, dtype in HALVES.items():
        for graph in (stochastic(Graph.of(HAND_OVER), {"x": half}), compensated(Graph.of(HAND_OVER), half)):
            slots = {
                "x": torch.zeros(5, dtype=dtype),
                "g": hostile,
                "compensation": torch.zeros(5, dtype=torch.bfloat16),
            }
            run(Kernel(graph, storage={"x": half, "compensation": "bfloat16"}), slots, (1.0,))
            assert equal(slots["x"].float(), hostile)
            assert not slots["compensation"].any()


def test_threads_chunks_and_neighbours_do_not_change_what_is_drawn() -> None:
    graph = stochastic(Graph.of(find("adam")), {"x": "bfloat16", "m": "bfloat16", "v": "bfloat16"})
    kernel = Kernel(graph, storage=dict.fromkeys(("x", "g", "m", "v"), "bfloat16"))
    scalars = uniforms(graph)(2, **{name: find("adam").defaults[name] for name in graph.hyper})
    results = []
    for threads, size in ((1, ALONE + 5), (2, ALONE + 5), (1, CHUNK + 9)):
        slots = slots_of(graph, ALONE + 5, "bfloat16", False)
        slots = {slot: value[:size].clone() for slot, value in slots.items()}
        run(kernel, slots, scalars, key=99, threads=threads)
        results.append(slots)
    for slot in ("x", "m", "v"):
        assert torch.equal(results[0][slot], results[1][slot])
        assert torch.equal(results[0][slot][: CHUNK + 9], results[2][slot])


def test_draws_of_one_element_and_of_neighbours_are_independent() -> None:
    """Correlations over a million elements stay within 5 standard errors; far places and other words draw anew."""
    place = torch.arange(2**20)
    drawn = dither.draws(12345, place, ("_random0", "_random1", "_random2"))
    others = {
        "next draw": drawn["_random1"],
        "next word": drawn["_random2"],
        "next key": dither.draws(12346, place, ("_random0",))["_random0"],
        "next element": drawn["_random0"].roll(1),
        "4G elements on": dither.draws(12345, place + 2**32, ("_random0",))["_random0"],
    }
    for name, other in others.items():
        correlation = torch.corrcoef(torch.stack([drawn["_random0"], other]).double())[0, 1].item()
        assert abs(correlation) < 5 / 2**10, name
    counts = torch.bincount(drawn["_random0"].long() >> 8, minlength=256).double()
    chi2 = ((counts - 4096) ** 2 / 4096).sum().item()
    assert 255 - 5 * (2 * 255) ** 0.5 < chi2 < 255 + 5 * (2 * 255) ** 0.5


@every_half
def test_a_compensated_parameter_adds_up_steps_that_rounding_would_lose(half: str) -> None:
    """1,000 steps of 2^-14 from 1: the nearest half is 1 throughout, the sum is 1.061."""
    sums: dict[str, Any] = {}
    for name in ("nearest", "compensated"):
        graph = Graph.of(find("sgd")) if name == "nearest" else compensated(Graph.of(find("sgd")), half)
        slots = {"x": torch.ones(3, dtype=HALVES[half]), "g": -torch.ones(3, dtype=HALVES[half])}
        slots["compensation"] = torch.zeros(3, dtype=torch.bfloat16)
        kernel = Kernel(graph, storage={"x": half, "g": half, "compensation": "bfloat16"})
        for _ in range(1000):
            run(kernel, slots, (2.0**-14,))
        sums[name] = (slots["x"].double() + slots["compensation"].double())[0].item()
    assert sums["nearest"] == 1.0
    assert abs(sums["compensated"] - (1 + 1000 / 2**14)) < 1e-3
