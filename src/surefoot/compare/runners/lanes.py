"""Many trials as one batch: stacked models, one forward and backward for all, an update for each optimizer's slice.

A lane's numbers do not depend on what else is in the batch. `vmap` gives every lane its own matrix products, of one
shape whatever the number of lanes, if there are two; a lane left alone is therefore run beside its own copy. This holds
to the bit where 16 bytes divide each lane's share of every tensor that is multiplied, as in the built-in tasks; else up
to rounding, since a matrix product is added up according to where in memory it lies, sigmoids and their like round
otherwise at the end of a tensor, and BatchNorm adds up in an order that depends on the number of all channels. The same
batch always gives the same bits.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import torch
from torch import Tensor
from torch.func import functional_call, grad_and_value, vmap

from surefoot.compare.runners.blame import blame
from surefoot.compare.runners.curves import Numbers
from surefoot.compare.runners.evaluation import evaluate
from surefoot.compare.runners.loop import Advance, follow
from surefoot.compare.runners.memory import activation_bytes, lanes_at_once
from surefoot.compare.runners.minibatches import Minibatches
from surefoot.compare.runners.stack import Stack
from surefoot.compare.runners.update import LaneUpdate
from surefoot.compare.trial import Outcome, Trial
from surefoot.rules.rule import Rule
from surefoot.tasks.splits import Split
from surefoot.tasks.task import Task

Tensors = dict[str, Tensor]


def run(task: Task, trials: Sequence[Trial], rules: Mapping[str, Rule], steps: int, advance: Advance) -> list[Outcome]:
    """Run all trials at once, for `steps` updates each; the outcomes are in the order of the trials.

    Args:
        task: what is learned; `reason_not_batchable` must have nothing against it.
        trials: at most as many as `lanes_per_batch` says.
        rules: for every trial's `optimizer`, its rule.
        advance: called with numbers of trial-steps done, `len(trials) * steps` in all.

    Raises:
        UserError: if there is no step to make, or the task's own code fails.
    """
    if not trials:
        return []
    return follow(Lanes(task, trials, rules, steps), task, trials, steps, advance)


class Lanes:
    """A batch in training: `loop.Learners` for many trials at once."""

    def __init__(self, task: Task, trials: Sequence[Trial], rules: Mapping[str, Rule], steps: int) -> None:
        def slice_of(row: int) -> tuple[str, str]:
            trial = trials[row]
            return trial.optimizer, repr([trial.settings[name] for name in rules[trial.optimizer].static])

        self.task = task
        self.rows = _paired(sorted(range(len(trials)), key=slice_of))
        seeds = [trials[row].seed for row in self.rows]
        self._stack = Stack.build(task, seeds)
        self._minibatches = Minibatches(task, seeds, steps)
        self._updates: list[LaneUpdate] = []
        for _, group in groupby(self.rows, key=slice_of):
            members = [trials[row] for row in group]
            rule, settings = rules[members[0].optimizer], [trial.settings for trial in members]
            first = sum(map(len, self._updates))
            self._updates.append(LaneUpdate(rule, settings, [*self._stack.parameters.values()], first))
        self._activations = activation_bytes(task)
        model, self._scored = task.build(seeds[0]), task.build(seeds[0]).eval()

        def loss(parameters: Tensors, buffers: Tensors, x: Tensor, y: Tensor) -> Tensor:
            return task.loss(functional_call(model, (parameters, buffers), (x,)), y)

        self._gradients_and_losses = vmap(grad_and_value(loss))

    def first_loss(self) -> Numbers:
        """(L,) losses of the first minibatch, before any update."""
        buffers = {name: buffer.clone() for name, buffer in self._stack.buffers.items()}
        return _numbers(self._backward(0, buffers)[1])

    def train(self, start: int, stop: int, advance: Advance) -> Numbers:
        """Make the updates from `start` to `stop`; (L,) mean minibatch losses over them."""
        total = torch.zeros(len(self.rows), dtype=torch.float64)
        trials = len(set(self.rows))
        for step in range(start, stop):
            gradients, losses = self.backward(step)
            for update in self._updates:
                update.step(step + 1, gradients)
            total += losses
            advance(trials)
        return _numbers(total / (stop - start))

    def backward(self, step: int) -> tuple[list[Tensor], Tensor]:
        """Gradients (L, ...) of each parameter that learns and losses (L,) of the minibatch before update `step`."""
        return self._backward(step, self._stack.buffers)

    def _backward(self, step: int, buffers: Tensors) -> tuple[list[Tensor], Tensor]:
        parameters = self._stack.parameters
        with blame(self.task.name, "model or loss", "a minibatch"):
            gradients, losses = self._gradients_and_losses(parameters, buffers, *self._minibatches.at(step))
        return [gradients[name].contiguous() for name in parameters], losses

    def evaluate(self, split: Split) -> tuple[Numbers, Numbers]:
        """(L,) losses and (L,) scores on a whole split."""
        at_once = lanes_at_once(self.task, self._activations, len(split.y))
        return evaluate(self.task, self._scored, self._stack, split, at_once)

    def keep(self, places: Sequence[int]) -> None:
        """Go on with the lanes at these places alone, stacked anew."""
        if len(places) == len(self.rows):
            return
        lanes = _paired(list(places))
        self.rows = [self.rows[lane] for lane in lanes]
        self._stack.keep(torch.tensor(lanes, dtype=torch.int64))
        self._minibatches.keep(torch.tensor(lanes, dtype=torch.int64))
        stepped, first = [], 0
        for update in self._updates:
            mine = [lane - update.first for lane in lanes if 0 <= lane - update.first < len(update)]
            if mine:
                update.keep(mine, [*self._stack.parameters.values()], first)
                first += len(mine)
                stepped.append(update)
        self._updates = stepped


def _paired(lanes: list[int]) -> list[int]:
    """A lane alone is run beside its own copy: one matrix product alone is rounded otherwise than in a batch."""
    return lanes * 2 if len(lanes) == 1 else lanes


def _numbers(values: Tensor) -> Numbers:
    return values.to(torch.float32).numpy()
