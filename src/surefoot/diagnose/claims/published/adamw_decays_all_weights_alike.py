"""Decay within the gradient and beside it, under gradients of unlike size."""

from collections.abc import Callable

import numpy as np

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Array, walk
from surefoot.rules import Coefficient, Decay, Epsilon, Momentum, Rate, Rule, Value
from surefoot.rules.adam import adam
from surefoot.rules.adamw import adamw

SIZES = np.array([0.1, 10.0])  # of the gradients of two weights


def adam_with_penalty(
    x: Value,
    g: Value,
    m: Value,
    v: Value,
    *,
    t: Value,
    lr: Rate = 1e-3,
    beta1: Momentum = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    weight_decay: Coefficient = 1e-2,
) -> tuple[Value, Value, Value]:
    """Adam on the loss plus weight_decay/2 |x|^2, as decay was done before."""
    return adam(x, g + weight_decay * x, m, v, t=t, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


def shrinkage(rule: Callable[..., tuple[Value, ...]]) -> float:
    """How much of the first weight decay takes by how much of the second, from 1, under alternating gradients."""
    signs = np.tile([1.0, -1.0], 1000)

    def path(decay: float) -> Array:
        return walk(Rule.of(rule), lambda x, t: SIZES * signs[t - 1], np.ones(2), 2000, weight_decay=decay)

    lost = path(0.0)[-1] - path(0.01)[-1]
    return float(lost[0] / lost[1])


@claim(
    "With a penalty in the gradient Adam decays weights with large gradients less; AdamW decays all alike.",
    "Loshchilov & Hutter 2019, section 2 and Proposition 3",
)
def decay() -> Evidence:
    """Two weights whose gradients differ a hundredfold, for 2,000 steps."""
    return Evidence.of(
        Figure("AdamW: loss of the one weight by the other's", shrinkage(adamw), "=", 1.0, 1e-6),
        Figure("Adam with a penalty: the same", shrinkage(adam_with_penalty), "=", 100.0, 0.1),
    )
