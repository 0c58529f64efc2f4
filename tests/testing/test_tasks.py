"""The conformance check accepts a good task and names what is wrong with a bad one."""

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from surefoot.errors import UserError
from surefoot.tasks import Task
from surefoot.testing.tasks import check_task

X = torch.linspace(-1, 1, 40).reshape(20, 2)
Y = X.sum(1, keepdim=True)
SHARED = nn.Linear(2, 1)
COUNTER = itertools.count()


class Counted(nn.Module):
    """Another model at every call, whatever the seed."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((2, 1), float(next(COUNTER))))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


def make(**changes: Any) -> Task:
    given: dict[str, Any] = {
        "name": "toy",
        "model": lambda: nn.Linear(2, 1),
        "loss": nn.functional.mse_loss,
        "train": (X, Y),
        "batch_size": 4,
    }
    return Task(**(given | changes))


def test_a_good_task_passes() -> None:
    check_task(make())
    check_task(make(score=lambda output, y: -float((output - y).abs().mean())))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"validation": (X, Y), "test": (X[:5], Y[:5])}, "train and validation must not be the same rows"),
        ({"test": (X, Y), "validation": (X[:5], Y[:5])}, "train and test must not be the same rows"),
        ({"model": lambda: SHARED}, "the model factory must make a new model each time"),
        ({"model": Counted}, "the loss before any update must be the same for the same seed"),
        ({"loss": lambda output, y: ((output - y) ** 2).sum()}, "the loss must be a mean over rows"),
        ({"loss": lambda output, y: (output - y) ** 2}, r"the loss must be a scalar, got the shape \(4, 1\)"),
        ({"loss": lambda output, y: 1.0}, "the loss must be a torch.Tensor, got float"),
        ({"loss": lambda output, y: (output * torch.nan).mean()}, "the loss before any update must be finite"),
        ({"loss": lambda output, y: (output - y).detach().mean()}, "the loss must depend on the model's parameters"),
        ({"loss": lambda output, y: (output * 0).sqrt().mean()}, "the gradient of weight must be finite"),
        ({"score": lambda output, y: float("nan")}, "the score on validation must be finite, got nan"),
        ({"score": lambda output, y: output}, "the score must be one number"),
    ],
)
def test_a_bad_task_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_task(make(**changes))


def test_a_model_that_cannot_be_built_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="model cannot be built"):
        check_task(make(model=nn.ReLU))
