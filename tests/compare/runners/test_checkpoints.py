"""When a run is looked at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.compare.runners.checkpoints import checkpoints
from surefoot.errors import UserError


@given(st.integers(1, 10**9))
def test_they_are_distinct_evenly_spaced_and_end_with_the_last_step(steps: int) -> None:
    marks = checkpoints(steps)
    gaps = np.diff(marks)
    assert marks.dtype == np.int64
    assert (marks[0], marks[-1]) == (0, steps)
    assert len(marks) == min(steps + 1, 21)
    assert gaps.min() >= 1
    assert gaps.max() - gaps.min() <= 1


@pytest.mark.parametrize("steps", [0, -3])
def test_a_run_without_steps_is_refused(steps: int) -> None:
    with pytest.raises(UserError, match=f"steps must be at least 1, got {steps}"):
        checkpoints(steps)
