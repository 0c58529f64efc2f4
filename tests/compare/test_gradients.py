"""Sparsity and drift of gradients, on tasks where both are known."""

import numpy as np
import pytest
import torch
from torch import nn

from surefoot.compare.gradients import Gradients, measure
from surefoot.compare.trial import Trial
from surefoot.rules import find
from surefoot.tasks import Task

ONES = np.ones((50, 1), np.float32)


def measured(task: Task, lr: float = 0.01) -> Gradients:
    sgd = find("sgd")
    return measure(task, Trial("sgd", 0, sgd.settings({"lr": lr}), seed=0, phase="search"), sgd)


def test_an_embedding_of_rare_words_has_sparse_gradients() -> None:
    """One row of 50 is touched by a minibatch of one: 98% of the entries are zero."""
    words = np.arange(200) % 50
    task = Task(
        name="words", model=lambda: nn.Embedding(50, 4), loss=lambda out, y: ((out - y[:, None]) ** 2).mean(),
        train=(words, np.ones(200, np.float32)), batch_size=1, steps=60,
    )  # fmt: skip
    assert measured(task).sparsity == pytest.approx(0.98)


def test_a_dense_model_has_none() -> None:
    X = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    task = Task(name="dense", model=lambda: nn.Linear(3, 1), loss=nn.functional.mse_loss, train=(X, X[:, :1]), steps=20)
    assert measured(task).sparsity == 0.0


class Constant(nn.Module):
    """Whose gradient is one whatever the parameter: no drift at all."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.w.sum() + 0 * x.sum()


def test_a_constant_gradient_does_not_drift() -> None:
    task = Task(name="constant", model=Constant, loss=lambda out, y: out, train=(ONES, ONES), steps=40)
    assert measured(task).drift == pytest.approx(0.0, abs=1e-12)


class Bowl(nn.Module):
    """One parameter, started at 1, whose loss is half its square: gradient descent halves it at lr 1/2."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(1, dtype=torch.float64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.w


def test_on_a_quadratic_the_drift_is_the_known_one() -> None:
    """Gradients are 2^-k: from the first quarter (k = 0, 1) of 8 steps to the last (k = 6, 7) squares fall by 4^-6."""
    task = Task(name="bowl", model=Bowl, loss=lambda out, y: (out**2).sum() / 2, train=(ONES, ONES), steps=8)
    assert measured(task, lr=0.5).drift == pytest.approx(6 * np.log10(4))


def test_torchs_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    measured(Task(name="constant", model=Constant, loss=lambda out, y: out, train=(ONES, ONES), steps=2))
    assert torch.equal(before, torch.get_rng_state())
