"""Gradient descent with momentum: the heavy ball, its averaged form, and Nesterov's."""

from typing import Literal

from surefoot.rules.domains import Momentum, Rate
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value, ema

Form = Literal["heavy ball", "ema", "nesterov"]


@facts(
    "Momentum",
    "Polyak 1964; Nesterov 1983, as in Sutskever et al. 2013",
    first_step="lr * g",
    scale_invariant=False,
    forms={
        "torch": {"lr": 1e-3, "beta": 0.9, "form": "heavy ball"},
        "torch nesterov": {"lr": 1e-3, "beta": 0.9, "form": "nesterov"},
    },
)
def momentum(
    x: Value, g: Value, m: Value, *, t: Value, lr: Rate = 1e-2, beta: Momentum = 0.9, form: Form = "heavy ball"
) -> tuple[Value, Value]:
    r"""m_t = \beta m_{t-1} + g_t, \quad x_{t+1} = x_t - \eta m_t.

    The averaged form has $m_t = \beta m_{t-1} + (1-\beta) g_t$; Nesterov's steps along $\beta m_t + g_t$.
    """
    if form == "ema":
        m = ema(m, g, beta)
        return x - lr * m, m
    m = beta * m + g
    if form == "nesterov":
        return x - lr * (g + beta * m), m
    return x - lr * m, m
