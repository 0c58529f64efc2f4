"""torch.amp.GradScaler with torch's optimizers and ours: the same steps, and gradients unscaled when they are done."""

from typing import Any

import pytest
import torch

import surefoot.optim.torch as ours
from tests.optim.torch.conformance import INFOS, Problem, every_class
from tests.optim.torch.test_trajectory import ulps

FUSED = [name for name, info in INFOS.items() if "fused" in info.supported_impls]


def trained(optimizer: torch.optim.Optimizer, problem: Problem, spoil: bool = False) -> list[torch.Tensor]:
    """Parameters and gradients after four scaled steps, of which the third overflows if it is spoilt."""
    scaler = torch.amp.GradScaler("cpu", init_scale=128.0, growth_interval=2)
    for k in range(4):
        optimizer.zero_grad()
        scaler.scale(problem.loss()).backward()
        if spoil and k == 2:
            problem.bias.grad = torch.full_like(problem.bias, torch.inf)
        scaler.step(optimizer)
        scaler.update()
    return [x for p in problem.parameters for x in (p.detach(), p.grad) if x is not None]


@pytest.mark.parametrize("spoil", [False, True])
@pytest.mark.parametrize(
    ("name", "arguments"), [*((name, {}) for name in INFOS), *((name, {"fused": True}) for name in FUSED)]
)
def test_steps_and_gradients_are_torchs(name: str, arguments: dict[str, Any], spoil: bool) -> None:
    """Forty parameters of the fifty are held against torch's fused steps, which round the others another way."""
    ends = [
        trained(getattr(source, name)((problem := Problem()).parameters, **arguments), problem, spoil)
        for source in (ours, torch.optim)
    ]
    for own, theirs in zip(*ends, strict=True):
        whole = own.numel() // 8 * 8
        assert ulps(own.flatten()[:whole], theirs.flatten()[:whole]) <= 2
        torch.testing.assert_close(own, theirs)


@pytest.mark.parametrize("watched", [False, True])
def test_hooks_find_gradients_that_a_fused_step_has_unscaled(watched: bool) -> None:
    p = torch.nn.Parameter(torch.zeros(3))
    optimizer, scaler, found = ours.Adam([p], fused=True), torch.amp.GradScaler("cpu", init_scale=8.0), []
    if watched:
        optimizer.register_step_post_hook(lambda *_: found.append(p.grad.tolist()))
    scaler.scale(torch.zeros(()))
    p.grad = torch.full((3,), 4.0)
    scaler.step(optimizer)
    assert p.grad.tolist() == [0.5] * 3
    assert found == [[0.5] * 3] * watched


@pytest.mark.parametrize("copied", [False, True])
@every_class
def test_a_scaler_leaves_only_fused_steps_to_unscale(name: str, copied: bool) -> None:
    """Trainers that clip by themselves ask for it: Lightning refuses to, for those that unscale in the step."""
    for arguments in ({}, {"fused": True}) if name in FUSED else ({},):
        optimizer = getattr(ours, name)([torch.zeros(1)], **arguments)
        if copied:
            again = getattr(ours, name)([torch.zeros(1)])
            again.__setstate__(optimizer.__getstate__())
            optimizer = again
        assert optimizer._step_supports_amp_scaling is bool(arguments)
