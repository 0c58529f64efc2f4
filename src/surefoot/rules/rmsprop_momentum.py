"""RMSProp with momentum: the heavy ball on the scaled gradient."""

from typing import Annotated

from surefoot.rules.domains import Accumulator, Decay, Epsilon, EpsPlace, Momentum, Rate, Start
from surefoot.rules.facts import facts
from surefoot.rules.rmsprop import second_moment
from surefoot.rules.vocabulary import Value, root


@facts(
    "RMSPropMomentum",
    "Graves 2013, eq. 38-41",
    first_step="lr / sqrt(1 - beta2)",
    scale_invariant=True,
    forms={
        "torch": {"lr": 1e-2, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "eps_at": "outside"},
        "keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.9, "eps": 1e-7, "eps_at": "inside"},
    },
)
def rmsprop_momentum(
    x: Value,
    g: Value,
    G: Annotated[Value, Start("initial")],
    m: Value,
    b: Value,
    *,
    t: Value,
    lr: Rate = 1e-2,
    beta1: Momentum = 0.9,
    beta2: Decay = 0.9,
    eps: Epsilon = 1e-8,
    initial: Accumulator = 0.0,
    eps_at: EpsPlace = "inside",
    centered: bool = False,
) -> tuple[Value, Value, Value, Value]:
    r"""G_t = \beta_2 G_{t-1} + (1-\beta_2)\, g_t \odot g_t, \quad
    b_t = \beta_1 b_{t-1} + g_t / \sqrt{G_t + \epsilon}, \quad x_{t+1} = x_t - \eta\, b_t.

    Centered, the root is of the variance, as in RMSProp.
    """
    variance, G, m = second_moment(g, G, m, beta2, centered)
    b = beta1 * b + g / root(variance, eps, eps_at)
    return x - lr * b, G, m, b
