"""The loop that lanes are measured against trains the same trials, with torch's Adam."""

import numpy as np

from benchmarks.compare import numbers, trials_of
from benchmarks.plain_loop import minibatches, train
from surefoot.compare.runners import lanes
from surefoot.compare.runners.checkpoints import checkpoints
from surefoot.rules.catalogue import RULES
from surefoot.tasks.digits import digits


def test_the_loop_sees_what_the_lane_sees():
    task, steps = digits(), 25
    trials = [trial for trial in trials_of(3) if trial.optimizer == "adam"]
    outcomes = lanes.run(task, trials, RULES, steps, lambda done: None)
    for trial, outcome in zip(trials, outcomes, strict=True):
        batches = minibatches(task, trial.seed, steps)
        curve = np.array(train(task, numbers(trial.settings), trial.seed, batches, frozenset(checkpoints(steps))))
        assert curve.shape == (len(outcome.steps), 2)
        np.testing.assert_allclose(outcome.validation_loss, curve[:, 0], rtol=1e-3)
        np.testing.assert_allclose(outcome.validation_score, curve[:, 1], atol=0.006)  # two rows of 360
