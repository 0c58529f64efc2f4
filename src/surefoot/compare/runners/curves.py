"""What is written down while trials run: the curves of each, and where it diverged."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surefoot.compare.trial import Outcome

Numbers = NDArray[np.float32]


@dataclass
class Curves:
    """A row for each of K trials, a column for each of E checkpoints; NaN where nothing has been seen.

    Attributes:
        steps: (E,) updates made before each checkpoint.
        train_loss, validation_loss, validation_score: (K, E). test_loss, test_score: (K,).
        diverged_at: the number of updates at which a row was found diverged.
    """

    steps: NDArray[np.int64]
    train_loss: Numbers
    validation_loss: Numbers
    validation_score: Numbers
    test_loss: Numbers
    test_score: Numbers
    diverged_at: dict[int, int]

    @classmethod
    def empty(cls, trials: int, steps: NDArray[np.int64]) -> "Curves":
        """All NaN."""
        train, loss, score = np.full((3, trials, len(steps)), np.nan, np.float32)
        test_loss, test_score = np.full((2, trials), np.nan, np.float32)
        return cls(steps, train, loss, score, test_loss, test_score, {})

    def record(self, column: int, rows: Iterable[int], train: Numbers, loss: Numbers, score: Numbers) -> list[int]:
        """Write one checkpoint of the given rows; returns the places among them that are still finite.

        A row whose train or validation loss is not finite has diverged: it gets no entry.
        """
        fine = np.isfinite(train) & np.isfinite(loss)
        for place, row in enumerate(rows):
            if not fine[place]:
                self.diverged_at[row] = int(self.steps[column])
                continue
            self.train_loss[row, column] = train[place]
            self.validation_loss[row, column] = loss[place]
            self.validation_score[row, column] = score[place]
        return [int(place) for place in np.flatnonzero(fine)]

    def record_test(self, rows: Iterable[int], loss: Numbers, score: Numbers) -> None:
        """Write the test split's loss and score of the given rows; where the loss is not finite, they have diverged."""
        for place, row in enumerate(rows):
            if np.isfinite(loss[place]):
                self.test_loss[row], self.test_score[row] = loss[place], score[place]
                continue
            self.diverged_at[row] = int(self.steps[-1])
            for curve in (self.train_loss, self.validation_loss, self.validation_score):
                curve[row, -1] = np.nan

    def outcome(self, row: int) -> Outcome:
        """What came of one trial."""
        return Outcome(
            steps=self.steps.copy(),
            train_loss=self.train_loss[row].copy(),
            validation_loss=self.validation_loss[row].copy(),
            validation_score=self.validation_score[row].copy(),
            test_loss=float(self.test_loss[row]),
            test_score=float(self.test_score[row]),
            diverged_at=self.diverged_at.get(row),
        )
