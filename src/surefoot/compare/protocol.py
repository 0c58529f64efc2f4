"""What was done, so that a reader can judge it and anyone can do it again."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Protocol:
    """How a comparison was run; part of every answer.

    Attributes:
        task: the task's name.
        data_hash: hexadecimal digest of all three splits; equal for every optimizer and seed by construction.
        model: one line on the model (class and number of parameters).
        rows: number of rows in train, validation and test.
        batch_size, steps: rows a minibatch, updates a trial.
        trials: settings tried for each optimizer (the default one is the first).
        seeds: fresh seeds on which each optimizer's best setting was confirmed.
        metric: the score's name; `greater_is_better` its direction.
        search_seed, confirm_seeds: the seeds themselves.
        runner: `lanes` or `one by one`; `runner_reason` says why it is not lanes (empty where it is).
        versions: of surefoot, torch, numpy, llvmlite, python.
        machine: one line (processor, cores, threads used).
        pass_us: microseconds of one forward and backward pass of one model on a minibatch, measured once a store.
        trial_steps, seconds: work done and time taken for it by the runs that made this study (0 seconds when all came
            from the store).
    """

    task: str
    data_hash: str
    model: str
    rows: tuple[int, int, int]
    batch_size: int
    steps: int
    trials: int
    seeds: int
    metric: str
    greater_is_better: bool
    search_seed: int
    confirm_seeds: tuple[int, ...]
    runner: str
    runner_reason: str
    versions: Mapping[str, str]
    machine: str
    pass_us: float
    trial_steps: int
    seconds: float
