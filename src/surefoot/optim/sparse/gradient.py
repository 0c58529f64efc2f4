"""A sparse gradient as rows: which are named, and where their values stand, each row once."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.errors import UserError


@dataclass(frozen=True)
class Named:
    """The rows that a gradient names.

    Attributes:
        rows: (n,) int64, each once, in any order. values: (n, width), real and contiguous.
    """

    rows: Tensor
    values: Tensor


def named(grad: Tensor, marks: NDArray[np.int32]) -> Named:
    """Rows and values of a sparse gradient, complex numbers as pairs; those of a row named twice are added.

    Args:
        grad: sparse in its first dimensions. Rows are counted over all of these: of a gradient that is sparse in every
            one, rows are single numbers.
        marks: (rows of the whole table,) numbers to work with, left as they were.

    Raises:
        UserError: if an index lies outside the gradient's shape.

    >>> values = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> grad = torch.sparse_coo_tensor([[4, 1, 4]], values, (9, 2), check_invariants=True)
    >>> once = named(grad, np.zeros(9, np.int32))
    >>> once.rows.tolist(), once.values.tolist()
    ([1, 4], [[3.0, 4.0], [6.0, 8.0]])
    """
    grad = grad.detach()
    rows = _rows(grad)
    if not grad.is_coalesced() and not _distinct(rows, marks):
        grad = grad.coalesce()
        rows = _rows(grad)
    values = grad._values()
    real = torch.view_as_real(values.resolve_conj()) if values.is_complex() else values
    return Named(rows, real.reshape(len(values), -1 if len(values) else 1).contiguous())


def _distinct(rows: Tensor, marks: NDArray[np.int32]) -> bool:
    """Whether no row is named twice. Each entry leaves its mark at its row; sorting takes several times as long."""
    places = rows.cpu().numpy()
    kept, entries = marks[places], np.arange(len(places), dtype=np.int32)
    marks[places] = entries
    distinct = bool((marks[places] == entries).all())
    marks[places] = kept
    return distinct


def _rows(grad: Tensor) -> Tensor:
    """The number of each entry's row, in the order of the entries."""
    indices, sizes = grad._indices(), grad.shape[: grad.sparse_dim()]
    if indices.shape[1] == 0:
        return indices[0]
    low, high = (bound.tolist() for bound in torch.aminmax(indices, dim=1))
    if min(low) < 0 or any(h >= size for h, size in zip(high, sizes, strict=True)):
        raise UserError(
            f"a sparse gradient must name rows of its parameter, whose shape is {tuple(grad.shape)}, "
            f"but it has indices from {low} to {high}"
        )
    rows = indices[0]
    for dim, size in enumerate(sizes[1:], start=1):
        rows = rows * size + indices[dim]
    return rows.contiguous()
