"""The largest eigenvalue of a symmetric operator that is only known by what it does to a vector."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Operator = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Extreme:
    """An eigenvalue as it was found.

    Attributes:
        value: the largest eigenvalue's estimate; never above it, up to rounding (Ritz values lie inside the spectrum).
        residual: |A u - value u| for the unit vector u that was found: some eigenvalue lies within this of the value.
        products: how many times the operator was applied.
    """

    value: float
    residual: float
    products: int


def largest(apply: Operator, start: Tensor, most: int = 60, tolerance: float = 1e-3) -> Extreme:
    """The largest eigenvalue, by Lanczos iteration with full reorthogonalisation (Golub & Van Loan 2013, chapter 10).

    Args:
        apply: the operator, (n,) to (n,). start: (n,) any vector but zero; one at random is best.
        most: products at most. tolerance: stop when the residual is below this fraction of the value.

    >>> diagonal = torch.tensor([1.0, -3.0, 2.0], dtype=torch.float64)
    >>> round(largest(lambda v: diagonal * v, torch.ones(3, dtype=torch.float64)).value, 9)
    2.0
    """
    basis = [(start / start.norm()).double()]
    alphas: list[float] = []
    betas: list[float] = []
    value, residual = float("nan"), float("inf")
    for _ in range(min(most, start.numel())):
        image = apply(basis[-1].to(start.dtype)).double()
        alphas.append(float(image @ basis[-1]))
        known = torch.stack(basis)
        for _ in range(2):  # once loses orthogonality where the image lies almost in the span
            image = image - known.T @ (known @ image)
        beta = float(image.norm())
        off = torch.tensor(betas, dtype=torch.float64)
        tridiagonal = torch.diag(torch.tensor(alphas, dtype=torch.float64)) + torch.diag(off, 1) + torch.diag(off, -1)
        if not torch.isfinite(tridiagonal).all():
            return Extreme(float("nan"), float("inf"), len(alphas))
        values, vectors = torch.linalg.eigh(tridiagonal)
        value, residual = float(values[-1]), beta * abs(float(vectors[-1, -1]))
        if residual <= tolerance * abs(value) or beta == 0:
            break
        betas.append(beta)
        basis.append(image / beta)
    return Extreme(value, residual, len(alphas))
