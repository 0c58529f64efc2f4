"""Many steps of one rule by the reference engine."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.engines.graph import Graph
from surefoot.engines.numpy import run
from surefoot.rules import Rule
from surefoot.rules.rule import Setting

Numbers = NDArray[np.floating[Any]]


def walk(rule: Rule, x: object, grads: Iterable[object], **settings: Setting) -> Iterator[dict[str, Numbers]]:
    """The slots after each step along given gradients, in float64, from the rule's own start."""
    feed = iter(grads)
    return follow(rule, x, lambda _: next(feed), **settings)


def follow(
    rule: Rule, x: object, gradient: Callable[[Numbers], object], dtype: str = "float64", **settings: Setting
) -> Iterator[dict[str, Numbers]]:
    """The slots after each step along a gradient that depends on x, until it runs out."""
    chosen = rule.settings(settings)
    slots: dict[str, Numbers] = {"x": np.asarray(x, dtype)}
    for slot in Graph.of(rule, chosen).state:
        slots[slot] = np.full_like(slots["x"], float(chosen[rule.start[slot]]) if slot in rule.start else 0.0)
    t = 0
    while True:
        t += 1
        try:
            g = np.asarray(gradient(slots["x"]), dtype)
        except StopIteration:
            return
        slots = run(rule, {**slots, "g": np.broadcast_to(g, slots["x"].shape)}, t, dtype, **settings)
        yield slots
