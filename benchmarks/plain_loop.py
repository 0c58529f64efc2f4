"""A trial as a user would write it: one model, torch.optim.Adam, a loop. What lanes are measured against."""

from collections.abc import Mapping

import torch
from torch import Tensor

from surefoot.tasks.batches import order
from surefoot.tasks.splits import Split
from surefoot.tasks.task import Task


def minibatches(task: Task, seed: int, steps: int) -> Tensor:
    """(steps, B) the rows of each minibatch: those that surefoot's trials of this seed see."""
    return torch.from_numpy(order(seed, len(task.train.y), task.batch_size, steps))


def train(
    task: Task, settings: Mapping[str, float], seed: int, batches: Tensor, looks: frozenset[int]
) -> list[tuple[float, float]]:
    """Train one model; its validation loss and score after each number of updates in `looks`.

    Args:
        settings: lr, beta1, beta2, eps. batches: (steps, B) rows, an update each.
    """
    model = task.build(seed)
    optimizer = torch.optim.Adam(
        model.parameters(), lr=settings["lr"], betas=(settings["beta1"], settings["beta2"]), eps=settings["eps"]
    )
    seen = []
    for step, rows in enumerate(batches):
        if step in looks:
            seen.append(_scored(task, model, task.validation))
        loss = task.loss(model(task.train.x[rows]), task.train.y[rows])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return [*seen, _scored(task, model, task.validation)]


def _scored(task: Task, model: torch.nn.Module, split: Split) -> tuple[float, float]:
    model.eval()
    with torch.no_grad():
        output = model(split.x)
        loss, score = task.loss(output, split.y), task.measure(output, split.y)
    model.train()
    return float(loss), float(score)
