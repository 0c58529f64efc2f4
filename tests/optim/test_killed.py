"""A training that is killed and goes on from what it last saved ends in the same bits as one that nobody stopped."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.optim.training import train

ROOT = Path(__file__).parents[2]
NAMES = ["surefoot.optim.AdamW", "surefoot.optim.torch.Adam", "surefoot.optim.torch.RMSprop"]
STEPS = 30


def start(name: str, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.optim.training", name, str(file), str(STEPS)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_killed_and_resumed_is_uninterrupted(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(name, tmp_path / "whole.pt", STEPS)
    broken = tmp_path / "broken.pt"
    for stop in (11,):
        process = start(name, broken)
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= stop:
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.close()
        assert process.wait(60) == -signal.SIGKILL
        assert torch.load(broken, weights_only=True)["step"] < STEPS
    last = start(name, broken)
    assert last.wait(120) == os.EX_OK
    if last.stdout is not None:
        last.stdout.close()
    saved = [torch.load(tmp_path / f"{file}.pt", weights_only=True) for file in ("whole", "broken")]
    assert saved[0]["step"] == STEPS
    assert same(*saved)
