"""Several optimizers train a task's model, from the same weights on the same minibatches, and are recorded."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from surefoot.optim import from_rule
from surefoot.rules.rule import Rule, Setting
from surefoot.tasks.batches import order
from surefoot.tasks.task import Task
from surefoot.watch.network.losses import trained
from surefoot.watch.network.paths import Paths
from surefoot.watch.network.recorder import Recorder

#: Snapshots of a training: the most and the least; and between them, what all of them may take in bytes.
SNAPSHOTS, LEAST, BYTES = 120, 12, 2**28
#: Training rows on which the loss is drawn and reported.
ROWS = 512

#: Called with steps made and steps in all.
Progress = Callable[[int, int], None]
Entrants = Sequence[tuple[Rule, Mapping[str, Setting]]]


def paths(
    task: Task,
    entrants: Entrants,
    *,
    origin: str,
    steps: int | None = None,
    seed: int = 0,
    layers: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Paths:
    """The paths of rules on a task, each by the optimizer class that a user would take.

    Args:
        task: what is learned. entrants: rules with their settings. origin: a sentence on where the settings are from.
        steps: updates; the task's own number if None. seed: of the weights, of the batches, and of the rows on which
            the loss is drawn. layers: see `Recorder`. progress: called as steps are made.

    Raises:
        UserError: for a setting outside its domain, or an unknown layer.
    """
    updates = task.steps if steps is None else steps
    rows = np.random.default_rng(seed).permutation(len(task.train.y))[:ROWS]
    x, y = task.train.x[rows], task.train.y[rows]
    recorder = Recorder(lambda model: task.loss(model(x), y), name=task.name, layers=layers)
    size = sum(p.numel() for p in trained(task.build(seed)))
    count = int(np.clip(BYTES // (4 * size * len(entrants)), LEAST, min(SNAPSHOTS, max(updates, LEAST))))
    frames = {*range(0, updates, -(-updates // count)), updates}
    for done, (name, (rule, settings)) in enumerate(_named(entrants).items()):
        told = _from(progress, done * updates, len(entrants) * updates)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            _train(task, name, rule, rule.settings(settings), updates, seed, frames, recorder, told)
    return recorder.paths(
        f"{origin} Seed {seed}, {updates} steps of {task.batch_size} rows, the same first weights and batches for all.",
        f"Losses are those of {len(rows)} of {len(task.train.y)} training rows, always the same.",
    )


def _train(
    task: Task,
    name: str,
    rule: Rule,
    settings: dict[str, Setting],
    steps: int,
    seed: int,
    frames: set[int],
    recorder: Recorder,
    progress: Progress,
) -> None:
    model = task.build(seed)
    make: Any = from_rule(rule)
    optimizer = make(trained(model), **settings)
    recorder.record(name, 0, model, optimizer, **settings)
    for done, batch in enumerate(torch.from_numpy(order(seed, len(task.train.y), task.batch_size, steps)), 1):
        optimizer.zero_grad()
        task.loss(model(task.train.x[batch]), task.train.y[batch]).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        progress(done, steps)
        if done in frames and not recorder.record(name, done, model, optimizer):
            return


def _named(entrants: Entrants) -> dict[str, tuple[Rule, Mapping[str, Setting]]]:
    """By the rules' titles; a second one of a title is numbered."""
    named: dict[str, tuple[Rule, Mapping[str, Setting]]] = {}
    for rule, settings in entrants:
        taken = sum(rule.title == other.title for other, _ in named.values())
        named[f"{rule.title} {taken + 1}" if taken else rule.title] = (rule, settings)
    return named


def _from(progress: Progress | None, before: int, total: int) -> Progress:
    return (lambda done, of: None) if progress is None else (lambda done, of: progress(before + done, total))
