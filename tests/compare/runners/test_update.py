"""The update of a slice of lanes: each lane as the rule alone would have it."""

import numpy as np
import pytest
import torch

from surefoot.compare.runners.update import LaneUpdate
from surefoot.engines import numpy as reference
from surefoot.engines.evaluate import step as evaluate
from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.rules import RULES

SHAPES = [(5, 3), (7,), (), (0, 2)]


def stacked(lanes: int, generator: torch.Generator, dtype: torch.dtype) -> list[torch.Tensor]:
    return [torch.randn(lanes, *shape, generator=generator, dtype=dtype) for shape in SHAPES]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", RULES)
def test_every_lane_is_the_rule_in_numpy_and_its_neighbours_stay(name: str, dtype: torch.dtype) -> None:
    rule, generator = RULES[name], torch.Generator().manual_seed(3)
    settings = [rule.settings({"lr": lr}) for lr in (0.1, 0.01, 0.3)]
    parameters = stacked(6, generator, dtype)
    before = [p.clone() for p in parameters]
    graph = Graph.of(rule, settings[0])
    expected = [
        {"x": p[2 + lane].numpy().copy()} | {s: start(rule, settings[lane], s, p[0]) for s in graph.state}
        for lane in range(3)
        for p in parameters
    ]
    update = LaneUpdate(rule, settings, parameters, first=2)
    for t in range(1, 6):
        gradients = stacked(6, generator, dtype)
        update.step(t, gradients)
        for row, slots in enumerate(expected):
            lane, tensor = divmod(row, len(SHAPES))
            scalars = uniforms(graph)(t, **{h: settings[lane][h] for h in graph.hyper})
            slots["g"] = gradients[tensor][2 + lane].numpy()
            with np.errstate(invalid="ignore"):  # LAMB's ratio of norms of an empty tensor
                slots.update(evaluate(graph, reference.table(str(dtype).removeprefix("torch.")), slots, scalars))
    for row, slots in enumerate(expected):
        lane, tensor = divmod(row, len(SHAPES))
        np.testing.assert_allclose(parameters[tensor][2 + lane].numpy(), slots["x"], rtol=1e-6 if name == "lamb" else 0)
    for p, old in zip(parameters, before, strict=True):
        assert torch.equal(p[:2], old[:2])
        assert torch.equal(p[5:], old[5:])


def start(rule: object, setting: dict[str, object], slot: str, like: torch.Tensor) -> np.ndarray:
    first = setting[rule.start[slot]] if slot in rule.start else 0.0  # type: ignore[attr-defined]
    return np.full(like.shape, first, like.numpy().dtype)


def test_lambs_norms_are_over_one_tensor_of_one_lane() -> None:
    generator = torch.Generator().manual_seed(0)
    x, g = (torch.randn(3, 4, 5, generator=generator, dtype=torch.float64) for _ in range(2))
    before = x.clone().numpy()
    settings = [RULES["lamb"].settings({"lr": lr, "weight_decay": 0.1, "eps": 1e-6}) for lr in (0.1, 0.2, 0.3)]
    LaneUpdate(RULES["lamb"], settings, [x]).step(1, [g])
    for lane, lr in enumerate((0.1, 0.2, 0.3)):
        # At the first step m-hat is g and v-hat is g squared: u = g / (|g| + eps) + weight decay times x.
        u = g[lane].numpy() / (np.abs(g[lane].numpy()) + 1e-6) + 0.1 * before[lane]
        ratio = np.linalg.norm(before[lane]) / np.linalg.norm(u)
        np.testing.assert_allclose(x[lane].numpy(), before[lane] - lr * ratio * u, rtol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_lanes_that_are_kept_go_on_as_if_alone(name: str) -> None:
    rule, generator = RULES[name], torch.Generator().manual_seed(1)
    settings = [rule.settings({"lr": lr}) for lr in (0.1, 0.02, 0.3, 0.04)]
    together = stacked(4, generator, torch.float32)
    alone = [p[[2]].clone() for p in together]
    update, single = LaneUpdate(rule, settings, together), LaneUpdate(rule, [settings[2]], alone)
    for t in range(1, 8):
        gradients = stacked(4, generator, torch.float32)
        single.step(t, [g[[2]].clone() for g in gradients])
        if t == 4:  # lanes 3 and 2 are left, behind a lane that is none of this update's
            together = [torch.cat([torch.zeros_like(p[:1]), p[[3, 2]]]) for p in together]
            update.keep([3, 2], together, first=1)
        kept = gradients if t < 4 else [torch.cat([g[:1], g[[3, 2]]]) for g in gradients]
        update.step(t, kept)
    for ours, theirs in zip(together, alone, strict=True):
        assert torch.equal(ours[2], theirs[0])
        assert not ours[0].any()


def test_the_same_lane_may_be_kept_twice() -> None:
    x = torch.ones(2, 3)
    update = LaneUpdate(RULES["sgd"], [{"lr": 0.5}, {"lr": 0.25}], [x])
    doubled = x[[1, 1]].clone()
    update.keep([1, 1], [doubled], first=0)
    update.step(1, [torch.ones(2, 3)])
    assert torch.equal(doubled, torch.full((2, 3), 0.75))
    assert torch.equal(x, torch.ones(2, 3))
