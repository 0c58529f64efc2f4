"""AdaGrad: every parameter's step shrinks with the sum of its own squared gradients."""

from typing import Annotated

from surefoot.rules.domains import Accumulator, Epsilon, EpsPlace, Rate, Start
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value, root


@facts(
    "AdaGrad",
    "Duchi, Hazan & Singer 2011, with the chapter's epsilon",
    first_step="lr",
    scale_invariant=True,
    forms={
        "torch": {"lr": 1e-2, "eps": 1e-10, "eps_at": "outside"},
        "keras": {"lr": 1e-3, "eps": 1e-7, "eps_at": "inside", "initial": 0.1},
        "optax": {"eps": 1e-7, "eps_at": "inside", "initial": 0.1},
    },
)
def adagrad(
    x: Value,
    g: Value,
    G: Annotated[Value, Start("initial")],
    *,
    t: Value,
    lr: Rate = 1e-2,
    eps: Epsilon = 1e-8,
    initial: Accumulator = 0.0,
    eps_at: EpsPlace = "inside",
) -> tuple[Value, Value]:
    r"""G_t = G_{t-1} + g_t \odot g_t, \quad x_{t+1} = x_t - \eta\, g_t / \sqrt{G_t + \epsilon}."""
    G = G + g * g
    return x - lr * g / root(G, eps, eps_at), G
