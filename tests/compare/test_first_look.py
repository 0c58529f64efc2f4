"""What is refused before any trial, in one line that says what to mend."""

import numpy as np
import pytest
import torch
from torch import nn

from surefoot.compare.first_look import look
from surefoot.errors import UserError
from surefoot.tasks import Task

X = np.linspace(-1, 1, 60, dtype=np.float32).reshape(-1, 1)
ONE = nn.Linear(1, 1)


def task(model=lambda: nn.Linear(1, 1), loss=nn.functional.mse_loss, y=2 * X, **more) -> Task:
    return Task(name="line", model=model, loss=loss, train=(X, y), **more)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"loss": lambda output, y: (output - y).mean() / 0.0}, "finite at step 0"),
        ({"loss": lambda output, y: torch.log(-1 - output.abs()).mean()}, "finite at step 0, got nan"),
        ({"loss": lambda output, y: (output @ y).mean()}, "fail on the first minibatch"),
        ({"loss": lambda output, y: y.mean()}, "does not depend"),
        ({"loss": nn.MSELoss(reduction="none")}, r"a tensor of one number, .* got a tensor of shape \(\d+, 1\)"),
        ({"loss": lambda output, y: 1.0}, "got float"),
        ({"y": 2 * X[:, 0]}, r"output \(\d+, 1\) and y \(\d+,\) must have one shape"),
        ({"model": lambda: ONE}, "a new module at each call"),
        ({"score": lambda output, y: float("nan")}, "score must be a finite number, got nan"),
        ({"score": lambda output, y: output}, "score must return one number, got a tensor of shape"),
        ({"score": lambda output, y: output @ y}, "score fail on the validation split"),
    ],
)
def test_what_cannot_be_trained_on_is_refused_in_one_line(changes: dict, words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        look(task(**changes), 0)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("task 'line': ")


def test_a_good_task_gives_its_first_loss() -> None:
    torch.manual_seed(3)
    model = nn.Linear(1, 1)
    expected = nn.functional.mse_loss(model(torch.from_numpy(X)), torch.from_numpy(2 * X)).item()
    whole = task(validation=(X, X), test=(X, X), batch_size=60, score=lambda output, y: 1.0)
    assert look(whole, 3) == pytest.approx(expected, rel=1e-6)


def test_looking_leaves_the_generator_alone() -> None:
    before = torch.get_rng_state()
    look(task(model=lambda: nn.Sequential(nn.Dropout(0.5), nn.Linear(1, 1))), 0)
    assert torch.equal(before, torch.get_rng_state())
