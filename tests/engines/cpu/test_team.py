"""Several threads on one pass: torch's own or ours, with the same result."""

import sys

import numpy as np
import pytest
import torch

from surefoot.engines.cpu import pool, team
from surefoot.engines.cpu.kernel import ALONE, Kernel
from surefoot.engines.graph import Graph
from surefoot.rules import find
from surefoot.testing.engines import run_kernel

SLOTS = {"x": np.linspace(-1, 1, ALONE + 7), "g": np.linspace(1, -2, ALONE + 7)}


def stepped(threads: int) -> np.ndarray:
    kernel = Kernel(Graph.of(find("lamb")))
    slots = SLOTS | {slot: np.zeros(ALONE + 7) for slot in kernel.graph.state}
    hyper = {name: find("lamb").defaults[name] for name in kernel.graph.hyper}
    (new,) = run_kernel(kernel, [slots], [0], [kernel.uniforms(1, **hyper)], threads=threads)
    return new["x"]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each shared pass went."""
    seen: list[str] = []
    parallel, run = team._parallel(True), pool.run
    if parallel is not None:
        monkeypatch.setattr(team, "_parallel", lambda _: lambda *args: (seen.append("torch"), parallel(*args)))
    monkeypatch.setattr(pool, "run", lambda tasks: (seen.append("ours"), run(tasks)))
    return seen


@pytest.mark.skipif(sys.platform != "linux", reason="torch brings GNU OpenMP on Linux alone")
def test_torchs_threads_are_found_and_taken(calls: list[str]) -> None:
    torch.ones(10**6).sum()
    stepped(2)
    assert calls == ["torch", "torch"]  # LAMB has two passes


def test_ours_do_the_same_work(calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = stepped(2)
    monkeypatch.setattr(team, "_parallel", lambda _: None)
    ours = stepped(3)
    assert calls[-2:] == ["ours", "ours"]
    assert np.array_equal(ours, theirs)
    assert np.array_equal(ours, stepped(1))


def test_a_forked_child_and_a_caller_without_denormals_get_ours(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team, "_forked", True)
    stepped(2)
    monkeypatch.setattr(team, "_forked", False)
    torch.set_flush_denormal(True)
    try:
        stepped(2)
    finally:
        torch.set_flush_denormal(False)
    assert calls == ["ours"] * 4
