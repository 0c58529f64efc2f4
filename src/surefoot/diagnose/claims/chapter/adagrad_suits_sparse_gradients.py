"""AdaGrad on features of which most are rare, and on features that are all alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.lanes import decades
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import Rule, find

Array = NDArray[np.float64]
ROUNDS = 2000


@dataclass(frozen=True)
class Stream:
    """Labelled rows, one a round: `rows` (rounds, features), `labels` of -1 and 1, the weights `truth` behind them."""

    rows: Array
    labels: Array
    truth: Array

    @classmethod
    def of(cls, frequency: Array, rounds: int) -> "Stream":
        """Rows whose feature j is 1 or -1 with this frequency, else 0, labelled by random weights of 1 and -1."""
        random = np.random.default_rng(0)
        truth = random.choice([-1.0, 1.0], len(frequency))
        signs = random.choice([-1.0, 1.0], (4 * rounds, len(frequency)))
        rows = signs * (random.random(signs.shape) < frequency)
        rows = rows[rows @ truth != 0][:rounds]
        return cls(rows, np.sign(rows @ truth), truth)

    @classmethod
    def sparse(cls, rounds: int) -> "Stream":
        """200 features, the j-th with a frequency of 1/j."""
        return cls.of(1 / np.arange(1.0, 201), rounds)

    @property
    def rounds(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def features(self) -> int:
        """How many columns they have."""
        return int(self.rows.shape[1])

    def hinge(self, weights: Array, t: int) -> tuple[float, Array]:
        """The hinge loss of round t and its gradient."""
        margin = self.labels[t] * float(self.rows[t] @ weights)
        return max(0.0, 1 - margin), -self.labels[t] * self.rows[t] * (margin < 1)


def mean_loss(rule: Rule, stream: Stream, lr: float) -> float:
    """The mean loss of the weights before each round's update."""
    walk, total = Walk(rule, np.zeros(stream.features), lr=lr), 0.0
    for t in range(stream.rounds):
        loss, gradient = stream.hinge(walk.x, t)
        total += loss
        walk.step(gradient)
    return total / stream.rounds


def ratio(stream: Stream) -> float:
    """AdaGrad's mean loss by gradient descent's, each at its best of nine learning rates."""
    adaptive, plain = (
        min(mean_loss(find(name), stream, lr) for lr in decades(0.01, 3, 4)) for name in ("adagrad", "sgd")
    )
    return adaptive / plain


@claim(
    "AdaGrad is particularly effective where gradients are sparse: rare features get longer steps and learn faster.",
    "the chapter; Duchi, Hazan & Singer 2011, section 1.3",
    "holds when features differ in how often they appear; rareness alone gives it no advantage",
    heavy=True,
)
def sparse() -> Evidence:
    """Online hinge loss against gradient descent, both tuned: frequencies 1/j, and 200 features at 5% each."""
    uneven, even = Stream.sparse(ROUNDS), Stream.of(np.full(200, 0.05), ROUNDS)
    return Evidence(
        (Figure("AdaGrad's mean loss by gradient descent's, frequencies 1/j", ratio(uneven), "<", 0.9),),
        (Figure("the same, every feature at 5%", ratio(even), "<", 0.9),),
    )
