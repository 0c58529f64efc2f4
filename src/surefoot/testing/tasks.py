"""Conformance of a task: whatever a comparison relies on, checked on a task of one's own."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from surefoot.tasks.batches import order
from surefoot.tasks.task import Task


def check_task(task: Task) -> None:
    """Check that a comparison on this task would be fair and can run.

    A seed must decide the initial weights, each model must be a new one, the first loss must be finite and a mean over
    rows, gradients must be finite, scores finite, and no two splits the same rows.

    Raises:
        AssertionError: naming what does not hold.
        UserError: if the model cannot be built.

    >>> from surefoot.tasks import find
    >>> check_task(find("breast_cancer"))
    """
    _check_splits(task)
    _check_seeds(task)
    model = task.build(0)
    x, y = _first_batch(task, 0)
    _check_loss(task, model, x, y)
    _check_gradients(task, model, x, y)
    _check_score(task, model)


def _check_splits(task: Task) -> None:
    splits = {"train": task.train, "validation": task.validation, "test": task.test}
    for first, second in (("train", "validation"), ("train", "test"), ("validation", "test")):
        one, other = splits[first], splits[second]
        same = one.x.shape == other.x.shape and torch.equal(one.x, other.x) and torch.equal(one.y, other.y)
        assert not same, f"{task.name}: {first} and {second} must not be the same rows"


def _check_seeds(task: Task) -> None:
    first, second = task.build(0), task.build(0)
    shared = {id(p) for p in first.parameters()} & {id(p) for p in second.parameters()}
    assert not shared, f"{task.name}: the model factory must make a new model each time, it returned the same weights"
    one, other = (_loss(task, model, *_first_batch(task, 0)).detach() for model in (first, second))
    assert torch.equal(one.nan_to_num(), other.nan_to_num()), (
        f"{task.name}: the loss before any update must be the same for the same seed, got {one} and {other}; "
        f"take random numbers from torch, or from a generator made in the factory"
    )
    rows, size = len(task.train.y), task.batch_size
    orders = [order(seed, rows, size, steps=4) for seed in range(8)]
    assert rows < 4 or any(not np.array_equal(orders[0], o) for o in orders), f"{task.name}: batches ignore the seed"


def _check_loss(task: Task, model: nn.Module, x: Tensor, y: Tensor) -> None:
    loss = _loss(task, model, x, y)
    assert loss.dim() == 0, f"{task.name}: the loss must be a scalar, got the shape {tuple(loss.shape)}"
    assert bool(torch.isfinite(loss)), f"{task.name}: the loss before any update must be finite, got {loss.item()}"
    with torch.no_grad():
        output = model(x)
        once, twice = task.loss(output, y), task.loss(torch.cat([output, output]), torch.cat([y, y]))
    assert math.isclose(float(once), float(twice), rel_tol=1e-4, abs_tol=1e-6), (
        f"{task.name}: the loss must be a mean over rows; all rows twice give {float(twice)}, not {float(once)}"
    )


def _check_gradients(task: Task, model: nn.Module, x: Tensor, y: Tensor) -> None:
    loss = _loss(task, model, x, y)
    assert loss.requires_grad, f"{task.name}: the loss must depend on the model's parameters through torch operations"
    loss.backward()  # type: ignore[no-untyped-call]
    grads = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    assert grads, f"{task.name}: no parameter has a gradient"
    shapes = dict(model.named_parameters())
    for name, grad in grads.items():
        assert grad.shape == shapes[name].shape, f"{task.name}: the gradient of {name} has another shape than {name}"
        assert bool(torch.isfinite(grad).all()), f"{task.name}: the gradient of {name} must be finite before any update"


def _check_score(task: Task, model: nn.Module) -> None:
    model.eval()
    for name, split in (("validation", task.validation), ("test", task.test)):
        with torch.no_grad():
            score = torch.as_tensor(task.measure(model(split.x), split.y))
        assert score.numel() == 1, f"{task.name}: the score must be one number, got the shape {tuple(score.shape)}"
        assert bool(torch.isfinite(score).all()), f"{task.name}: the score on {name} must be finite, got {float(score)}"


def _first_batch(task: Task, seed: int) -> tuple[Tensor, Tensor]:
    rows = torch.from_numpy(order(seed, len(task.train.y), task.batch_size, steps=1)[0])
    return task.train.x[rows], task.train.y[rows]


def _loss(task: Task, model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    loss = task.loss(model(x), y)
    assert isinstance(loss, Tensor), f"{task.name}: the loss must be a torch.Tensor, got {type(loss).__name__}"
    return loss
