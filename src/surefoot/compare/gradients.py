"""Two of the chapter's factors, measured on the task itself: how sparse its gradients are, and how much they drift."""

from dataclasses import dataclass

import torch

from surefoot.compare.runners.one_by_one import Single
from surefoot.compare.runners.threads import suited
from surefoot.compare.trial import Trial
from surefoot.rules.rule import Rule
from surefoot.tasks.task import Task


@dataclass(frozen=True)
class Gradients:
    """What the gradients of a training run are like.

    Attributes:
        sparsity: share of gradient entries that are exactly zero, over all parameters and minibatches.
        drift: how far the size of the gradients moves during the run: the median over tensors of |log10(mean square in
            the last quarter / mean square in the first)|, in decades. 0 is stationary, 1 a factor of ten.
    """

    sparsity: float
    drift: float


def measure(task: Task, trial: Trial, rule: Rule) -> Gradients:
    """Run a trial once more, alone, and look at its gradients."""
    steps = task.steps
    squares, zeros, entries = [], 0, 0
    with suited(task), torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(trial.seed)
        single = Single(task, trial, rule, steps)
        for step in range(steps):
            gradients, _ = single.update(step)
            squares.append(torch.stack([(g.double() ** 2).mean() for g in gradients]))
            zeros += sum(int((g == 0).sum()) for g in gradients)
            entries += sum(g.numel() for g in gradients)
    quarter = max(1, steps // 4)
    early, late = (torch.stack(part).mean(0) for part in (squares[:quarter], squares[-quarter:]))
    ratios = torch.log10(late / early)
    moved = ratios[torch.isfinite(ratios)].abs()
    return Gradients(zeros / entries, float(moved.median()) if len(moved) else 0.0)
