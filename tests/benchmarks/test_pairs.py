"""What is timed side by side does the same."""

import pytest
import torch

from benchmarks.pairs import PAIRS


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.rule)
def test_all_contenders_of_a_rule_step_alike(pair):
    ends = {}
    for name, make in pair.contenders.items():
        generator = torch.Generator().manual_seed(1)
        parameter = torch.randn(50, dtype=torch.float64, generator=generator).requires_grad_()
        optimizer = make([parameter])
        for _ in range(5):
            parameter.grad = torch.randn(50, dtype=torch.float64, generator=generator)
            optimizer.step()
        ends[name] = parameter.detach()
    for name, end in ends.items():
        torch.testing.assert_close(end, ends["torch default"], rtol=1e-12, atol=0, msg=name)


def test_an_implementation_is_named_as_torch_was_told():
    chosen = {name: make([torch.zeros(1, requires_grad=True)]) for name, make in PAIRS[-1].contenders.items()}
    told = {name: (o.defaults.get("foreach"), o.defaults.get("fused")) for name, o in chosen.items()}
    assert told.pop("surefoot") == (None, None)
    ours = {"drop-in": (None, None), "drop-in fused": (None, True)}
    assert told == {"torch default": (None, None), "torch foreach": (True, None), "torch fused": (None, True), **ours}
