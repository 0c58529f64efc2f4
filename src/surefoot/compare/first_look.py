"""A look at a task before any trial: does its model start, its loss fall on the model, its score give a number."""

import warnings
from collections.abc import Iterator
from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

from surefoot.compare.pairing import Metric, spreads
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
    model, another = task.build(seed), task.build(seed)
    _check_new(task, model, another)
    before = [buffer.clone() for buffer in another.buffers()]
    rows = torch.from_numpy(order(seed, len(task.train.y), task.batch_size, 1)[0])
    with torch.random.fork_rng(devices=[]):
        loss = _loss(task, model, task.train.x[rows], task.train.y[rows])
        if not all(map(torch.equal, before, another.buffers())):
            raise _refused(task, "model: the factory must make a new module at each call, got one buffer in two")
        _check_score(task, model)
    return loss


def _check_new(task: Task, model: nn.Module, another: nn.Module) -> None:
    if another is model:
        raise _refused(task, "model: the factory must make a new module at each call, got the same one twice")
    others = dict(another.named_parameters())
    held = {id(parameter) for parameter in others.values()}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and id(parameter) in held:
            raise _refused(
                task,
                f"model: the factory must make new weights at each call, got the same {name} twice; copy.deepcopy "
                "what was trained before",
            )
        if name not in others or not torch.equal(parameter.nan_to_num(), others[name].nan_to_num()):
            raise _refused(
                task,
                f"model: the factory must give the same weights for the same seed, got another {name} at the second "
                "call; take random numbers from torch, or from a generator made in the factory",
            )


def _loss(task: Task, model: nn.Module, x: Tensor, y: Tensor) -> float:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=_SPREAD)
            output = model(x)
            loss = task.loss(output, y)
    except UserWarning as error:
        if _SPREAD not in str(error):
            raise
        raise _spread(task, "loss", output, y) from None
    except Exception as error:
        said = f"{first_line(error)}{_hint(error)}"
        raise _refused(task, f"model and loss fail on the first minibatch: {said}") from error
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        raise _refused(task, f"loss must return a tensor of one number, the mean over rows, got {_kind(loss)}")
    if not isfinite(loss.item()):
        raise _refused(task, f"the loss must be finite at step 0, got {loss.item()}; look at the scale of the data")
    if not loss.requires_grad:
        raise _refused(task, "the loss does not depend on the model's parameters; nothing can be learned")
    _check_pairs(task, "loss", task.loss, output, y)
    if not set(_learning(loss)) <= {id(parameter) for parameter in model.parameters()}:
        raise _refused(
            task,
            "the loss depends on parameters that are not those of the model it is asked about, and they would not "
            "learn; make them part of the model, and return what the loss needs from its forward",
        )
    return loss.item()


def _hint(error: Exception) -> str:
    """What to do where torch complains of types."""
    if "dtype" not in str(error):
        return ""
    return " (here floats are float32, whole numbers int64: give X as floats, labels as the loss needs them)"


def _learning(loss: Tensor) -> Iterator[int]:
    """The ids of all parameters that a loss was computed from."""
    seen, nodes = set[Any](), [loss.grad_fn]
    while nodes:
        node = nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        nodes.extend(before for before, _ in node.next_functions)
        if isinstance(leaf := getattr(node, "variable", None), nn.Parameter):
            yield id(leaf)


def _check_pairs(task: Task, name: str, metric: Metric, output: Any, y: Tensor) -> None:
    if spreads(metric, output, y):
        raise _spread(task, name, output, y)


def _spread(task: Task, name: str, output: Tensor, y: Tensor) -> UserError:
    shapes = f"output {tuple(output.shape)} and y {tuple(y.shape)}"
    return _refused(task, f"{name}: {shapes} must have one shape, or every row is compared with all others")


def _check_score(task: Task, model: nn.Module) -> None:
    if task.score is None:
        return
    try:
        with torch.no_grad():
            output = model.eval()(task.validation.x)
            score = task.score(output, task.validation.y)
    except Exception as error:
        raise _refused(task, f"model and score fail on the validation split: {first_line(error)}") from error
    try:
        value = float(score)
    except (TypeError, ValueError, RuntimeError):
        raise _refused(task, f"score must return one number, got {_kind(score)}") from None
    if not isfinite(value):
        raise _refused(task, f"the score must be a finite number, got {value} for the untrained model")
    _check_pairs(task, "score", task.score, output, task.validation.y)


def _kind(value: Any) -> str:
    return f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


def _refused(task: Task, reason: str) -> UserError:
    return UserError(f"task {task.name!r}: {reason}")
