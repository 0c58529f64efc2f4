"""When a run is looked at: some twenty times, evenly, the first before any update and the last after the last one."""

import numpy as np
from numpy.typing import NDArray

from surefoot.errors import UserError

#: Looking costs as much as a few updates, so it is done this many times whatever the length of the run.
EVALUATIONS = 21


def checkpoints(steps: int) -> NDArray[np.int64]:
    """The numbers of updates at which a run of `steps` updates is evaluated: (E,), from 0 to `steps`, E at most 21.

    Raises:
        UserError: if there is not at least one step.

    >>> checkpoints(300)[:4], checkpoints(300)[-1], len(checkpoints(300))
    (array([ 0, 15, 30, 45]), np.int64(300), 21)
    >>> checkpoints(1), checkpoints(3)
    (array([0, 1]), array([0, 1, 2, 3]))
    """
    if steps < 1:
        raise UserError(f"steps must be at least 1, got {steps}; a run without an update compares nothing")
    intervals = EVALUATIONS - 1
    return np.unique(np.arange(EVALUATIONS, dtype=np.int64) * steps // intervals)
