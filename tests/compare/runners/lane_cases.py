"""Trials and small tasks for the tests of the runners."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from surefoot.compare.trial import Outcome, Phase, Trial
from surefoot.rules import RULES
from surefoot.tasks import Task


def trial(optimizer: str, seed: int = 0, phase: Phase = "search", number: int = 0, **given: Any) -> Trial:
    return Trial(optimizer, number, RULES[optimizer].settings(given), seed, phase)


def spread(count: int, names: Sequence[str], phase: Phase = "search") -> list[Trial]:
    """So many trials, of the rules in turn, each at its own learning rate; those to confirm at their own seeds."""
    made = []
    for k in range(count):
        name = names[k % len(names)]
        lr = RULES[name].defaults["lr"] * 10.0 ** ((k * 0.618) % 1.5 - 1)
        made.append(trial(name, 0 if phase == "search" else 100 + k % 5, phase, k, lr=lr))
    return made


def quiet(_: int) -> None:
    """No progress shown."""


def same_bits(a: Outcome, b: Outcome) -> bool:
    names = ("steps", "train_loss", "validation_loss", "validation_score")
    curves = all(np.array_equal(getattr(a, n), getattr(b, n), equal_nan=True) for n in names)
    ends = np.array_equal([a.test_loss, a.test_score], [b.test_loss, b.test_score], equal_nan=True)
    return curves and ends and a.diverged_at == b.diverged_at


def close(a: Outcome, b: Outcome, rtol: float) -> None:
    for name in ("train_loss", "validation_loss", "validation_score", "test_loss", "test_score"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=rtol, atol=rtol, err_msg=name)


class Double(nn.Module):
    """A model in float64, for data in float32."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner.double()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x.double())


class Tied(nn.Module):
    """Words in, the next word out; the embedding is the output layer too, and one table is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(12, 6)
        self.frozen = nn.Embedding(12, 6)
        self.frozen.weight.requires_grad_(False)
        self.out = nn.Linear(6, 12)
        self.out.weight = self.words.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.out(torch.tanh(self.words(x) + self.frozen(x)).mean(1))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.cell, self.out = nn.Embedding(12, 6), nn.LSTM(6, 6, batch_first=True), nn.Linear(6, 12)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.cell(self.words(x))[0][:, -1])


class Branching(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.out(x)
        return y if y.sum() > 0 else 2 * y


class Images(nn.Sequential):
    def __init__(self) -> None:
        head = [nn.Unflatten(1, (1, 4, 4)), nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        super().__init__(*head, nn.Conv2d(4, 4, 2), nn.Flatten(), nn.Linear(4, 3))


class Normed(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Linear(16, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.LayerNorm(8), nn.Linear(8, 3))


class Dropping(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Linear(16, 8), nn.Dropout(0.5), nn.Linear(8, 3))


def accuracy(output: Tensor, y: Tensor) -> Tensor:
    return (output.argmax(-1) == y).float().mean()


def task(model: Callable[[], nn.Module], words: bool = False, rows: int = 96, **changes: Any) -> Task:
    """A small task for a model: 16 numbers to 3 classes, or 5 words to one of 12."""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 12, (rows, 5)) if words else rng.normal(size=(rows, 16))
    y = x[:, 0] if words else (x[:, :3]).argmax(1)
    given: dict[str, Any] = {"loss": nn.functional.cross_entropy, "score": accuracy, "batch_size": 16, "steps": 10}
    return Task(name="small", model=model, train=(x, y), **(given | changes))
