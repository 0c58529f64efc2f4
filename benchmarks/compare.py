"""`surefoot compare digits`: its search against a loop and Optuna, in trial-steps a second; and the whole of it."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.optuna_workers import workers
from benchmarks.plain_loop import minibatches, train
from benchmarks.timing import spread
from surefoot.compare.run import SEARCH_SEED
from surefoot.compare.runners import lanes
from surefoot.compare.runners.checkpoints import checkpoints
from surefoot.compare.runners.memory import lanes_per_batch
from surefoot.compare.space import settings_list
from surefoot.compare.trial import Trial
from surefoot.rules.catalogue import CHAPTER, RULES
from surefoot.tasks.digits import digits
from surefoot.tasks.task import Task

PROCESSES = 2


@dataclass(frozen=True)
class Effort:
    """How much is run.

    Attributes:
        settings: of each of the chapter's optimizers, all run as lanes. sample: how many of them, Adam's, the plain
            loop runs, and how many trials each process of Optuna. steps: updates a trial. rounds: of all three.
        options: of the whole command, `surefoot compare digits`. commands: how often it is run.
    """

    settings: int
    sample: int
    steps: int
    rounds: int
    options: tuple[str, ...]
    commands: int


FULL = Effort(settings=32, sample=8, steps=digits().steps, rounds=3, options=(), commands=3)
QUICK = Effort(
    settings=2, sample=2, steps=10, rounds=1, commands=1,
    options=("--optimizers", "sgd,adam", "--trials", "2", "--seeds", "2", "--steps", "10"),
)  # fmt: skip


def measure(effort: Effort) -> dict[str, Any]:
    """Rates of the search, and seconds of the whole command."""
    return {"search": _search(effort), "command": _command(effort)}


def _search(effort: Effort) -> dict[str, Any]:
    task = digits()
    trials = trials_of(effort.settings)
    _lanes(task, trials, steps=2)  # compiles
    _loop(task, trials, effort.sample, steps=2)
    rates: dict[str, list[float]] = {"lanes": [], "loop": [], "optuna": []}
    with workers(PROCESSES, SEARCH_SEED, effort.steps) as processes:
        for turn in range(effort.rounds):
            print(f"compare: search, round {turn + 1} of {effort.rounds}", file=sys.stderr)
            rates["lanes"].append(_lanes(task, trials, effort.steps))
            rates["loop"].append(_loop(task, trials, effort.sample, effort.steps))
            rates["optuna"].append(_optuna(processes, effort.sample, effort.steps))
    return {
        "trials": {"lanes": len(trials), "loop": effort.sample, "optuna": PROCESSES * effort.sample},
        "steps": effort.steps,
        "processes": PROCESSES,
        "rates": {name: spread(of_rounds) for name, of_rounds in rates.items()},
    }


def trials_of(settings: int) -> list[Trial]:
    """The search of a comparison of the chapter's optimizers."""
    return [
        Trial(name, number, one, SEARCH_SEED, "search")
        for name in CHAPTER
        for number, one in enumerate(settings_list(RULES[name], settings))
    ]


def _lanes(task: Task, trials: list[Trial], steps: int) -> float:
    """Trial-steps a second. The steps that a diverged trial is spared do not count."""
    size = lanes_per_batch(task, [RULES[name] for name in CHAPTER])
    start = perf_counter()
    outcomes = []
    for first in range(0, len(trials), size):
        outcomes += lanes.run(task, trials[first : first + size], RULES, steps, lambda done: None)
    seconds = perf_counter() - start
    return sum(steps if o.diverged_at is None else o.diverged_at for o in outcomes) / seconds


def _loop(task: Task, trials: list[Trial], sample: int, steps: int) -> float:
    """Trial-steps a second of Adam's first trials, one after another, with torch.optim.Adam and torch's threads."""
    chosen = [numbers(trial.settings) for trial in trials if trial.optimizer == "adam"][:sample]
    looks = frozenset(map(int, checkpoints(steps)))
    start = perf_counter()
    for settings in chosen:
        train(task, settings, SEARCH_SEED, minibatches(task, SEARCH_SEED, steps), looks)
    return len(chosen) * steps / (perf_counter() - start)


def numbers(settings: Mapping[str, float | str | bool]) -> dict[str, float]:
    """The settings that are numbers; Adam's static options are torch's by default."""
    return {name: value for name, value in settings.items() if isinstance(value, float)}


def _optuna(processes: list[Connection], trials: int, steps: int) -> float:
    """Trial-steps a second of all processes: the sum of the rates, each over the time that it worked."""
    for pipe in processes:
        pipe.send(trials)
    seconds: list[float] = [pipe.recv() for pipe in processes]
    return sum(trials * steps / one for one in seconds)


def _command(effort: Effort) -> dict[str, Any]:
    """Seconds of `surefoot compare digits`, each time in a new process with a new store."""
    seconds = []
    for turn in range(effort.commands):
        print(f"compare: the whole command, {turn + 1} of {effort.commands}", file=sys.stderr)
        with TemporaryDirectory() as folder:
            words = ["compare", "digits", "--store", str(Path(folder) / "store.db"), *effort.options]
            start = perf_counter()
            subprocess.run([sys.executable, "-m", "surefoot", *words], check=True, capture_output=True)
            seconds.append(perf_counter() - start)
    return {"options": list(effort.options), "seconds": spread(seconds)}
