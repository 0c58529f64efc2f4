"""Conformance of a rule: whatever optimizers, comparisons and docs rely on, checked on a rule of one's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from surefoot.engines import numpy as reference
from surefoot.engines.graph import Graph
from surefoot.optim import from_rule
from surefoot.rules.catalogue import find
from surefoot.rules.rule import Rule
from surefoot.testing.engines import by_kernel, by_torch, check_engine, static_choices, tame_cases


def check_rule(rule: str | Callable[..., Any] | Rule) -> None:
    """Check that a rule can be used wherever ours can.

    Under every combination of its static options it must trace, twice to the same graph; one step must keep the shape
    of `x` and of every state slot; the kernel in both types, and torch, must give NumPy's results; its optimizer must
    step a model.

    Args:
        rule: a name, `file.py:function`, or the function.

    Raises:
        AssertionError: naming what does not hold.
        UserError: if it declares no rule, its defaults are outside their domains, or it cannot be traced.

    >>> from surefoot.rules import Decay, Rate, ema, sign
    >>> def lion(x, g, m, *, t, lr: Rate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.99):
    ...     return x - lr * sign(ema(m, g, beta1)), ema(m, g, beta2)
    >>> check_rule(lion)
    """
    found = find(rule)
    for static in static_choices(found):
        graph = Graph.of(found, static)
        assert graph.text() == Graph.of(found, static).text(), f"{found.name} {static}: two traces differ"
        for case in tame_cases(found, static, "float64"):
            new = reference.run(found, case.slots, case.t, "float64", **case.settings)
            shapes = {slot: values.shape for slot, values in new.items()}
            assert set(shapes.values()) == {case.slots["x"].shape}, f"{found.name} {static}: shapes become {shapes}"
    for dtype in ("float32", "float64"):
        check_engine(by_kernel, found, dtype)
        check_engine(by_torch, found, dtype)
    _check_optimizer(found)


def _check_optimizer(rule: Rule) -> None:
    """A kernel step and an eager step of its optimizer, of the same numbers, from its own start."""
    values = np.linspace(-1, 1, 6)
    dense = torch.nn.Parameter(torch.tensor(values))
    strided = torch.nn.Parameter(torch.tensor(np.repeat(values, 2))[::2])
    for parameter in (dense, strided):
        optimizer = from_rule(rule)([parameter])
        for _ in range(3):
            parameter.grad = torch.tensor(values[::-1].copy())
            optimizer.step()
    assert torch.allclose(dense, strided, rtol=1e-12, atol=1e-12, equal_nan=True), (
        f"{rule.name}: dense and strided parameters are stepped differently, {dense.tolist()} and {strided.tolist()}"
    )
