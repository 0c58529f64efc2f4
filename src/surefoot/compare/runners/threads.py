"""How many threads one model is trained with: counted, never timed, so that the same task is always run alike.

Threads that meet after every tiny product gain nothing on a quiet machine; on a busy one each waits for the slowest,
and a step takes a hundred times as long.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from surefoot.compare.runners.memory import activation_bytes
from surefoot.tasks.task import Task

#: Multiplications and additions of a step, and bytes that it keeps for the backward pass, below which one thread does.
SMALL_WORK = 10**7
SMALL_MEMORY = 1 << 20


@contextmanager
def suited(task: Task) -> Iterator[None]:
    """One thread within, where the task's model is small; as many as torch has, where it is not."""
    before = torch.get_num_threads()
    if is_small(task):
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def is_small(task: Task) -> bool:
    """Whether a step of one model is too little work to be shared.

    >>> from surefoot.tasks import find
    >>> is_small(find("digits"))
    True
    """
    parameters = sum(p.numel() for p in task.build(0).parameters())
    return 6 * parameters * task.batch_size < SMALL_WORK and activation_bytes(task) < SMALL_MEMORY
