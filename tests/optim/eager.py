"""The answer that every path must give: parameters stepped one after the other by the torch engine."""

from collections.abc import Sequence

import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.engines.host import uniforms
from surefoot.optim import RuleOptimizer, from_rule
from surefoot.optim.eager import new_state, step_tensor
from surefoot.rules import Rule
from surefoot.rules.rule import Setting
from surefoot.testing.engines import is_exact
from tests.rules.own import EVERY

OPTIMIZERS = [from_rule(rule, rule.title) for rule in EVERY]


def eager(rule: Rule, parameters: Sequence[Tensor], grads: Sequence[Tensor], steps: int = 3, **given: Setting) -> None:
    """Step parameters in place along gradients that may be views of anything."""
    settings = rule.settings(given)
    graph = Graph.of(rule, settings)
    first = {slot: float(settings[rule.start[slot]]) if slot in rule.start else 0.0 for slot in graph.state}
    states = [{slot: new_state(p, value) for slot, value in first.items()} for p in parameters]
    for t in range(1, steps + 1):
        scalars = uniforms(graph)(t, **{name: settings[name] for name in rule.hyper})
        for p, g, state in zip(parameters, grads, states, strict=True):
            step_tensor(graph, p, g, state, scalars)


def parameter(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.nn.Parameter:
    """Random numbers to learn."""
    return torch.nn.Parameter(randoms(*shape, seed=seed, dtype=dtype))


def randoms(*shape: int, seed: int = 1, dtype: torch.dtype = torch.float32) -> Tensor:
    """Random numbers, the same for the same seed."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def batched(optimizer: RuleOptimizer) -> int:
    """How many parameters the last step took through kernels."""
    assert optimizer._layout is not None
    return sum(len(indices) for _, indices in optimizer._layout._batches)


def same(one: Tensor, other: Tensor, rule: Rule, rtol: float = 1e-4) -> bool:
    """Bit for bit where a rule is exact under its defaults, nearly where it is not."""
    if is_exact(Graph.of(rule)):
        return torch.equal(one, other)
    return torch.allclose(one, other, rtol=rtol, atol=rtol)
