"""Which rows each update sees: decided by the seed alone, so that every optimizer sees the same."""

import numpy as np
from numpy.typing import NDArray


def order(seed: int, rows: int, batch_size: int, steps: int) -> NDArray[np.int64]:
    """Row numbers of each minibatch, (steps, batch_size) int64.

    The rows are shuffled anew for every epoch, and what is left at an epoch's end and fills no batch is dropped. With
    fewer rows than `batch_size` a batch is all the rows. A longer horizon begins with the shorter one's batches.

    >>> order(seed=0, rows=5, batch_size=2, steps=3)
    array([[2, 4],
           [3, 0],
           [4, 1]])
    """
    size = min(batch_size, rows)
    per_epoch = rows // size
    rng = np.random.default_rng(seed)
    epochs = [rng.permutation(rows)[: per_epoch * size] for _ in range(-(-steps // per_epoch))]
    return np.concatenate(epochs).reshape(-1, size)[:steps] if epochs else np.empty((0, size), np.int64)
