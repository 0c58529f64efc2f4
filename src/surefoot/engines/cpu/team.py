"""One compiled pass on several threads: torch's own where they can be had, ours where not.

Just after a backward pass torch's OpenMP threads still spin, waiting for more. A second set of threads would have to
take the cores from them; `GOMP_parallel` of the runtime that torch has loaded gives the work to the spinning threads
themselves, at once. OpenMP's threads do not survive a fork, and do not treat denormals as the caller does: there, and
where torch brings another runtime, our own pool does the same work.
"""

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache, partial

from surefoot.engines.cpu import pool
from surefoot.engines.cpu.native import CompiledPass

#: `GOMP_parallel(function, data, threads, flags)`
Parallel = Callable[[int, int, int, int], None]

_forked = False


def run(one_pass: CompiledPass, block: int, threads: int) -> None:
    """Call a pass on its block from this many threads at once, and return when all have come back."""
    if threads <= 1:
        one_pass.call(block)
        return
    parallel = None if _forked or pool.flushes_denormals() else _parallel("torch" in sys.modules)
    if parallel is None:
        pool.run([partial(one_pass.call, block)] * threads)
    else:
        parallel(one_pass.address, block, threads, 0)


@cache
def _parallel(torch_is_loaded: bool) -> Parallel | None:
    """OpenMP's entry in the GNU runtime that torch uses, if it does."""
    for path in _loaded_gomp() if torch_is_loaded else ():
        try:
            function = ctypes.CDLL(path, mode=os.RTLD_NOW | os.RTLD_NOLOAD).GOMP_parallel
        except (OSError, AttributeError):
            continue
        function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
        function.restype = None
        return function
    return None


def _loaded_gomp() -> list[str]:
    """GNU OpenMP libraries of torch's that this process has loaded; elsewhere than on Linux there is no telling."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = {line.split(maxsplit=5)[-1].strip() for line in maps if "gomp" in line}
    except OSError:
        return []
    return sorted(path for path in paths if "torch" in path)


def _note_fork() -> None:
    global _forked  # noqa: PLW0603 - it is the process that is forked
    _forked = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note_fork)
