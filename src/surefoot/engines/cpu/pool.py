"""Our own few threads for kernels: they hold no GIL while they work, and a forked child starts new ones."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

_LOCK = threading.Lock()
_pool: ThreadPoolExecutor | None = None
_owner: tuple[int, int] = (0, 0)
_SMALLEST_NORMAL = 2.2250738585072014e-308


def run(tasks: Sequence[Callable[[], object]]) -> None:
    """Run all tasks at once, the first in the calling thread, and return when all are done.

    The threads treat denormal numbers as the calling thread does (`torch.set_flush_denormal` acts on one thread alone).
    """
    if len(tasks) == 1:
        tasks[0]()
        return
    flush = flushes_denormals()
    others = [_workers(len(tasks) - 1).submit(_run_as, flush, task) for task in tasks[1:]]
    try:
        tasks[0]()
    finally:
        for other in others:
            other.result()


def _workers(count: int) -> ThreadPoolExecutor:
    """The pool of this process, grown if need be. Threads do not survive a fork, so a child makes its own."""
    global _pool, _owner  # noqa: PLW0603 - one pool a process is the point
    with _LOCK:
        if _pool is None or _owner[0] != os.getpid() or _owner[1] < count:
            _pool = ThreadPoolExecutor(count, thread_name_prefix="surefoot")
            _owner = (os.getpid(), count)
        return _pool


def _forget_lock() -> None:
    """In a forked child the lock may have been held by a thread that no longer exists."""
    global _LOCK  # noqa: PLW0603
    _LOCK = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)


def flushes_denormals() -> bool:
    """Whether the calling thread treats denormal numbers as zero."""
    return _SMALLEST_NORMAL * _half() == 0.0


def _half() -> float:
    return 0.5  # a call, so that Python does not fold the product while compiling


def _run_as(flush: bool, task: Callable[[], object]) -> None:
    if flushes_denormals() != flush:
        import torch  # noqa: PLC0415 - only who set the flag, by way of torch, pays for it

        torch.set_flush_denormal(flush)
    task()
