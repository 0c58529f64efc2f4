"""The factors of every step since a start, to multiply those that a row has missed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class History:
    """Factors by step, kept as runs of equal ones: one run in all as long as no setting changes.

    Attributes:
        steps: how many have been noted. runs: how many runs of equal ones they are.
    """

    def __init__(self, slots: int) -> None:
        self.steps = 0
        self.runs = 0
        self._last: tuple[float, ...] | None = None
        self._starts = np.zeros(1, np.int64)  # of each run, the steps before it
        self._values = np.zeros((1, slots))
        # Of all steps before a run: how many factors were zero, how many negative, the sum of the others' logarithms.
        self._sums = np.zeros((1, 3, slots))

    def note(self, values: Sequence[float]) -> None:
        """Add one step's factors."""
        if values != self._last:
            self._open(values)
        self.steps += 1

    def _open(self, values: Sequence[float]) -> None:
        run = self.runs
        if run == len(self._starts):
            self._starts, self._values, self._sums = (
                np.concatenate([a, np.zeros_like(a)]) for a in (self._starts, self._values, self._sums)
            )
        if run:
            length = self.steps - self._starts[run - 1]
            self._sums[run] = self._sums[run - 1] + length * _parts(self._values[run - 1])
        self._starts[run] = self.steps
        self._values[run] = values
        self._last = tuple(values)
        self.runs = run + 1

    def since(self, steps: NDArray[np.integer]) -> Array:
        """The product of all factors noted after so many steps.

        Args:
            steps: (rows,) each at most `self.steps`.

        Returns:
            (slots, rows) float64: 1 where nothing has been noted since.

        >>> history = History(1)
        >>> for factor in (0.5, 0.5, 0.25):
        ...     history.note((factor,))
        >>> history.since(np.array([0, 1, 2, 3]))
        array([[0.0625, 0.125 , 0.25  , 1.    ]])
        """
        if self.runs == 0:
            return np.ones((self._values.shape[1], len(steps)))
        now = self.runs - 1
        start = self._starts[now]
        product = _power(self._values[now][:, None], self.steps - np.maximum(steps, start))
        early = np.flatnonzero(steps < start)
        if len(early):
            product[:, early] *= self._until(steps[early], now)
        return product

    def _until(self, steps: NDArray[np.integer], now: int) -> Array:
        """The product of the factors from so many steps on to the start of run `now`."""
        run = np.searchsorted(self._starts[: now + 1], steps, side="right") - 1
        first = _power(self._values[run].T, self._starts[run + 1] - steps)
        zeros, negatives, logarithms = np.moveaxis(self._sums[now] - self._sums[run + 1], 1, 0)
        between = np.where(zeros > 0, 0.0, np.exp(logarithms)) * np.where(negatives % 2 == 1, -1.0, 1.0)
        product: Array = first * between.T
        return product


def _power(factors: Array, times: NDArray[np.integer]) -> Array:
    """Each factor so many times; by way of logarithms where that can be, which is several times as fast."""
    if (factors <= 0).any():
        return np.asarray(np.power(factors, times.astype(np.float64)))
    return np.asarray(np.exp(np.log(factors) * times))


def _parts(values: Array) -> Array:
    """Of one step: whether each factor is zero, whether it is negative, the logarithm of its size otherwise."""
    size = np.where(values == 0, 1.0, np.abs(values))
    return np.stack([values == 0, values < 0, np.log(size)]).astype(np.float64)
