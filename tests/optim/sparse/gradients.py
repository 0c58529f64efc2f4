"""Sparse gradients to test with, and the answers that steps by rows must give."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.optim import CLASSES, RuleOptimizer

ROWS, WIDTH = 40, 6
#: The classes of the rules that step every element for itself.
ELEMENTWISE = [c for c in CLASSES.values() if Graph.of(c.rule).elementwise]


def sparse(rows: list[int], values: Tensor, shape: tuple[int, ...] = (ROWS, WIDTH)) -> Tensor:
    """A gradient that names rows, some perhaps twice."""
    return torch.sparse_coo_tensor([rows], values, shape, check_invariants=True)


def random_gradients(count: int, dtype: torch.dtype = torch.float64, seed: int = 0) -> Iterator[Tensor]:
    """Gradients of eight entries each, among which rows repeat; most rows are missed by most."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(count):
        rows = torch.randint(0, ROWS, (8,), generator=generator)
        values = torch.randn(8, WIDTH, generator=generator, dtype=torch.float64)
        yield sparse(rows.tolist(), values.to(dtype))


def table(dtype: torch.dtype = torch.float64, seed: int = 5) -> torch.nn.Parameter:
    """Rows to learn."""
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.Parameter(torch.randn(ROWS, WIDTH, generator=generator, dtype=torch.float64).to(dtype))


def dense_step_of_named_rows(optimizer: RuleOptimizer, p: Tensor, grad: Tensor, factor: float = 1.0) -> None:
    """A dense step after which the rows that the gradient does not name are put back, times `factor`."""
    untouched = torch.ones(len(p), dtype=torch.bool)
    untouched[grad.coalesce().indices()[0]] = False
    before = p.detach().clone()
    p.grad = grad.to_dense()
    optimizer.step()
    with torch.no_grad():
        p[untouched] = before[untouched] * factor


def differences(p: Tensor, q: Tensor, a: RuleOptimizer, b: RuleOptimizer) -> dict[str, float]:
    """How far parameters and states are apart at most, in proportion to the largest."""
    pairs: dict[str, Any] = {"x": (p, q), **{slot: (a.state[p][slot], b.state[q][slot]) for slot in a.state[p]}}
    return {slot: float((u - v).detach().abs().max() / v.detach().abs().max()) for slot, (u, v) in pairs.items()}
