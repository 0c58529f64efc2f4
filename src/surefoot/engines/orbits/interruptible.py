"""A long call of compiled code that Ctrl-C ends: Python looks at signals only between its own instructions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def run(work: Callable[[], object], stop: Callable[[], object]) -> None:
    """Do the work on another thread and wait for it.

    Args:
        work: what takes long; it must hold all memory that it uses. stop: called if the wait is interrupted, to have
            the work end soon.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="surefoot-orbits") as other:
        done = other.submit(work)
        try:
            done.result()
        except BaseException:
            stop()
            raise
