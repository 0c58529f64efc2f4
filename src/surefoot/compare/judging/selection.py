"""What the search says: each optimizer's best setting, and which settings came near the best of all."""

from collections.abc import Sequence
from math import isfinite, log
from typing import Literal

from surefoot.compare.trial import Outcome, Trial

Runs = Sequence[tuple[Trial, Outcome]]

#: A score is near the best when it has come this share of the way from the untrained model's to the best one.
NEAR = 0.95
#: The outer share of a searched range, on its logarithmic scale, that counts as its edge.
EDGE = 0.05


def diverged(outcome: Outcome) -> bool:
    """Whether a run ended without a finite loss and score."""
    return outcome.diverged_at is not None or not isfinite(outcome.validation_score[-1])


def select(runs: Runs, greater_is_better: bool) -> Trial:
    """The best of one optimizer's search trials, by final validation score.

    Ties go to the lower validation loss, then to the lower number. Diverged trials are worst; if all diverged it is the
    default setting, number 0.
    """
    sign = 1 if greater_is_better else -1

    def rank(run: tuple[Trial, Outcome]) -> tuple[bool, float, float, int]:
        trial, outcome = run
        if diverged(outcome):
            return True, 0.0, 0.0, trial.number
        return False, -sign * float(outcome.validation_score[-1]), float(outcome.validation_loss[-1]), trial.number

    return min(runs, key=rank)[0]


def target(searched: Runs, greater_is_better: bool) -> float:
    """The validation score that counts as near the best: 95% of the way from the untrained model's to the best.

    The best is the search's best final score. Where that is no better than the untrained model's, it is the target
    itself; where all diverged there is none, and it is NaN, which nothing reaches.
    """
    untrained, best = _ends(searched, greater_is_better)
    return untrained + NEAR * (best - untrained) if learned(searched, greater_is_better) else best


def learned(searched: Runs, greater_is_better: bool) -> bool:
    """Whether any of the search trials ended better than the untrained model."""
    untrained, best = _ends(searched, greater_is_better)
    return best > untrained if greater_is_better else best < untrained


def _ends(searched: Runs, greater_is_better: bool) -> tuple[float, float]:
    """The untrained model's score and the search's best final one, NaN where all diverged."""
    pick = max if greater_is_better else min
    untrained = pick(float(outcome.validation_score[0]) for _, outcome in searched)
    finals = [float(outcome.validation_score[-1]) for _, outcome in searched if not diverged(outcome)]
    return untrained, pick(finals, default=float("nan"))


def near(searched: Runs, bar: float, greater_is_better: bool) -> list[bool]:
    """Which of the search trials ended at the target `bar` or beyond it."""
    finals = [(outcome, float(outcome.validation_score[-1])) for _, outcome in searched]
    return [not diverged(o) and (final >= bar if greater_is_better else final <= bar) for o, final in finals]


def edge(lr: float, limits: tuple[float, float]) -> Literal["low", "high"] | None:
    """The end of the searched range in whose outer twentieth a learning rate lies, on a logarithmic scale.

    >>> edge(0.9, (1e-4, 1.0)), edge(0.1, (1e-4, 1.0)), edge(1e-4, (1e-4, 1.0))
    ('high', None, 'low')
    """
    low, high = limits
    if low == high:
        return None
    place = log(lr / low) / log(high / low)
    return "low" if place < EDGE else "high" if place > 1 - EDGE else None
