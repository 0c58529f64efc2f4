"""Before the first trial: how trials are run, and what a step costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import torch

from surefoot.compare.runners.check import reason_not_batchable
from surefoot.compare.runners.memory import lanes_per_batch, memory_per_lane
from surefoot.compare.runners.one_by_one import Single
from surefoot.compare.store import Store
from surefoot.compare.trial import Trial
from surefoot.engines.graph import Graph
from surefoot.optim.make import from_rule
from surefoot.rules.catalogue import RULES
from surefoot.rules.rule import Rule
from surefoot.tasks.task import Task

#: Repetitions whose median is a cost, and seconds after which no more are made.
REPEATS = 30
PATIENCE = 1.0
#: Repetitions before these, that load what the others find loaded.
WARM = 3
#: Fewer lanes than these gain nothing.
SMALLEST_BATCH = 2


@dataclass(frozen=True)
class Cost:
    """What one optimizer costs on the task's model: a step's microseconds, and bytes of state for each parameter."""

    step_us: float
    bytes_per_parameter: float


@dataclass(frozen=True)
class Way:
    """How trials are run.

    Attributes:
        runner: `lanes` or `one by one`; reason: why not lanes, else empty.
        at_once: how many trials a batch has at most, and batch_bytes: the memory such a batch takes, estimated.
    """

    runner: str
    reason: str
    at_once: int
    batch_bytes: int


def remembered(store: Store, name: str, measure: Callable[[], Any]) -> Any:
    """What the store holds under this name, measured and put there if it holds nothing."""
    found = store.recall(name)
    if found is None:
        found = measure()
        store.remember(name, found)
    return found


def choose_way(task: Task, rules: Mapping[str, Rule], store: Store) -> Way:
    """Lanes where the model can be batched, else one by one. Decided by trying, once a store, never by the clock."""
    reason = remembered(
        store, f"not batchable {task.fingerprint} {torch.__version__}", lambda: reason_not_batchable(task)
    )
    of_one = max(memory_per_lane(task, rule) for rule in rules.values())
    if reason:
        return Way("one by one", reason, 1, of_one)
    at_once = lanes_per_batch(task, list(rules.values()))
    if at_once < SMALLEST_BATCH:
        reason = "the model is so large that its lanes would not fit in memory together"
        return Way("one by one", reason, 1, of_one)
    return Way("lanes", "", at_once, at_once * of_one)


def costs(task: Task, rules: Mapping[str, Rule], store: Store) -> dict[str, Cost]:
    """The cost of each optimizer on this task's model, measured once a store."""
    found = {}
    for name, rule in rules.items():
        graph = Graph.of(rule)
        step_us = remembered(store, f"step_us {task.fingerprint} {graph.text()}", partial(_step_us, task, rule))
        width = max(p.element_size() for p in task.build(0).parameters())
        found[name] = Cost(float(step_us), float(len(graph.state) * width))
    return found


def _step_us(task: Task, rule: Rule) -> float:
    parameters = [p for p in task.build(0).parameters() if p.requires_grad]
    for p in parameters:
        p.grad = torch.full_like(p, 1e-3)
    optimizer = from_rule(rule)(parameters)
    return _microseconds(lambda step: optimizer.step(), torch.get_num_threads())


def pass_us(task: Task, store: Store) -> float:
    """Microseconds of one forward and backward pass of one model on a minibatch, measured once a store.

    With all of torch's threads or with one, whichever is quicker: threads that wait for each other on a busy machine
    make a small model a hundred times as slow, which says nothing of the model.
    """
    return float(remembered(store, f"pass_us {task.fingerprint}", partial(_pass_us, task)))


def _pass_us(task: Task) -> float:
    trial, threads = Trial("sgd", 0, RULES["sgd"].settings(), seed=0, phase="search"), torch.get_num_threads()
    single = Single(task, trial, RULES["sgd"], WARM + REPEATS)
    try:
        with torch.random.fork_rng(devices=[]):
            return min(_microseconds(single.backward, of) for of in {1, threads})
    finally:
        torch.set_num_threads(threads)


def _microseconds(work: Callable[[int], object], threads: int) -> float:
    """The median time of `work(0)`, `work(1)` and so on, the first few not counted."""
    torch.set_num_threads(threads)
    times: list[float] = []
    begun = perf_counter()
    while len(times) < WARM + REPEATS and (len(times) <= WARM or perf_counter() - begun < PATIENCE):
        start = perf_counter()
        work(len(times))
        times.append(perf_counter() - start)
    return median(times[WARM:]) * 1e6
