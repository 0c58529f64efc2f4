"""What the kernel may be given: dense memory, laid out alike for parameter, gradient and state, nothing overlapping."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import Parameter

from surefoot.engines.cpu.native import float16_is_native

#: Types that a kernel computes in.
KERNEL_DTYPES = {torch.float32: "float32", torch.float64: "float64"}
#: Types that a kernel reads and writes, as the codecs call them, by the type that it computes in.
STORED = {
    torch.float64: {torch.float64: "float64"},
    torch.float32: {torch.float32: "float32", torch.bfloat16: "bfloat16"}
    | ({torch.float16: "float16"} if float16_is_native() else {}),
}
#: A parameter's type to the type that it is stepped in.
COMPUTED = {torch.float64: torch.float64, **dict.fromkeys(STORED[torch.float32], torch.float32)}


def is_dense(x: Tensor) -> bool:
    """Whether the elements fill one block of memory exactly once, in whatever order (channels_last does)."""
    if x.is_contiguous():
        return True
    expected = 1
    for stride, size in sorted((stride, size) for stride, size in zip(x.stride(), x.shape, strict=True) if size > 1):
        if stride != expected:
            return False
        expected *= size
    return True


def suits_kernel(p: Tensor) -> bool:
    """Whether a parameter may take the kernel, whatever its gradient: a plain dense CPU tensor of a type it knows."""
    plain = type(p) in (Parameter, Tensor) and p.layout is torch.strided and p.device.type == "cpu"
    return plain and p.dtype in COMPUTED and not p.is_neg() and is_dense(p)


def storable(types: Sequence[torch.dtype]) -> bool:
    """Whether a kernel reads and writes parameters of the first type with gradients and state of the others."""
    return all(dtype in STORED[COMPUTED[types[0]]] for dtype in types)


def like(v: Tensor, p: Tensor) -> bool:
    """Whether a gradient or a state slot lies in memory as its parameter does, in a type that goes with it."""
    if type(v) is not Tensor or v.layout is not torch.strided or v.device != p.device or v.is_neg():
        return False
    known = p.dtype in COMPUTED and v.dtype in STORED[COMPUTED[p.dtype]]
    return known and v.shape == p.shape and v.stride() == p.stride()


class Written:
    """The blocks that a step writes, sorted, to tell whether anything read overlaps them."""

    def __init__(self, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
        """`starts` (slots, tensors) addresses, `sizes` (slots, tensors) bytes."""
        ends = (starts + sizes).ravel()
        filled = np.flatnonzero(ends > starts.ravel())
        order = filled[np.argsort(starts.ravel()[filled])]
        self.starts = starts.ravel()[order]
        self.ends = ends[order]
        self.disjoint = bool((self.ends[:-1] <= self.starts[1:]).all())

    def untouched(self, starts: NDArray[np.int64], sizes: NDArray[np.int64], own: NDArray[np.int64]) -> bool:
        """Whether blocks that are read lie clear of all written ones; a block may be exactly its own parameter's.

        Args:
            starts, sizes, own: (tensors,) address and bytes of each block, and the address of its parameter.
        """
        if len(self.starts) == 0:
            return True
        before = np.searchsorted(self.starts, starts, side="right") - 1
        touches_before = (before >= 0) & (self.ends[before] > starts) & (starts != own)
        after = np.minimum(before + 1, len(self.starts) - 1)
        touches_after = (before + 1 < len(self.starts)) & (self.starts[after] < starts + sizes)
        return not bool(((touches_before | touches_after) & (sizes > 0)).any())


def tangled(ways: Sequence[Sequence[tuple[Tensor, Tensor]]]) -> bool:
    """Whether a step of one way shows in another: a parameter overlaps a parameter or a gradient there.

    Args:
        ways: the (parameter, gradient) pairs of each. Of tensors that are not plain ones on the CPU nothing is known.
    """
    blocks = [(*_extent(x), way, x is p) for way, pairs in enumerate(ways) for p, g in pairs for x in (p, g)]
    written, read = [0] * len(ways), [0] * len(ways)  # how far up each way has been seen to write and to read
    for start, end, way, writes in sorted(blocks):
        for other in range(len(ways)):
            reaches = max(written[other], read[other]) if writes else written[other]
            if other != way and start < reaches and start < end:
                return True
        seen = written if writes else read
        seen[way] = max(seen[way], end)
    return False


def _extent(x: Tensor) -> tuple[int, int]:
    """The first byte of a plain CPU tensor, and the one past its last."""
    if type(x) not in (Parameter, Tensor) or x.layout is not torch.strided or x.device.type != "cpu" or not x.numel():
        return 0, 0
    last = sum((size - 1) * stride for size, stride in zip(x.shape, x.stride(), strict=True))
    return x.data_ptr(), x.data_ptr() + (last + 1) * x.element_size()


def addresses(tensors: Sequence[Tensor]) -> list[int]:
    """Where each tensor's first element lies."""
    return list(map(Tensor.data_ptr, tensors))
