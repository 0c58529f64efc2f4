"""A training that can be killed: `python -m tests.optim.training CLASS FILE STEPS`, saved after every step.

It goes on from FILE if that is there, prints the number of each step that has been saved, and leaves the weights in it.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import torch


def model() -> torch.nn.Module:
    """Parameters of three types, one of them with a sparse gradient, and the same start every time."""
    torch.manual_seed(0)
    return torch.nn.ModuleDict(
        {
            "table": torch.nn.Embedding(20, 4, sparse=True),
            "hidden": torch.nn.Linear(4, 8),
            "narrow": torch.nn.Linear(8, 8, dtype=torch.bfloat16),
            "last": torch.nn.Linear(8, 1, dtype=torch.float64),
        }
    )


def loss_of(modules: Any, step: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(step)
    rows = torch.randint(0, 20, (6,), generator=generator)
    h = torch.tanh(modules["hidden"](modules["table"](rows)))
    h = torch.tanh(modules["narrow"](h.bfloat16())).double()
    loss: torch.Tensor = (modules["last"](h) - rows[:, None] / 10).square().mean()
    return loss


def train(name: str, file: Path, steps: int) -> None:
    module, _, class_name = name.rpartition(".")
    modules = model()
    optimizer = getattr(importlib.import_module(module), class_name)(modules.named_parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    first = 0
    if file.exists():
        saved = torch.load(file, weights_only=True)
        modules.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        first = saved["step"]
    for step in range(first, steps):
        optimizer.zero_grad()
        loss_of(modules, step).backward()
        optimizer.step()
        schedule.step()
        states = {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        torch.save({"model": modules.state_dict(), **states, "step": step + 1}, file.with_suffix(".new"))
        os.replace(file.with_suffix(".new"), file)
        print(step + 1, flush=True)


if __name__ == "__main__":
    train(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
