"""What a stored trial is known by: a digest of everything that decides its outcome, and of nothing else."""

import hashlib
import json

import torch

from surefoot.compare.trial import Trial
from surefoot.engines.graph import Graph
from surefoot.rules.rule import Rule
from surefoot.tasks.task import Task

#: Raised whenever a change of ours gives a trial other numbers.
NUMERICS = 2


def trial_key(task: Task, rule: Rule, trial: Trial, steps: int, runner: str) -> str:
    """The key of a trial: equal if and only if task, rule, settings, seed, phase, horizon and arithmetic are.

    A rule counts as what it computes (its graph), not by its name: an edited rule is another rule.
    """
    parts = {
        "task": task.fingerprint,
        "rule": _computed(rule, trial),
        "hyper": {name: trial.settings[name] for name in rule.hyper},
        "seed": trial.seed,
        "phase": trial.phase,
        "steps": steps,
        "runner": runner,
        "numerics": NUMERICS,
        "torch": torch.__version__,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _computed(rule: Rule, trial: Trial) -> str:
    graph = Graph.of(rule, trial.settings)
    body = graph.text().partition("\n")[2]  # the first line is the name
    return f"{body}\n{sorted(rule.start.items())}"
