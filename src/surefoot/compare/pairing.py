"""Whether a loss or a score compares each row with its own label, or, by a slip of shapes, with the labels of all."""

import warnings
from collections.abc import Callable
from math import isclose
from typing import Any

import torch
from torch import Tensor

Metric = Callable[[Any, Tensor], Any]


def spreads(metric: Metric, output: Any, y: Tensor) -> bool:
    """Whether a metric of an output (n, 1) and labels (n,), or the other way round, pairs every row with all labels.

    Subtracting or comparing such shapes gives (n, n) without an error. A metric that does so gives perfect predictions
    the same number as shuffled ones, which is how it is found out.

    >>> output, y = torch.zeros(3, 1), torch.tensor([1.0, 2.0, 4.0])
    >>> spreads(lambda o, y: ((o - y) ** 2).mean(), output, y)
    True
    >>> spreads(lambda o, y: ((o[:, 0] - y) ** 2).mean(), output, y)
    False
    """
    n = len(y)
    if not isinstance(output, Tensor) or {tuple(output.shape), tuple(y.shape)} != {(n,), (n, 1)}:
        return False
    shuffled = y.roll(1, 0)
    if torch.equal(shuffled, y):
        return False
    perfect = y.to(output.dtype).reshape(output.shape)
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            right, wrong = float(metric(perfect, y)), float(metric(perfect, shuffled))
    except Exception:  # a metric that cannot take labels for predictions: nothing is known
        return False
    return isclose(right, wrong, rel_tol=1e-4, abs_tol=1e-12)
