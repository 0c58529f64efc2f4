"""Scores of the built-in tasks; higher is better."""

import torch
from torch import Tensor


def accuracy(output: Tensor, y: Tensor) -> Tensor:
    """Share of rows whose largest of the outputs (n, classes) is at their class y (n,), from 0 to 1."""
    return (output.argmax(-1) == y).to(torch.float32).mean()


def r2(output: Tensor, y: Tensor) -> Tensor:
    """Coefficient of determination of output (n, 1) for y (n, 1): 1 is perfect, 0 is as good as the mean of y."""
    return 1 - ((y - output) ** 2).sum() / ((y - y.mean()) ** 2).sum()
