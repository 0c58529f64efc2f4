"""The built-in tasks are what they say, and a user's own is found."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from torch import nn

from surefoot.errors import UserError
from surefoot.tasks import TASKS, Task, find
from surefoot.tasks.catalogue import about
from surefoot.testing.tasks import check_task


@pytest.mark.parametrize("name", TASKS)
def test_a_built_in_task_conforms(name: str) -> None:
    task = find(name)
    assert task.name == name
    check_task(task)


@pytest.mark.parametrize("name", TASKS)
def test_inputs_are_standardised_on_the_training_rows(name: str) -> None:
    x = find(name).train.x
    moving = x.std(0, unbiased=False) > 0
    assert torch.allclose(x.mean(0), torch.zeros(x.shape[1]), atol=1e-5)
    assert torch.allclose(x[:, moving].std(0, unbiased=False), torch.ones(int(moving.sum())), atol=1e-4)
    assert not x[:, ~moving].any()


@pytest.mark.parametrize("name", TASKS)
def test_a_model_has_no_layer_that_needs_a_mode(name: str) -> None:
    layers = find(name).build(0).modules()
    assert not [layer for layer in layers if isinstance(layer, nn.Dropout | nn.modules.batchnorm._BatchNorm)]


@pytest.mark.parametrize(("name", "data"), [("digits", load_digits()), ("breast_cancer", load_breast_cancer())])
def test_classes_are_scikit_learns_and_in_equal_shares(name: str, data: dict[str, np.ndarray]) -> None:
    task = find(name)
    splits = (task.train.y, task.validation.y, task.test.y)
    whole = np.bincount(data["target"])
    assert np.array_equal(sum(np.bincount(y) for y in splits), whole)
    for y, share in zip(splits, (0.6, 0.2, 0.2), strict=True):
        assert abs(np.bincount(y) - share * whole).max() <= 1


def test_the_diabetes_target_is_scikit_learns_in_other_units() -> None:
    task = find("diabetes")
    y = torch.cat([task.train.y, task.validation.y, task.test.y]).ravel().sort().values
    raw = np.sort(load_diabetes()["target"])
    assert np.corrcoef(y, raw)[0, 1] == pytest.approx(1, abs=1e-6)
    assert float(task.train.y.std(unbiased=False)) == pytest.approx(1, abs=1e-5)


def test_each_built_in_task_says_what_it_is() -> None:
    assert all(about(name).endswith(".") for name in TASKS)
    assert "1,797" in about("digits")
    assert sum(len(s.y) for s in (find("digits").train, find("digits").validation, find("digits").test)) == 1797


MINE = """
from torch import nn
from surefoot.tasks import Task
from surefoot.errors import UserError

task = Task(name="mine", model=lambda: nn.Linear(1, 1), loss=nn.functional.mse_loss, train=([[1.0]] * 9, [[1.0]] * 9))
def made(): return task
def broken(): return 1 / 0
def wrong(): return 3
def refused(): return Task(name="", model=None, loss=None, train=None)
def needs(argument): return task
number = 3
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


def test_a_users_task_is_the_attribute_or_what_it_returns(mine: Path) -> None:
    task = find(f"{mine}:task")
    assert (task.name, find(f"{mine}:made"), find(task)) == ("mine", task, task)


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ("broken", "the function must return a surefoot.Task, it failed: ZeroDivisionError: division by zero"),
        ("needs", "the function must return a surefoot.Task, it failed: TypeError: needs() missing 1 required"),
        ("wrong", "must be a surefoot.Task or a function of no arguments that returns one, got int"),
        ("number", "must be a surefoot.Task or a function of no arguments that returns one, got int"),
        ("Task", "must be a surefoot.Task or a function of no arguments that returns one, got type"),
        ("refused", "name: must be a text of one line that is not empty, got ''"),
        ("tusk", "mine.py has no 'tusk'; did you mean 'task'?"),
    ],
)
def test_what_is_no_task_is_one_line(mine: Path, attribute: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        find(f"{mine}:{attribute}")
    assert str(caught.value).startswith(f"{mine}:{attribute}: {message}")
    assert "\n" not in str(caught.value)


def test_an_unknown_name_suggests_a_near_one() -> None:
    with pytest.raises(UserError, match="there is no 'digit'; did you mean 'digits'"):
        find("digit")
    with pytest.raises(UserError, match=r"must be a name, a file\.py:attribute or a surefoot\.Task, got int"):
        find(3)  # type: ignore[arg-type]


def test_find_makes_equal_tasks() -> None:
    assert isinstance(find("digits"), Task)
    assert find("digits").fingerprint == find("digits").fingerprint
