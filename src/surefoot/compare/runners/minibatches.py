"""The minibatches of K lanes, a step at a time."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from surefoot.tasks.batches import order
from surefoot.tasks.task import Task


class Minibatches:
    """For every step, x (K, B, ...) and y (K, B, ...): lane k sees the rows that seeds[k] decides.

    Lanes of one common seed share the rows: they are gathered once and expanded, not copied, which changes no bit.
    """

    def __init__(self, task: Task, seeds: Sequence[int], steps: int) -> None:
        distinct = list(dict.fromkeys(seeds))
        orders = [order(seed, len(task.train.y), task.batch_size, steps) for seed in distinct]
        self._x, self._y = task.train
        self._rows = torch.from_numpy(np.stack(orders, axis=1))
        self._seed_of = torch.tensor([distinct.index(seed) for seed in seeds])

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """The minibatches before update number `step`, counted from 0."""
        rows, lanes = self._rows[step], len(self._seed_of)
        if len(rows) == 1:
            x, y = self._x.index_select(0, rows[0]), self._y.index_select(0, rows[0])
            return x.expand(lanes, *x.shape), y.expand(lanes, *y.shape)
        chosen = rows.index_select(0, self._seed_of).flatten()
        x, y = self._x.index_select(0, chosen), self._y.index_select(0, chosen)
        return x.view(lanes, rows.shape[1], *x.shape[1:]), y.view(lanes, rows.shape[1], *y.shape[1:])

    def keep(self, lanes: Tensor) -> None:
        """Keep the given lanes alone, in the given order."""
        self._seed_of = self._seed_of.index_select(0, lanes)
