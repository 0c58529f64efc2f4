"""How many lanes a batch may have: counted, never timed, so that the same task is always cut the same way.

A batch must fit in memory; and since it is what a stopped comparison may lose, a batch of long trials has fewer lanes.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from surefoot.compare.runners.blame import blame
from surefoot.rules.rule import Rule
from surefoot.tasks.task import Task

#: Bytes that the lanes of one batch may take together, and lanes beyond which no more is gained.
BUDGET = 1 << 30
MOST_LANES = 256

#: Multiplications and additions of one batch beyond which it is cut, some minutes' worth on two cores; but not to fewer
#: lanes than still pay.
WORK = 10**13
FEWEST_LANES = 16

#: Bytes that the lanes evaluated at once may take together.
NEAR = 1 << 24


def activation_bytes(task: Task) -> int:
    """Bytes that one model saves for its backward pass on one minibatch; parameters not counted.

    Raises:
        UserError: if the model or the loss fails on a minibatch.
    """
    model = task.build(0)
    own = {p.data_ptr() for p in model.parameters()}
    saved: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        saved.append(tensor.detach())
        return tensor

    x, y = (part[: task.batch_size] for part in task.train)
    with saved_tensors_hooks(keep, lambda tensor: tensor), torch.random.fork_rng(devices=[]):
        with blame(task.name, "model", "the first minibatch"):
            output = model(x)
        with blame(task.name, "loss", "the first minibatch"):
            task.loss(output, y)
    sizes = {t.data_ptr(): t.numel() * t.element_size() for t in saved if t.data_ptr() not in own}
    return sum(sizes.values())


def memory_per_lane(task: Task, rule: Rule) -> int:
    """Bytes of one more lane in training: parameters, gradients, a copy in flight, state, and the activations twice.

    Raises:
        UserError: if the model or the loss fails on a minibatch.
    """
    return _parameter_bytes(task) * (3 + len(rule.state)) + 2 * activation_bytes(task)


def lanes_per_batch(task: Task, rules: Sequence[Rule]) -> int:
    """How many lanes one batch may have, whichever of the rules they follow: at least 1, at most 256.

    Raises:
        UserError: if the model or the loss fails on a minibatch.
    """
    largest = memory_per_lane(task, max(rules, key=lambda rule: len(rule.state)))
    pays = max(FEWEST_LANES, WORK // _work_per_lane(task))
    return max(1, min(MOST_LANES, pays, BUDGET // largest))


def _work_per_lane(task: Task) -> int:
    """About the operations of one trial: two a parameter and row forward, four backward. Shared weights count once."""
    parameters = sum(p.numel() for p in task.build(0).parameters())
    return 6 * parameters * task.batch_size * task.steps


def lanes_at_once(task: Task, activations: int, rows: int) -> int:
    """How many lanes to evaluate at once on a split of so many rows, at least 1, if a minibatch has these activations.

    Few enough that they stay near the processor: all 256 lanes of the digits at once take twice as long.
    """
    return max(1, NEAR * task.batch_size // max(1, activations * rows))


def _parameter_bytes(task: Task) -> int:
    model = task.build(0)
    return sum(t.numel() * t.element_size() for t in (*model.parameters(), *model.buffers()))
