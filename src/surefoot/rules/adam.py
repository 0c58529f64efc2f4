"""Adam: momentum and RMSProp's scaling, both corrected for starting at zero."""

from surefoot.rules.domains import BiasCorrection, Decay, Epsilon, EpsPlace, Momentum, Rate
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value, debias, ema, root, sqrt


@facts(
    "Adam",
    "Kingma & Ba 2015, Algorithm 1",
    first_step="lr",
    scale_invariant=True,
    forms={
        "torch": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        "keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "bias_correction": "step"},
        "heavyball": {"eps_at": "maximum"},
    },
)
def adam(
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
    eps_at: EpsPlace = "outside",
    bias_correction: BiasCorrection = "moments",
) -> tuple[Value, Value, Value]:
    r"""m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t, \quad v_t = \beta_2 v_{t-1} + (1-\beta_2)\, g_t \odot g_t, \quad
    \hat m_t = m_t / (1-\beta_1^t), \quad \hat v_t = v_t / (1-\beta_2^t), \quad
    x_{t+1} = x_t - \eta\, \hat m_t / (\sqrt{\hat v_t} + \epsilon).

    With the correction at the step (the end of the paper's section 2), $\epsilon$ is added to $\sqrt{v_t}$ itself.
    """
    m = ema(m, g, beta1)
    v = ema(v, g * g, beta2)
    return x - adam_step(m, v, t, lr, beta1, beta2, eps, eps_at, bias_correction), m, v


def adam_step(
    m: Value,
    v: Value,
    t: Value,
    lr: Value | float,
    beta1: float,
    beta2: float,
    eps: float,
    eps_at: EpsPlace,
    bias_correction: BiasCorrection,
) -> Value:
    r"""The step \eta\, \hat m_t / (\sqrt{\hat v_t} + \epsilon) of Adam's family, from moments already updated."""
    if bias_correction == "moments":
        return lr * debias(m, beta1, t) / root(debias(v, beta2, t), eps, eps_at)
    if bias_correction == "step":
        lr = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    return lr * m / root(v, eps, eps_at)
