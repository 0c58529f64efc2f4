"""The thread pool: it forks, it serves many callers at once, it carries over how denormals are treated."""

import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest
import torch

from surefoot.engines.cpu import pool
from surefoot.engines.cpu.kernel import ALONE, Kernel
from surefoot.engines.graph import Graph
from surefoot.rules import find
from surefoot.testing.engines import run_kernel

# torch's own threads (OpenMP) do not survive a fork, ours do: the child calls on torch only to step.
FORKED = """
import os, sys, warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of any fork beside threads
import numpy as np
import torch
from MODULE import Adam

def parameter():
    w = torch.nn.Parameter(torch.from_numpy(np.ones(300_000, "float32")))
    w.grad = torch.from_numpy(np.full(300_000, 0.5, "float32"))
    return w, Adam([w])

torch.set_num_threads(2)
(w, optimizer), (other, undisturbed) = parameter(), parameter()
for each in (optimizer, undisturbed, undisturbed):
    each.step()
child = os.fork()
if child == 0:
    optimizer.step()
    os._exit(0 if np.array_equal(w.detach().numpy(), other.detach().numpy()) else 1)
_, status = os.waitpid(child, 0)
optimizer.step()
assert np.array_equal(w.detach().numpy(), other.detach().numpy())
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
@pytest.mark.parametrize("module", ["surefoot.optim", "surefoot.optim.torch"])
def test_a_forked_child_steps_after_its_parent_used_the_pool(module: str) -> None:
    code = FORKED.replace("MODULE", module)
    done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_all_tasks_run_once_and_the_first_in_the_callers_thread() -> None:
    seen: list[tuple[int, int]] = []
    pool.run([partial(lambda k: seen.append((k, threading.get_ident())), k) for k in range(5)])
    assert sorted(k for k, _ in seen) == [0, 1, 2, 3, 4]
    assert dict(seen)[0] == threading.get_ident()
    assert all(thread != threading.get_ident() for k, thread in seen if k)


def test_a_task_that_fails_fails_the_call_after_the_others_are_done() -> None:
    done: list[int] = []

    def fail() -> None:
        raise RuntimeError("told to")

    for tasks in ([fail, partial(done.append, 1)], [partial(done.append, 2), fail]):
        with pytest.raises(RuntimeError, match="told to"):
            pool.run(tasks)
    assert sorted(done) == [1, 2]


def test_many_threads_call_at_once() -> None:
    """Pools grow while others use them; every call gets its own tasks done."""
    totals = [0] * 8

    def work(caller: int) -> None:
        for _ in range(50):
            done: list[int] = []
            pool.run([partial(done.append, k) for k in range(2 + caller)])
            totals[caller] += len(done)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [50 * (2 + caller) for caller in range(8)]


@pytest.mark.parametrize("first", [True, False])
def test_every_thread_treats_denormals_as_its_caller_does(first: bool) -> None:
    if not torch.set_flush_denormal(True):  # the processor has no such mode: then there is nothing to carry over
        return
    graph = Graph.of(find("sgd"))
    size = 2 * ALONE
    halved = {"x": np.zeros(size, "float32"), "g": np.full(size, -2e-38, "float32")}
    results = {}
    try:
        for flush in (first, not first, first):
            torch.set_flush_denormal(flush)
            (new,) = run_kernel(kernel := Kernel(graph), [halved], [0], [kernel.uniforms(1, lr=0.25)], threads=3)
            results[flush] = new["x"]
    finally:
        torch.set_flush_denormal(False)
    # Looked at only now: in that mode denormals look like zeros.
    assert set(results[True].tolist()) == {0.0}
    assert set(results[False].tolist()) == {float(np.float32(2e-38) / 4)}
