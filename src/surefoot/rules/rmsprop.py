"""RMSProp: AdaGrad with a fading memory."""

from typing import Annotated

from surefoot.rules.domains import Accumulator, Decay, Epsilon, EpsPlace, Rate, Start
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value, ema, maximum, root


@facts(
    "RMSProp",
    "Tieleman & Hinton 2012, lecture 6.5; centered: Graves 2013, eq. 38-41",
    first_step="lr / sqrt(1 - beta)",
    scale_invariant=True,
    forms={
        "torch": {"lr": 1e-2, "beta": 0.99, "eps": 1e-8, "eps_at": "outside"},
        "keras": {"lr": 1e-3, "beta": 0.9, "eps": 1e-7, "eps_at": "inside"},
        "tensorflow 1": {"beta": 0.9, "eps": 1e-10, "eps_at": "inside", "initial": 1.0},
        "optax": {"beta": 0.9, "eps": 1e-8, "eps_at": "inside"},
    },
)
def rmsprop(
    x: Value,
    g: Value,
    G: Annotated[Value, Start("initial")],
    m: Value,
    *,
    t: Value,
    lr: Rate = 1e-2,
    beta: Decay = 0.9,
    eps: Epsilon = 1e-8,
    initial: Accumulator = 0.0,
    eps_at: EpsPlace = "inside",
    centered: bool = False,
) -> tuple[Value, Value, Value]:
    r"""G_t = \beta G_{t-1} + (1-\beta)\, g_t \odot g_t, \quad x_{t+1} = x_t - \eta\, g_t / \sqrt{G_t + \epsilon}.

    Centered, the root is of the variance $G_t - m_t^2$ with $m_t = \beta m_{t-1} + (1-\beta) g_t$, held at zero from
    below: rounding makes the difference negative under steady gradients.
    """
    variance, G, m = second_moment(g, G, m, beta, centered)
    return x - lr * g / root(variance, eps, eps_at), G, m


def second_moment(g: Value, G: Value, m: Value, beta: float, centered: bool) -> tuple[Value, Value, Value]:
    """What stands under the root, with the averages it is made of: of squares or, centered, less the mean's square."""
    G = ema(G, g * g, beta)
    if not centered:
        return G, G, m
    m = ema(m, g, beta)
    return maximum(G - m * m, 0.0), G, m
