"""Missed steps made good in a block of rows: each row of each slot times its factor, rounded as steps round it."""

from collections.abc import Collection, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.rewriting import dither
from surefoot.engines.rewriting.precision import COMPENSATION, RANDOM
from surefoot.optim.eager import working_dtype

DRAW = f"{RANDOM}0"


def decay(
    tables: Mapping[str, Tensor],
    factors: Mapping[str, NDArray[np.float64]],
    dithered: Collection[str] = (),
    seed: int = 0,
    first: int = 0,
) -> None:
    """Multiply in place.

    What a compensated parameter was cut by is multiplied and cut with it. Nothing is drawn from torch's generator: to
    save an optimizer would otherwise change what follows.

    Args:
        tables: slot to (rows, width). factors: of some of the slots, (rows,). dithered: those rounded at random.
        seed, first: what the random numbers depend on; the place of the block's first element in its tensor.

    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> decay({"x": x}, {"x": np.array([1.0, 0.5])})
    >>> x.tolist()
    [[1.0, 2.0], [1.5, 2.0]]
    """
    keys = dither.keys(seed, np.arange(len(factors)))
    for key, (slot, factor) in zip(keys, factors.items(), strict=True):
        table, wide = tables[slot], working_dtype(tables[slot])
        cut = tables.get(COMPENSATION) if slot == "x" else None
        value = table.to(wide) if cut is None else table.to(wide) + cut.to(wide)
        value = value * torch.from_numpy(factor).to(table.device, wide)[:, None]
        if slot in dithered:
            places = torch.arange(first, first + table.numel(), device=table.device).view(table.shape)
            drawn = dither.draws(int(key), places, (DRAW,))[DRAW]
            value = dither.ROUNDINGS[f"dither_{str(table.dtype).removeprefix('torch.')}"](value, drawn)
        table.copy_(value)
        if cut is not None:
            rest = value - table.to(wide)
            cut.copy_(torch.where(rest.isfinite(), rest, 0.0))
