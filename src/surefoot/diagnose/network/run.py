"""Train a task's model as a user would, and look at curvature and strides along the way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from surefoot.diagnose.network.curvature import Hessian, check
from surefoot.diagnose.network.finding import Finding, Look
from surefoot.diagnose.network.lanczos import largest
from surefoot.engines.analysis.edge import edge
from surefoot.engines.graph import Graph
from surefoot.errors import UserError
from surefoot.optim import from_rule
from surefoot.rules.catalogue import find as find_rule
from surefoot.rules.rule import Rule
from surefoot.tasks.batches import order
from surefoot.tasks.catalogue import find as find_task
from surefoot.tasks.task import Task

#: Called with steps made and steps in all.
Progress = Callable[[int, int], None]


def on_task(
    task: str | Task,
    optimizer: str | Callable[..., Any] | Rule = "adam",
    *,
    steps: int | None = None,
    looks: int = 16,
    rows: int = 512,
    seed: int = 0,
    progress: Progress = lambda done, of: None,
    **settings: Any,
) -> Finding:
    """Does this run sit at the edge of stability, and which learning rate would leave it?

    The run is the task's own: its model, its minibatches, the optimizer class a user would take. A number of times
    along it, curvature is measured on fixed training rows: the largest eigenvalue of the Hessian, and of stride times
    Hessian, by Lanczos iteration on Hessian-vector products. A run at the edge is made again at a lower rate, to see.

    Args:
        task: a Task, a built-in one by name, or `file.py:attribute`. optimizer: a rule, by name or itself.
        steps: updates; the task's own number if None. looks: how often to look. rows: training rows for curvature.
        seed: of weights and batches. progress: called as steps are made. settings: hyperparameters of the rule.

    Raises:
        UserError: for a setting outside its domain, a loss that cannot be differentiated twice, or numbers below 1.
    """
    found, rule = find_task(task), find_rule(optimizer)
    updates = found.steps if steps is None else steps
    for name, value in {"steps": updates, "looks": looks, "rows": rows}.items():
        if value < 1:
            raise UserError(f"{name} must be at least 1, got {value}")
    run = _Run(found, rule, rule.settings(settings), updates, looks, rows, seed)
    finding = run.finding(progress)
    if finding.lr_below is None:
        return finding
    lower = _Run(found, rule, rule.settings({**settings, "lr": finding.lr_below}), updates, looks, rows, seed)
    return replace(finding, checked=lower.finding(progress))


class _Run:
    """One run with fixed settings."""

    def __init__(
        self, task: Task, rule: Rule, settings: Mapping[str, Any], steps: int, looks: int, rows: int, seed: int
    ) -> None:
        if "lr" not in rule.hyper:
            raise UserError(f"optimizer: {rule.name} must have a learning rate called lr to be held against the edge")
        self.task, self.rule, self.settings, self.steps, self.seed = task, rule, dict(settings), steps, seed
        self._looks = set(np.unique(np.linspace(0, steps, looks + 1).round().astype(int)).tolist())
        chosen = np.random.default_rng(seed).permutation(len(task.train.y))[:rows]
        self._x, self._y = task.train.x[chosen], task.train.y[chosen]
        self._products = 0
        self._looking = 0.0

    def finding(self, progress: Progress) -> Finding:
        began = perf_counter()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)
            looks = self._train(progress)
        return Finding(
            task=self.task.name, optimizer=self.rule.name, settings=self.settings, seed=self.seed, rows=len(self._y),
            edge=edge(Graph.of(self.rule, self.settings), {n: float(self.settings[n]) for n in self.rule.hyper}),
            looks=tuple(looks), products=self._products, looking=self._looking,
            training=perf_counter() - began - self._looking,
        )  # fmt: skip

    def _train(self, progress: Progress) -> list[Look]:
        model = self.task.build(self.seed)
        check(self.task, model, self._x, self._y)
        parameters = [p for p in model.parameters() if p.requires_grad]
        optimizer = from_rule(self.rule)(parameters, **self.settings)
        batches = order(self.seed, len(self.task.train.y), self.task.batch_size, self.steps)
        looks = [self._look(0, model, None)]
        for done, batch in enumerate(torch.from_numpy(batches), 1):
            optimizer.zero_grad()
            self.task.loss(model(self.task.train.x[batch]), self.task.train.y[batch]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            progress(done, self.steps)
            if done in self._looks:
                rates = [optimizer.effective_lr(p) if p in optimizer.state else torch.zeros_like(p)
                         for p in parameters]  # fmt: skip
                looks.append(self._look(done, model, rates))
                if not np.isfinite(looks[-1].loss):
                    break
        return looks

    def _look(self, step: int, model: nn.Module, rates: list[Tensor] | None) -> Look:
        """Curvature now; before the first step the optimizer has no strides yet."""
        began = perf_counter()
        hessian = Hessian(self.task, model, self._x, self._y)
        start = torch.randn(hessian.size, generator=torch.Generator().manual_seed(step))
        plain = largest(hessian.times, start)
        held = largest(hessian.between(rates), start) if rates else None
        self._products += plain.products + (held.products if held else 0)
        self._looking += perf_counter() - began
        nan = float("nan")
        return Look(step, hessian.loss, plain.value, held.value if held else nan, held.residual if held else nan)
