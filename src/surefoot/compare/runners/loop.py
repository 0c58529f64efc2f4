"""The course of a run, the same for one model and for many at once: train, look, drop who has diverged, go on."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

from surefoot.compare.runners.checkpoints import checkpoints
from surefoot.compare.runners.curves import Curves, Numbers
from surefoot.compare.trial import Outcome, Trial
from surefoot.tasks.splits import Split
from surefoot.tasks.task import Task

Advance = Callable[[int], None]


class Learners(Protocol):
    """Models in training, each on behalf of one trial.

    Attributes:
        rows: which trial each of the L models stands for, by its place in the caller's list. A trial may stand twice.
    """

    rows: list[int]

    def first_loss(self) -> Numbers:
        """(L,) losses of the first minibatch, before any update."""

    def train(self, start: int, stop: int, advance: Advance) -> Numbers:
        """Make the updates from `start` to `stop`; (L,) mean minibatch losses over them."""

    def evaluate(self, split: Split) -> tuple[Numbers, Numbers]:
        """(L,) losses and (L,) scores on a whole split."""

    def keep(self, places: Sequence[int]) -> None:
        """Go on with the models at these places alone."""


def follow(learners: Learners, task: Task, trials: Sequence[Trial], steps: int, advance: Advance) -> list[Outcome]:
    """Run trials to the end, or to where they diverge; the outcomes are in the order of `trials`.

    `advance` is called with numbers of trial-steps done; they add up to `len(trials) * steps`, since the steps that a
    diverged trial is spared count as done.
    """
    curves = Curves.empty(len(trials), checkpoints(steps))

    def look(column: int, train_loss: Numbers) -> None:
        running = set(learners.rows)
        fine = curves.record(column, learners.rows, train_loss, *learners.evaluate(task.validation))
        learners.keep(fine)
        if spared := len(running - set(learners.rows)):
            advance(spared * (steps - int(curves.steps[column])))

    look(0, learners.first_loss())
    for column, (start, stop) in enumerate(pairwise(map(int, curves.steps)), 1):
        if learners.rows:
            look(column, learners.train(start, stop, advance))
    learners.keep([place for place, row in enumerate(learners.rows) if trials[row].phase == "confirm"])
    if learners.rows:
        curves.record_test(learners.rows, *learners.evaluate(task.test))
    return [curves.outcome(row) for row in range(len(trials))]
