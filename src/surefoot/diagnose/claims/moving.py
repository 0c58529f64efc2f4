"""Minima that move, and how closely a rule follows."""

from collections.abc import Callable, Sequence
from math import pi
from typing import Any

import numpy as np

from surefoot.diagnose.claims.lanes import Array, paths
from surefoot.rules import Value, find, where
from surefoot.rules.vocabulary import sin

PERIOD, STEPS, SWITCH = 400, 4000, 500


def swaying(x: Value, *, t: Value) -> Value:
    """A bowl whose minimum swings between -1 and 1."""
    error = x - sin(t * (2 * pi / PERIOD))
    return 0.5 * error * error


def calming(x: Value, *, t: Value) -> Value:
    """The same, a thousand times as steep for the first 500 steps."""
    return where(t < SWITCH, 1000.0, 1.0) * swaying(x, t=t)


def misses(rule: str, landscape: Callable[..., Any], rates: Sequence[float]) -> Array:
    """Mean |x - minimum| over the second half of 4,000 steps, for each learning rate; infinite where not finite."""
    path = paths(find(rule), landscape, (0.0,), STEPS, rates)[:, 0]
    minimum = np.sin(2 * np.pi * np.arange(1, STEPS + 1) / PERIOD)
    tail = np.clip(np.abs(path - minimum[:, np.newaxis])[STEPS // 2 :], 0, 1e9)
    mean = tail.mean(axis=0)
    return np.where(mean < 1e3, mean, np.inf)
