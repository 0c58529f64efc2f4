"""How a rule answers to gradients, found by running it: needed to say for whom the chapter's factors speak."""

from dataclasses import dataclass

import numpy as np

from surefoot.engines.cpu.kernel import Kernel
from surefoot.engines.graph import Graph
from surefoot.rules.rule import Rule

#: A spike this large, then so many steps on unit gradients; with beta2 = 0.999 its trace fades sevenfold meanwhile.
SPIKE = 1e3
STEPS = 2000
#: When the trace of the spike is looked at first: momentum's own memory of it is gone by then.
SETTLED = 300


@dataclass(frozen=True)
class Character:
    """How a rule, at its defaults, answers to the size of gradients.

    Attributes:
        adaptive: whether a parameter's steps are scaled by its own past gradients, so that gradients a thousand times
            as large do not make steps a thousand times as large.
        fading: whether what it remembers of large gradients fades, so that steps grow back after them.

    >>> from surefoot.rules import find
    >>> [(c.adaptive, c.fading) for c in map(character, map(find, ("sgd", "adagrad", "adam")))]
    [(False, False), (True, False), (True, True)]
    """

    adaptive: bool
    fading: bool


def character(rule: Rule) -> Character:
    """Run a rule on three sequences of gradients and look at its steps."""
    ones = np.ones(SETTLED)
    usual, large = (_steps(rule, scale * ones)[-1] for scale in (1.0, SPIKE))
    after_spike = _steps(rule, np.concatenate([[SPIKE], np.ones(STEPS)]))
    adaptive = bool(large < usual * SPIKE / 10)
    return Character(adaptive, adaptive and bool(after_spike[-1] > 1.5 * after_spike[SETTLED]))


def _steps(rule: Rule, gradients: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """Sizes of the steps that a parameter at 1 takes; it is put back after each, so that only memory grows."""
    kernel = Kernel(Graph.of(rule), "float64")
    hyper = {name: rule.defaults[name] for name in rule.hyper}
    slots = np.zeros(len(kernel.slots))
    for slot, name in rule.start.items():
        if slot in kernel.slots:
            slots[kernel.slots.index(slot)] = float(rule.defaults[name])
    plan = kernel.plan([1], [0])
    plan.table[:, 0] = slots.ctypes.data + 8 * np.arange(len(slots))
    taken = []
    for t, gradient in enumerate(gradients, start=1):
        slots[:2] = 1.0, gradient
        plan.fill(0, kernel.uniforms(t, **hyper))
        plan.run(1)
        taken.append(abs(1.0 - float(slots[0])))
    return taken
