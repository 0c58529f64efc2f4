"""The contract of a task: a model to be built, a loss, data in three splits, a score, a horizon."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from operator import index
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from surefoot.errors import UserError
from surefoot.tasks.identity import digest
from surefoot.tasks.splits import Rows, Split, three_splits

Factory = Callable[[], nn.Module]
Loss = Callable[[Tensor, Tensor], Tensor]
Score = Callable[[Tensor, Tensor], Tensor | float]


@dataclass(frozen=True, init=False, eq=False)
class Task:
    """Something to be learned, from which every optimizer gets the same weights, batches and splits for a given seed.

    Arguments:
        name: what to call it.
        model: a factory: a callable of no arguments that returns a new `torch.nn.Module`, here on the CPU.
        loss: `loss(output, y)` gives a scalar tensor, the mean over rows. `output` is `model(X)` for a batch of rows.
        train: `(X, y)`, arrays, lists or tensors whose first axis is the row: X (n, ...), y (n, ...). Floats become
            float32, integers and booleans int64, and all are copied to the CPU.
        validation: `(X, y)` on which settings are selected. Absent: a fifth of the training rows, see below.
        test: `(X, y)` that selection never sees, on which the best settings are confirmed. Absent: as for validation.
        score: `score(output, y)` on a whole split, a scalar tensor or a float; HIGHER IS BETTER, as in scikit-learn.
            Absent: the loss itself is the metric, and lower is better.
        batch_size: rows a minibatch; no more than there are training rows (a larger one is cut down to that, and the
            attribute says so).
        steps: updates a trial, the horizon of the comparison.

    A split that is absent is taken off the training rows once, by a permutation that depends on their number alone:
    20% of the rows given, for each. Rows that belong together (one patient, one day) need a split of your own.

    Raises:
        UserError: in one line, where the data is empty, not finite, of unequal lengths, or an argument out of range.

    >>> from torch import nn
    >>> task = Task(name="line", model=lambda: nn.Linear(1, 1), loss=nn.functional.mse_loss,
    ...             train=([[0.0], [1.0], [2.0], [3.0], [4.0]], [[1.0], [3.0], [5.0], [7.0], [9.0]]))
    >>> [len(split.y) for split in (task.train, task.validation, task.test)], task.batch_size, task.metric
    ([3, 1, 1], 3, 'loss')
    """

    name: str
    model: Factory = field(repr=False)
    loss: Loss = field(repr=False)
    train: Split = field(repr=False)
    validation: Split = field(repr=False)
    test: Split = field(repr=False)
    score: Score | None = field(repr=False)
    batch_size: int
    steps: int

    def __init__(
        self,
        *,
        name: str,
        model: Factory,
        loss: Loss,
        train: Rows,
        validation: Rows | None = None,
        test: Rows | None = None,
        score: Score | None = None,
        batch_size: int = 64,
        steps: int = 1000,
    ) -> None:
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            raise UserError(f"name: must be a text of one line that is not empty, got {name!r}")
        if isinstance(model, nn.Module) or not callable(model):
            raise UserError(
                f"model: must be a factory, a callable of no arguments that returns a new torch.nn.Module, got "
                f"{type(model).__name__}; write model=lambda: ..."
            )
        _callable("loss", loss)
        if score is not None:
            _callable("score", score)
        splits = three_splits(train, validation, test)
        vars(self).update(
            name=name, model=model, loss=loss, train=splits[0], validation=splits[1], test=splits[2], score=score,
            batch_size=min(_positive("batch_size", batch_size), len(splits[0].y)), steps=_positive("steps", steps),
        )  # fmt: skip

    def with_(self, **changes: Any) -> Self:
        """The same task with some arguments changed, as in `task.with_(steps=200)`."""
        return replace(self, **changes)

    def build(self, seed: int) -> nn.Module:
        """A new model in training mode, its initial weights decided by the seed; torch's own generator stays untouched.

        Raises:
            UserError: if the factory fails, or returns no module, or one without parameters.
        """
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            try:
                model = self.model()
                if isinstance(model, nn.Module) and any(map(is_lazy, chain(model.parameters(), model.buffers()))):
                    _make_whole(model, self.train.x)
            except Exception as error:
                cause = " ".join(f"{type(error).__name__}: {error}".split())
                raise UserError(f"model cannot be built for the task {self.name!r}: {cause}") from error
        if not isinstance(model, nn.Module):
            raise UserError(
                f"model cannot be built for the task {self.name!r}: the factory must return a torch.nn.Module, got "
                f"{type(model).__name__}"
            )
        if not any(parameter.requires_grad for parameter in model.parameters()):
            raise UserError(f"model cannot be built for the task {self.name!r}: it has no parameters to train")
        return model.train()

    @property
    def greater_is_better(self) -> bool:
        """The direction of the metric: True for a score, False where the loss is the metric."""
        return self.score is not None

    @property
    def metric(self) -> str:
        """The name of the metric: the score's own name, or `loss` where there is no score."""
        if self.score is None:
            return "loss"
        name = str(getattr(self.score, "__name__", type(self.score).__name__))
        return "score" if name == "<lambda>" else name

    def measure(self, output: Tensor, y: Tensor) -> Tensor | float:
        """The metric of `output` (n, ...) against `y` (n, ...): the score where there is one, else the loss."""
        return self.loss(output, y) if self.score is None else self.score(output, y)

    @cached_property
    def data_hash(self) -> str:
        """Hexadecimal SHA-256 over the bytes, shapes and types of all three splits."""
        return digest(*self.train, *self.validation, *self.test)

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal SHA-256 over all that decides a result but the horizon, so that stored trials can be told apart.

        It covers the data, the model (its layers, its code, its weights for seed 0), the loss, the score and the batch
        size. It does not cover `steps`, nor the name.
        """
        return digest(self.data_hash, self.build(0), self.loss, self.score, self.batch_size)

    @cached_property
    def described(self) -> str:
        """One line on the model: its class (its layers where it is a plain sequence) and its number of parameters."""
        model = self.build(0)
        layers = [type(layer).__name__ for layer in model.children()]
        name = "-".join(layers) if type(model) is nn.Sequential and len(layers) <= 6 else type(model).__name__
        return f"{name}, {sum(p.numel() for p in model.parameters()):,} parameters"


def _make_whole(model: nn.Module, x: Tensor) -> None:
    """Let lazy layers see what shapes come to them; in evaluation mode, so that no running statistic moves."""
    with torch.no_grad():
        model.eval()(x[:2])


def _callable(name: str, value: object) -> None:
    if not callable(value):
        raise UserError(f"{name}: must be a callable of (output, y), got {type(value).__name__}")


def _positive(name: str, value: object) -> int:
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise UserError(f"{name}: must be a whole number, got {value!r}") from None
    if isinstance(value, bool) or number < 1:
        raise UserError(f"{name}: must be at least 1, got {value!r}")
    return number
