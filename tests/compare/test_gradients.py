"""Sparsity and drift of gradients, on tasks where both are known."""

import numpy as np
import pytest
import torch
from torch import nn

from surefoot.compare.gradients import measure
from surefoot.tasks import Task


def test_an_embedding_of_rare_words_has_sparse_gradients() -> None:
    """One row of 50 is touched by a minibatch of one: 98% of the entries are zero."""
    words = np.arange(200) % 50
    task = Task(
        name="words", model=lambda: nn.Embedding(50, 4), loss=lambda out, y: ((out - y[:, None]) ** 2).mean(),
        train=(words, np.ones(200, np.float32)), batch_size=1,
    )  # fmt: skip
    assert measure(task, 0).sparsity == pytest.approx(0.98)


def test_a_dense_model_has_none() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 3)).astype(np.float32)
    task = Task(name="dense", model=lambda: nn.Linear(3, 1), loss=nn.functional.mse_loss, train=(X, X[:, :1]))
    assert measure(task, 0).sparsity == 0.0


class Constant(nn.Module):
    """Whose gradient is one whatever the parameter: no drift at all."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.w.sum() + 0 * x.sum()


def test_a_constant_gradient_does_not_drift_and_a_vanishing_one_does() -> None:
    X = np.ones((50, 1), np.float32)
    constant = Task(name="constant", model=Constant, loss=lambda out, y: out, train=(X, X))
    assert measure(constant, 0).drift == pytest.approx(0.0, abs=1e-12)
    bowl = Task(
        name="bowl", model=lambda: nn.Linear(1, 1), loss=lambda out, y: 50 * ((out - y) ** 2).mean(), train=(X, X)
    )
    assert measure(bowl, 0).drift > 1.0
