"""Processes that each search with Optuna: a study in memory, torch with one thread, the plain loop as the objective."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter

import torch

from benchmarks.plain_loop import minibatches, train
from surefoot.compare.runners.checkpoints import checkpoints
from surefoot.rules.catalogue import RULES
from surefoot.tasks.digits import digits


@contextmanager
def workers(count: int, seed: int, steps: int) -> Iterator[list[Connection]]:
    """Processes that have started, built the task and run one trial. Send a number of trials, receive seconds."""
    context = get_context("spawn")
    pipes, processes = [], []
    for _ in range(count):
        mine, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, seed, steps), daemon=True)
        process.start()
        theirs.close()  # so that a worker's death ends the waiting
        pipes.append(mine)
        processes.append(process)
    try:
        for pipe in pipes:
            pipe.recv()
        yield pipes
        for pipe in pipes:
            pipe.send(0)
        for process in processes:
            process.join()
    finally:
        for process in processes:
            process.terminate()


def _work(pipe: Connection, seed: int, steps: int) -> None:
    import optuna  # noqa: PLC0415 - only this process needs it

    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    task = digits()
    batches, looks = minibatches(task, seed, steps), frozenset(map(int, checkpoints(steps)))
    adam = RULES["adam"]

    def objective(trial: optuna.Trial) -> float:
        settings = {name: float(adam.defaults[name]) for name in ("lr", "beta1", "beta2", "eps")}
        for name in ("lr", "eps"):
            low, high = adam.hyper[name].limits(settings[name])
            settings[name] = trial.suggest_float(name, low, high, log=True)
        return train(task, settings, seed, batches, looks)[-1][1]

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=1)
    pipe.send("ready")
    while trials := pipe.recv():
        start = perf_counter()
        study.optimize(objective, n_trials=trials)
        pipe.send(perf_counter() - start)
