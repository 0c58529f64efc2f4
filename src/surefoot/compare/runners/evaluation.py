"""Loss and score of many models on a whole split."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.utils._pytree import tree_map

from surefoot.compare.runners.blame import blame
from surefoot.compare.runners.curves import Numbers
from surefoot.compare.runners.stack import Stack
from surefoot.tasks.splits import Split
from surefoot.tasks.task import Task

Metric = Callable[[Any, Tensor], Tensor | float]


def evaluate(task: Task, model: nn.Module, stack: Stack, split: Split, at_once: int) -> tuple[Numbers, Numbers]:
    """Losses (K,) and scores (K,) of the stack's lanes, `at_once` of them at a time (at least two).

    `model` is the task's, in evaluation mode.

    Raises:
        UserError: if the task's own code fails, or gives no number.
    """
    losses: list[Tensor] = []
    scores: list[Tensor] = []
    total = len(next(iter(stack.parameters.values())))
    with torch.no_grad():
        for done, first, stop in _chunks(total, max(at_once, 2)):
            with blame(task.name, "model", "a whole split"):
                outputs = _outputs(model, stack, split.x, slice(first, stop))
            losses.append(_each("loss", task, task.loss, outputs, split.y, stop - first)[done - first :])
            if task.score is not None:
                scores.append(_each("score", task, task.score, outputs, split.y, stop - first)[done - first :])
    loss = torch.cat(losses).numpy()
    return loss, torch.cat(scores).numpy() if scores else loss


def measure(task: Task, output: Any, split: Split) -> tuple[Numbers, Numbers]:
    """Loss (1,) and score (1,) of one model's output on a whole split.

    Raises:
        UserError: if the loss or the score fails, or gives no number.
    """
    loss = _number("loss", task, task.loss, output, split.y).reshape(1).numpy()
    score = None if task.score is None else _number("score", task, task.score, output, split.y).reshape(1).numpy()
    return loss, loss if score is None else score


def _chunks(total: int, size: int) -> Iterator[tuple[int, int, int]]:
    """(first new lane, first lane, end) of each chunk. One of two lanes at least: a lane left over brings another."""
    for done in range(0, total, size):
        stop = min(done + size, total)
        yield done, max(min(done, stop - 2), 0), stop


def _outputs(model: nn.Module, stack: Stack, x: Tensor, lanes: slice) -> Any:
    parts = ({name: tensor[lanes] for name, tensor in part.items()} for part in (stack.parameters, stack.buffers))
    return vmap(lambda parameters, buffers: functional_call(model, (parameters, buffers), (x,)))(*parts)


def _each(name: str, task: Task, metric: Metric, outputs: Any, y: Tensor, lanes: int) -> Tensor:
    """A user's function of one model's output, for every lane: at once where vmap can, else in a loop."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a slow way round is no better than the loop
            return _float32(vmap(metric, in_dims=(0, None))(outputs, y)).reshape(lanes)
    except Exception:
        each = [tree_map(lambda t, lane=lane: t[lane], outputs) for lane in range(lanes)]
        return torch.stack([_number(name, task, metric, output, y) for output in each])


def _number(name: str, task: Task, metric: Metric, output: Any, y: Tensor) -> Tensor:
    with blame(task.name, name, "a whole split"):
        return _float32(torch.tensor(float(metric(output, y)), dtype=torch.float64))


def _float32(values: Any) -> Tensor:
    return torch.as_tensor(values).to(torch.float32)
