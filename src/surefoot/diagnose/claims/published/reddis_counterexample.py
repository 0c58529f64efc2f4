"""Reddi, Kale & Kumar's problem on which Adam goes to the worst point, and AMSGrad to the best."""

from collections.abc import Callable
from math import pi
from typing import Any

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.engines.field import Field
from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.rules import Decay, Momentum, Rate, Rule, Value, maximum, minimum, sqrt, where
from surefoot.rules.adam import adam
from surefoot.rules.amsgrad import amsgrad
from surefoot.rules.vocabulary import cos

STEPS = 1_000_000
TURN = 2 * pi / 101


def mostly_downhill(x: Value, *, t: Value) -> Value:
    """1010 x if t mod 101 is 1, else -10 x: over a period it rises by 10 x, so that -1 is best on [-1, 1]."""
    return where(cos((t - 1) * TURN) > 1 - 1e-3, 1010.0, -10.0) * x


def projected_adam(
    x: Value, g: Value, m: Value, v: Value, *, t: Value, lr: Rate = 0.5, beta1: Momentum = 0.9, beta2: Decay = 0.99
) -> tuple[Value, ...]:
    """Adam as analysed there, at lr/sqrt(t), x brought back to [-1, 1]: in one dimension every norm projects alike."""
    x, m, v = adam(x, g, m, v, t=t, lr=rate_at(t, lr), beta1=beta1, beta2=beta2, eps=0.0, bias_correction="none")
    return clamp(x), m, v


def projected_amsgrad(
    x: Value,
    g: Value,
    m: Value,
    v: Value,
    v_max: Value,
    *,
    t: Value,
    lr: Rate = 0.5,
    beta1: Momentum = 0.9,
    beta2: Decay = 0.99,
) -> tuple[Value, ...]:
    """AMSGrad likewise."""
    x, *state = amsgrad(x, g, m, v, v_max, t=t, lr=rate_at(t, lr), beta1=beta1, beta2=beta2, eps=0.0)
    return clamp(x), *state


def rate_at(t: Value, lr: float) -> Any:
    """The learning rate of step t."""
    return lr / sqrt(t)


def clamp(x: Value) -> Value:
    """The nearest point of [-1, 1]."""
    return minimum(maximum(x, -1.0), 1.0)


def end(rule: Callable[..., tuple[Value, ...]]) -> float:
    """Where a million steps from 0 lead."""
    return float(Orbits(compose(Rule.of(rule), Field.of(mostly_downhill))).run([[0.0]], STEPS).x[0, 0])


@claim(
    "Adam need not converge to the best point even on a convex problem in one dimension; AMSGrad does.",
    "Reddi, Kale & Kumar 2018, section 3 and Figure 1",
)
def reddi() -> Evidence:
    """F = [-1, 1], betas 0.9 and 0.99, lr 0.5/sqrt(t), a million steps."""
    return Evidence.of(
        Figure("Adam ends at", end(projected_adam), ">", 0.9),
        Figure("AMSGrad ends at", end(projected_amsgrad), "<", -0.9),
    )
