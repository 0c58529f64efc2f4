"""Which elements of a tensor are looked at: the same at every record, spread over all of it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Sample:
    """Places in a tensor, counted in the order of its elements, a complex one as two.

    Attributes:
        places: (n,) int64. numel: elements of the tensor. share: what part of them the places are drawn from.
    """

    places: NDArray[np.int64]
    numel: int
    share: float = 1.0

    @property
    def weight(self) -> float:
        """How many elements each place stands for."""
        return self.numel * self.share / max(1, len(self.places))

    def take(self, v: Tensor) -> NDArray[np.floating]:
        """The elements at these places, copied."""
        real = parts(v.detach())
        real = real if real.dim() else real.reshape(1)  # a reshape costs more than all the rest
        if real.is_contiguous() and real.device.type == "cpu" and real.dtype.itemsize >= 4:
            values: NDArray[np.floating] = real.numpy().reshape(-1)[self.places]
            return values
        where = [torch.from_numpy(i).to(real.device) for i in np.unravel_index(self.places, real.shape)]
        return np.asarray(real[tuple(where)].to("cpu", torch.float64).numpy())


def of_dense(v: Tensor, most: int) -> Sample:
    """Up to so many places of a tensor: one drawn, always the same, from each of as many equal stretches of it.

    Places at equal distances could all lie in one column of a matrix.

    >>> of_dense(torch.zeros(10, 10), 5).places // 20, len(of_dense(torch.zeros(2, 2), 5).places)
    (array([0, 1, 2, 3, 4]), 4)
    """
    numel = parts(v).numel()
    count = min(most, numel)
    edges = numel * np.arange(count + 1, dtype=np.int64) // max(1, count)
    lengths = np.diff(edges)
    drawn = np.random.default_rng(0).random(count)
    return Sample(edges[:-1] + (drawn * lengths).astype(np.int64), numel)


def of_sparse(grad: Tensor, p: Tensor, most: int) -> tuple[Sample, NDArray[np.floating], float]:
    """Places in the rows that a sparse gradient names, the gradient at them, and the share of zeros in all of it."""
    once = grad.detach().coalesce()
    values = parts(once.values())
    inner = of_dense(values, most)
    width = values.numel() // max(1, len(values))
    sizes = np.array(p.shape[: grad.sparse_dim()])
    rows = np.ravel_multi_index(tuple(once.indices().cpu().numpy()), tuple(sizes)) if len(values) else np.zeros(0, int)
    places = rows[inner.places // width] * width + inner.places % width if len(values) else inner.places
    numel = parts(p).numel()
    zeros = 1.0 - int(torch.count_nonzero(values)) / max(1, numel)
    return Sample(places.astype(np.int64), numel, values.numel() / max(1, numel)), inner.take(once.values()), zeros


def parts(v: Tensor) -> Tensor:
    """A complex tensor as its real and imaginary parts, any other as it is."""
    return torch.view_as_real(v.resolve_conj()) if v.is_complex() else v
