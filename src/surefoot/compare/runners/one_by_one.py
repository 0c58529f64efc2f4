"""Trials one after another, each a plain training loop: for models that `vmap` cannot take."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from surefoot.compare.runners.blame import blame
from surefoot.compare.runners.curves import Numbers
from surefoot.compare.runners.evaluation import measure
from surefoot.compare.runners.loop import Advance, follow
from surefoot.compare.runners.minibatches import Minibatches
from surefoot.compare.runners.threads import suited
from surefoot.compare.runners.update import LaneUpdate
from surefoot.compare.trial import Outcome, Trial
from surefoot.rules.rule import Rule
from surefoot.tasks.splits import Split
from surefoot.tasks.task import Task


def run(task: Task, trials: Sequence[Trial], rules: Mapping[str, Rule], steps: int, advance: Advance) -> list[Outcome]:
    """Run the trials in turn, for `steps` updates each. Arguments, results and errors are those of `lanes.run`.

    A small model is trained with one thread (`threads.suited`). Where it draws random numbers in training (dropout),
    they follow from the trial's seed; torch's own generator is left as it was found.
    """
    outcomes = []
    for trial in trials:
        with suited(task), torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(trial.seed)
            single = Single(task, trial, rules[trial.optimizer], steps)
            outcomes += follow(single, task, [trial], steps, advance)
    return outcomes


class Single:
    """One model in training: `loop.Learners` for one trial."""

    def __init__(self, task: Task, trial: Trial, rule: Rule, steps: int) -> None:
        self.task = task
        self.rows = [0]
        self._seed = trial.seed
        self._model = task.build(trial.seed)
        self._learning = [p for p in self._model.parameters() if p.requires_grad]
        self._minibatches = Minibatches(task, [trial.seed], steps)
        for p in self._learning:
            p.data = p.data.contiguous()
        self._update = LaneUpdate(rule, [trial.settings], [p.data.unsqueeze(0) for p in self._learning])

    def first_loss(self) -> Numbers:
        """(1,) the loss of the first minibatch, of another model built alike: this one's buffers are not touched."""
        with torch.random.fork_rng(devices=[]):
            return self._loss(self.task.build(self._seed), 0).detach().reshape(1).to(torch.float32).numpy()

    def train(self, start: int, stop: int, advance: Advance) -> Numbers:
        """Make the updates from `start` to `stop`; (1,) the mean minibatch loss over them."""
        total = torch.zeros(1, dtype=torch.float64)
        for step in range(start, stop):
            total += self.update(step)[1]
            advance(1)
        return (total / (stop - start)).to(torch.float32).numpy()

    def update(self, step: int) -> tuple[list[Tensor], Tensor]:
        """Make the update `step`, counted from 0; what `backward` gave for it."""
        gradients, loss = self.backward(step)
        self._update.step(step + 1, gradients)
        return gradients, loss

    def backward(self, step: int) -> tuple[list[Tensor], Tensor]:
        """Gradients (1, ...) of each parameter that learns and the loss (1,) of the minibatch before update `step`."""
        for p in self._learning:
            p.grad = None
        loss = self._loss(self._model.train(), step)
        with blame(self.task.name, "model or loss", "a minibatch's backward pass"):
            loss.backward()  # type: ignore[no-untyped-call]
        return [_gradient(p).unsqueeze(0) for p in self._learning], loss.detach().reshape(1)

    def _loss(self, model: nn.Module, step: int) -> Tensor:
        x, y = self._minibatches.at(step)
        with blame(self.task.name, "model or loss", "a minibatch"):
            return self.task.loss(model(x[0]), y[0])

    def evaluate(self, split: Split) -> tuple[Numbers, Numbers]:
        """(1,) the loss and (1,) the score on a whole split."""
        self._model.eval()
        with torch.no_grad():
            with blame(self.task.name, "model", "a whole split"):
                output = self._model(split.x)
            return measure(self.task, output, split)

    def keep(self, places: Sequence[int]) -> None:
        """Go on, or with no places stop."""
        self.rows = [self.rows[place] for place in places]


def _gradient(parameter: nn.Parameter) -> Tensor:
    """Dense and contiguous; zero where the loss does not depend on the parameter."""
    if parameter.grad is None:
        return torch.zeros_like(parameter)
    return (parameter.grad.to_dense() if parameter.grad.is_sparse else parameter.grad).contiguous()
