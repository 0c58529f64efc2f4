"""Two of the chapter's factors, measured on the task itself: how sparse its gradients are, and how much they drift."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from surefoot.tasks.batches import order
from surefoot.tasks.task import Task

#: Minibatches looked at, spread over a short run of plain gradient descent.
MINIBATCHES = 120
LR = 1e-2


@dataclass(frozen=True)
class Gradients:
    """What the gradients of a task are like.

    Attributes:
        sparsity: share of gradient entries that are exactly zero, over all parameters and minibatches.
        drift: how far the size of the gradients moves during a short run: the median over tensors of |log10(mean square
            in the last quarter / mean square in the first)|. 0 is stationary, 1 a factor of ten.
    """

    sparsity: float
    drift: float


def measure(task: Task, seed: int) -> Gradients:
    """Run plain gradient descent for a few minibatches (clipped to unit length) and look at its gradients."""
    steps = max(4, min(MINIBATCHES, task.steps))
    with torch.random.fork_rng(devices=[]):
        squares, zeros = _run(task, seed, steps)
    quarter = steps // 4
    early, late = (torch.stack(part).mean(0) for part in (squares[:quarter], squares[-quarter:]))
    ratios = torch.log10(late / early)
    moved = ratios[torch.isfinite(ratios)].abs()
    return Gradients(zeros, float(moved.median()) if len(moved) else 0.0)


def _run(task: Task, seed: int, steps: int) -> tuple[list[Tensor], float]:
    """Of each minibatch the mean square of each tensor's gradient, and of all entries the share that is zero."""
    model = task.build(seed)
    learning = [p for p in model.parameters() if p.requires_grad]
    squares, zeros = [], 0
    for rows in torch.from_numpy(order(seed, len(task.train.y), task.batch_size, steps)):
        model.zero_grad()
        task.loss(model(task.train.x[rows]), task.train.y[rows]).backward()  # type: ignore[no-untyped-call]
        gradients = [_dense(p) for p in learning]
        squares.append(torch.stack([(g.double() ** 2).mean() for g in gradients]))
        zeros += sum(int((g == 0).sum()) for g in gradients)
        _descend(learning, gradients)
    return squares, zeros / (steps * sum(p.numel() for p in learning))


def _dense(p: Tensor) -> Tensor:
    if p.grad is None:
        return torch.zeros_like(p)
    return p.grad.to_dense() if p.grad.is_sparse else p.grad


@torch.no_grad()
def _descend(learning: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
    length = float(torch.stack([(g.double() ** 2).sum() for g in gradients]).sum().sqrt())
    for p, g in zip(learning, gradients, strict=True):
        p.sub_(g, alpha=LR / max(1.0, length))
