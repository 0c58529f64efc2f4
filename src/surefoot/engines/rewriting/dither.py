"""Random numbers for stochastic rounding, by a counter: an element has the same draw wherever it is computed.

A draw depends on the tensor's 64-bit key, which changes with every step, on the element's place and on the number of
the draw; on no state that threads would have to share. Here it is in torch, for the eager engine; the kernel computes
the same integers (`surefoot.engines.cpu.codecs`).
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.rewriting.precision import RANDOM

_LOW = 0xFFFFFFFF


def keys(seed: int, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keys of tensors: the outputs number `places` of the generator splitmix64 started at `seed` (Steele et al. 2014).

    >>> [hex(int(key) % 2**64) for key in keys(0, np.arange(2))]
    ['0xe220a8397b1dcdaf', '0x6e789e6aa1b965f4']
    """
    z = np.uint64(seed % 2**64) + (places.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))).view(np.int64)


def draws(key: int, place: Tensor, slots: tuple[str, ...]) -> dict[str, Tensor]:
    """The random inputs among a graph's slots: whole numbers from 0 to 65535, as float32.

    Args:
        key: the tensor's. place: int64, of each element its place in the tensor's memory.
    """
    numbers = {slot: int(slot.removeprefix(RANDOM)) for slot in slots if slot.startswith(RANDOM)}
    words = {number // 2: _word(key % 2**64, place, number // 2) for number in numbers.values()}
    return {slot: (words[n // 2] >> 16 * (n % 2) & 0xFFFF).to(torch.float32) for slot, n in numbers.items()}


def _word(key: int, place: Tensor, word: int) -> Tensor:
    second = (key >> 32) + (place >> 32) * 2246822507 + word * 2654435769
    return _mix(_mix((place + (key & _LOW)) & _LOW) ^ (second & _LOW))


def _mix(x: Tensor) -> Tensor:
    """Every bit of the result depends on every bit of the 32 (Wellons' lowbias32); int64 in and out."""
    x = ((x ^ x >> 16) * 0x7FEB352D) & _LOW
    x = ((x ^ x >> 15) * 0x846CA68B) & _LOW
    return x ^ x >> 16


def _nearest(dtype: torch.dtype) -> Any:
    return lambda x: x.to(dtype).to(x.dtype)


def _dither_bfloat16(x: Tensor, drawn: Tensor) -> Tensor:
    bits = x.view(torch.int32) + drawn.to(torch.int32)
    return torch.where(torch.isfinite(x), (bits & -65536).view(torch.float32), x)


def _dither_float16(x: Tensor, drawn: Tensor) -> Tensor:
    shift = drawn.to(torch.int32) >> 3
    normal = ((x.view(torch.int32) + shift) & -8192).view(torch.float32)
    whole = torch.floor(x.abs() * 2.0**24 + shift.to(torch.float32) * 2.0**-13)
    rounded = torch.where(x.abs() < 2.0**-14, torch.copysign(whole * 2.0**-24, x), normal)
    return torch.where(torch.isfinite(x), rounded, x)


#: The meaning of the roundings in torch; see `surefoot.engines.cpu.codecs.ROUNDINGS`.
ROUNDINGS: dict[str, Any] = {
    "nearest_bfloat16": _nearest(torch.bfloat16),
    "nearest_float16": _nearest(torch.float16),
    "dither_bfloat16": _dither_bfloat16,
    "dither_float16": _dither_float16,
}
