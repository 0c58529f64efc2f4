"""Contenders timed side by side: in turn, in one process, so that whatever else the machine does hits all alike."""

import gc
from collections.abc import Callable, Mapping
from random import Random
from time import perf_counter
from typing import TypedDict

import numpy as np

Action = Callable[[], object]


class Spread(TypedDict):
    """Seconds of one contender: the median and the quartiles of that many rounds."""

    median: float
    low: float
    high: float
    rounds: int


def interleaved(
    contenders: Mapping[str, Action], rounds: int, warmup: int = 3, before: Action | None = None
) -> dict[str, Spread]:
    """Call every contender once a round and time each call, after some rounds that do not count.

    The order is drawn anew each round (the same in every run): one contender's threads may still spin, and its data
    lie in the cache, when the next one starts, and no contender shall always have the same one before it.

    Args:
        before: called, untimed, before every call.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    names, order = list(contenders), Random(0)
    gc.collect()
    gc.disable()
    try:
        for turn in range(-warmup, rounds):
            order.shuffle(names)
            for name in names:
                if before is not None:
                    before()
                start = perf_counter()
                contenders[name]()
                took = perf_counter() - start
                if turn >= 0:
                    seconds[name].append(took)
    finally:
        gc.enable()
    return {name: spread(times) for name, times in seconds.items()}


def spread(seconds: list[float]) -> Spread:
    """The median and the quartiles of some times.

    >>> spread([3.0, 1.0, 2.0, 5.0, 4.0])
    {'median': 3.0, 'low': 2.0, 'high': 4.0, 'rounds': 5}
    """
    low, median, high = map(float, np.percentile(seconds, [25, 50, 75]))
    return Spread(median=median, low=low, high=high, rounds=len(seconds))
