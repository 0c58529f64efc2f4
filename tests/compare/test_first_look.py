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
FROZEN = nn.Linear(1, 1).requires_grad_(False)
NORM = nn.BatchNorm1d(1, affine=False)
DRAWS = np.random.default_rng(0)
#: Labels (n,) for an output (n, 1), and a loss that takes them rightly.
COLUMN = {"y": 2 * X[:, 0], "loss": lambda output, y: nn.functional.mse_loss(output[:, 0], y)}


def drawn_from_numpy() -> nn.Module:
    model = nn.Linear(1, 1)
    model.weight.data.fill_(DRAWS.random())
    return model


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
        (
            {"y": 2 * X[:, 0], "loss": lambda output, y: (output - y).abs().mean()},
            r"loss: output .* must have one shape",
        ),
        ({**COLUMN, "score": lambda output, y: -((output - y) ** 2).mean()}, r"score: output .* must have one shape"),
        ({"model": lambda: ONE}, "a new module at each call"),
        ({"model": lambda: nn.Sequential(ONE)}, r"new weights at each call, got the same 0\.weight twice"),
        ({"model": lambda: nn.Sequential(NORM, nn.Linear(1, 1))}, "new module at each call, got one buffer in two"),
        ({"model": drawn_from_numpy}, "the same weights for the same seed, got another weight at the second call"),
        ({"loss": lambda output, y: ((output - y) ** 2).mean() + ONE.weight.sum()}, "return what the loss needs from"),
        ({"model": lambda: nn.Linear(1, 1).double()}, "here floats are float32, whole numbers int64"),
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


def test_labels_in_a_column_less_than_the_output_are_well_where_loss_and_score_pair_them() -> None:
    right = task(**COLUMN, score=lambda output, y: ((output[:, 0] > 0) == (y > 0)).float().mean())
    assert np.isfinite(look(right, 0))


def test_frozen_weights_may_be_shared_and_a_penalty_may_come_through_the_forward() -> None:
    class Headed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = FROZEN, nn.Linear(1, 1)

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return self.head(self.body(x)), self.head.weight.square().sum()

    penalised = task(model=Headed, loss=lambda output, y: nn.functional.mse_loss(output[0], y) + 0.1 * output[1])
    assert np.isfinite(look(penalised, 0))
