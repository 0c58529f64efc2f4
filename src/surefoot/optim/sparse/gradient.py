"""A sparse gradient as rows: which are named, and their values, each row once."""

from dataclasses import dataclass

import torch
from torch import Tensor

from surefoot.errors import UserError


@dataclass(frozen=True)
class Named:
    """The rows that a gradient names: `rows` (n,) int64, ascending; `values` (n, width), real, contiguous."""

    rows: Tensor
    values: Tensor


def named(grad: Tensor) -> Named:
    """Rows and values of a sparse gradient, complex numbers as pairs; those of a row named twice are added.

    Rows are counted over all sparse dimensions: of a gradient that is sparse in every one they are single numbers.

    Raises:
        UserError: if an index lies outside the gradient's shape.

    >>> values = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> grad = torch.sparse_coo_tensor([[4, 1, 4]], values, (9, 2), check_invariants=True)
    >>> named(grad).rows.tolist(), named(grad).values.tolist()
    ([1, 4], [[3.0, 4.0], [6.0, 8.0]])
    """
    once = grad.detach().coalesce()
    indices, values = once.indices(), once.values()
    sizes = grad.shape[: grad.sparse_dim()]
    rows = indices[0]
    for dim, size in enumerate(sizes[1:], start=1):
        rows = rows * size + indices[dim]
    if len(rows):
        low, high = (bound.tolist() for bound in torch.aminmax(indices, dim=1))
        if min(low) < 0 or any(h >= size for h, size in zip(high, sizes, strict=True)):
            raise UserError(
                f"a sparse gradient must name rows of its parameter, of shape {tuple(grad.shape)}; "
                f"it has indices from {low} to {high}"
            )
    real = torch.view_as_real(values.resolve_conj()) if values.is_complex() else values
    return Named(rows.contiguous(), real.reshape(len(rows), -1).contiguous())
