"""How a rule answers to gradients, found by running it: needed to say for whom the chapter's factors speak."""

from dataclasses import dataclass

import numpy as np

from surefoot.engines.cpu.kernel import Kernel
from surefoot.engines.graph import Graph
from surefoot.rules.rule import Rule

#: A spike this large, then so many steps on unit gradients; with beta2 = 0.999 its trace fades sevenfold meanwhile.
SPIKE = 1e3
STEPS = 2000
#: For so many steps gradients stay as they are until their effect is looked at.
SETTLED = 300

Steps = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Character:
    """How a rule, at its defaults, answers to the size of gradients.

    Attributes:
        adaptive: whether a parameter's steps are scaled by its own past gradients, so that gradients a thousand times
            as large as another's do not make steps a thousand times as large as the other's.
        fading: whether what it remembers of large gradients fades, so that steps grow back after them.

    >>> from surefoot.rules import find
    >>> [(c.adaptive, c.fading) for c in map(character, map(find, ("sgd", "adagrad", "rmsprop")))]
    [(False, False), (True, False), (True, True)]
    """

    adaptive: bool
    fading: bool


def character(rule: Rule) -> Character:
    """Run a rule on two parameters of one tensor, the first with other gradients than the second; look at its steps."""
    usual = np.ones((SETTLED, 2))
    first, second = _steps(rule, usual * (SPIKE, 1.0))[-1]
    adaptive = bool(first < second * SPIKE / 10)
    spiked = np.ones((STEPS, 2))
    spiked[0, 0] = SPIKE
    after = _steps(rule, spiked)[1:, 0]
    # Where nothing fades, steps after a spike fall, as momentum forgets it, or stand: the last is the least.
    return Character(adaptive, adaptive and bool(after[-1] > 1.5 * after.min()))


def _steps(rule: Rule, gradients: Steps) -> Steps:
    """Sizes of the steps that two parameters at 1 take; they are put back after each, so that only memory grows."""
    kernel = Kernel(Graph.of(rule), "float64")
    hyper = {name: rule.defaults[name] for name in rule.hyper}
    slots = np.zeros((len(kernel.slots), 2))
    for slot, name in rule.start.items():
        if slot in kernel.slots:
            slots[kernel.slots.index(slot)] = float(rule.defaults[name])
    plan = kernel.plan([2], [0])
    plan.table[:, 0] = slots.ctypes.data + slots.strides[0] * np.arange(len(slots))
    taken = np.empty_like(gradients)
    for t, gradient in enumerate(gradients, start=1):
        slots[0], slots[1] = 1.0, gradient
        plan.fill(0, kernel.uniforms(t, **hyper))
        plan.run(1)
        taken[t - 1] = abs(1.0 - slots[0])
    return taken
