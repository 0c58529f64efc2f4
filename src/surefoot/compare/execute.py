"""Trials through the store: those it holds are taken from it, the others are run and kept, a batch at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from surefoot.compare.keys import trial_key
from surefoot.compare.preflight import Way
from surefoot.compare.progress import Progress
from surefoot.compare.runners import lanes, one_by_one
from surefoot.compare.store import Store
from surefoot.compare.trial import Outcome, Trial
from surefoot.errors import UserError
from surefoot.rules.rule import Rule
from surefoot.tasks.task import Task

RUNNERS = {"lanes": lanes.run, "one by one": one_by_one.run}

#: Losses at step 0 that differ by less, relative to themselves, are of the same start.
SAME = 1e-4

Runs = list[tuple[Trial, Outcome]]


class Interrupted(Exception):  # noqa: N818 - stopping is not an error
    """A comparison was stopped; what had finished is in the store. The message says how to go on."""


@dataclass
class Executor:
    """Runs the trials of one comparison.

    Attributes:
        task, rules, way: what is learned, by whom, and how trials are run.
        store: where finished trials are kept; path: what to call it in messages.
        progress: told of every step.
        trial_steps, seconds: the work done so far, and the time it took.
    """

    task: Task
    rules: Mapping[str, Rule]
    way: Way
    store: Store
    path: str
    progress: Progress
    trial_steps: int = 0
    seconds: float = 0.0

    def run(self, phase: str, trials: Sequence[Trial]) -> Runs:
        """Every trial with its outcome, in the order given.

        Raises:
            Interrupted: by Ctrl-C.
            UserError: if trials of one seed did not start alike.
        """
        keys = [self._key(trial) for trial in trials]
        kept = self.store.get(keys)
        missing = len(set(keys) - kept.keys())  # trials with the same settings are the same trial
        self.progress.start(phase, missing * self.task.steps)
        if kept:
            there = sum(key in kept for key in keys)
            self.progress.say(f"{phase}: {there} of {len(trials)} trials come from {self.path}")
        start = perf_counter()
        try:
            # Batches are cut from all trials, not from the missing ones: a run that was stopped goes on with the same
            # batches as an undisturbed one, and so with the same numbers to the last digit.
            for at in range(0, len(trials), self.way.at_once):
                here = dict(zip(keys[at : at + self.way.at_once], trials[at:], strict=False))
                kept |= self._batch({key: trial for key, trial in here.items() if key not in kept})
        except KeyboardInterrupt:
            raise Interrupted(self._stopped(phase, sum(key in kept for key in keys), len(trials))) from None
        self.seconds += perf_counter() - start
        self.trial_steps += missing * self.task.steps
        runs = [(trial, kept[key]) for trial, key in zip(trials, keys, strict=True)]
        _check_same_start(self.task, runs)
        return runs

    def _key(self, trial: Trial) -> str:
        return trial_key(self.task, self.rules[trial.optimizer], trial, self.task.steps, self.way.runner)

    def _batch(self, trials: Mapping[str, Trial]) -> dict[str, Outcome]:
        """Run some trials, by their keys, and keep them."""
        batch = list(trials.values())
        if not batch:
            return {}
        run = RUNNERS[self.way.runner]
        outcomes = run(self.task, batch, self.rules, self.task.steps, self.progress.advance)
        done = dict(zip(trials, zip(batch, outcomes, strict=True), strict=True))
        self.store.put(done)
        return {key: outcome for key, (_, outcome) in done.items()}

    def _stopped(self, phase: str, done: int, total: int) -> str:
        if self.path == ":memory:":
            return f"stopped in {phase}; nothing is kept, since the store is in memory"
        kept = f"{done} of its {total} trials are kept in {self.path}"
        return f"stopped in {phase}: {kept}; the same command goes on from there"


def _check_same_start(task: Task, runs: Runs) -> None:
    """The guard against the commonest flaw of published comparisons: a seed means one start, whoever optimizes."""
    starts: dict[int, list[float]] = {}
    for trial, outcome in runs:
        starts.setdefault(trial.seed, []).append(float(outcome.train_loss[0]))
    # Lanes of one seed may differ by rounding where their memory is aligned differently, never by more.
    unequal = [
        seed
        for seed, losses in starts.items()
        if not np.allclose(losses, losses[0], rtol=SAME, atol=SAME, equal_nan=True)
    ]
    if unequal:
        raise UserError(
            f"task {task.name!r}: optimizers do not start alike (seed {unequal[0]} has several losses at step 0); "
            "the model or the data must not change from one call of the factory to the next"
        )
