"""The unit of a comparison: one optimizer, one setting, one seed, run for the task's number of steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Phase = Literal["search", "confirm"]


@dataclass(frozen=True)
class Trial:
    """What is to be run.

    Attributes:
        optimizer: its name in this study.
        number: its place in the optimizer's list of settings; 0 is the default setting.
        settings: every hyperparameter and static option of the rule, by name.
        seed: of the initial weights and of the order of the data.
        phase: `search` trials share one seed and are scored on the validation split; `confirm` trials repeat the best
            setting on fresh seeds and are scored on the test split.
    """

    optimizer: str
    number: int
    settings: Mapping[str, float | str | bool]
    seed: int
    phase: Phase


@dataclass(frozen=True)
class Outcome:
    """What came of a trial. Curves have one entry for each of the E checkpoints, the last of which is the last step.

    Attributes:
        steps: (E,) int64, the number of updates made before each checkpoint; the first is 0, before any update.
        train_loss: (E,) float32, mean minibatch loss since the checkpoint before (the first: of the first minibatch).
        validation_loss, validation_score: (E,) float32, on the whole validation split. Where the task has no score of
            its own, the score is the loss.
        test_loss, test_score: on the whole test split after the last step; NaN for `search` trials, which may not see
            it.
        diverged_at: the number of updates at the first checkpoint with a loss that is not finite, else None. Curves
            hold NaN from there on.
    """

    steps: NDArray[np.int64]
    train_loss: NDArray[np.float32]
    validation_loss: NDArray[np.float32]
    validation_score: NDArray[np.float32]
    test_loss: float
    test_score: float
    diverged_at: int | None
