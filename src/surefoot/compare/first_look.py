"""A look at a task before any trial: does its model start, its loss fall on the model, its score give a number."""

import warnings
from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

from surefoot.compare.runners.blame import first_line
from surefoot.errors import UserError
from surefoot.tasks.batches import order
from surefoot.tasks.task import Task

#: What torch warns of where a loss spreads y (n,) against an output (n, 1), and so compares each row with all others.
_SPREAD = "Using a target size"


def look(task: Task, seed: int) -> float:
    """The loss before any step, of a task on which all the rest can be built.

    Raises:
        UserError: saying in one line what of the task's own code fails, or gives no number, or not a finite one.
    """
    model = task.build(seed)
    if task.build(seed) is model:
        raise _refused(task, "model: the factory must make a new module at each call, got the same one twice")
    rows = torch.from_numpy(order(seed, len(task.train.y), task.batch_size, 1)[0])
    with torch.random.fork_rng(devices=[]):
        loss = _loss(task, model, task.train.x[rows], task.train.y[rows])
        _check_score(task, model)
    return loss


def _loss(task: Task, model: nn.Module, x: Tensor, y: Tensor) -> float:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=_SPREAD)
            output = model(x)
            loss = task.loss(output, y)
    except UserWarning as error:
        if _SPREAD not in str(error):
            raise
        shapes = f"output {tuple(output.shape)} and y {tuple(y.shape)}"
        raise _refused(task, f"loss: {shapes} must have one shape, or every row is compared with all others") from None
    except Exception as error:
        raise _refused(task, f"model and loss fail on the first minibatch: {first_line(error)}") from error
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        raise _refused(task, f"loss must return a tensor of one number, the mean over rows, got {_kind(loss)}")
    if not isfinite(loss.item()):
        raise _refused(task, f"the loss must be finite at step 0, got {loss.item()}; look at the scale of the data")
    if not loss.requires_grad:
        raise _refused(task, "the loss does not depend on the model's parameters; nothing can be learned")
    return loss.item()


def _check_score(task: Task, model: nn.Module) -> None:
    if task.score is None:
        return
    try:
        with torch.no_grad():
            score = task.score(model.eval()(task.validation.x), task.validation.y)
    except Exception as error:
        raise _refused(task, f"model and score fail on the validation split: {first_line(error)}") from error
    try:
        value = float(score)
    except (TypeError, ValueError, RuntimeError):
        raise _refused(task, f"score must return one number, got {_kind(score)}") from None
    if not isfinite(value):
        raise _refused(task, f"the score must be a finite number, got {value} for the untrained model")


def _kind(value: Any) -> str:
    return f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


def _refused(task: Task, reason: str) -> UserError:
    return UserError(f"task {task.name!r}: {reason}")
