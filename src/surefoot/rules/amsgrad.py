"""AMSGrad: Adam whose second moment never falls."""

from typing import Literal

from surefoot.rules.adam import adam_step
from surefoot.rules.domains import BiasCorrection, Decay, Epsilon, EpsPlace, Momentum, Rate
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value, debias, ema, maximum

MaximumOf = Literal["v", "v_hat"]


@facts(
    "AMSGrad",
    "Reddi, Kale & Kumar 2018, Algorithm 2",
    first_step="lr * (1 - beta1) / sqrt(1 - beta2)",
    scale_invariant=True,
    forms={
        "torch": {"bias_correction": "moments"},
        "keras": {"eps": 1e-7, "bias_correction": "step"},
        "optax": {"bias_correction": "moments", "maximum_of": "v_hat"},
    },
)
def amsgrad(
    x: Value,
    g: Value,
    m: Value,
    v: Value,
    v_max: Value,
    *,
    t: Value,
    lr: Rate = 1e-3,
    beta1: Momentum = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    eps_at: EpsPlace = "outside",
    bias_correction: BiasCorrection = "none",
    maximum_of: MaximumOf = "v",
) -> tuple[Value, Value, Value, Value]:
    r"""\hat v_t = \max(\hat v_{t-1}, v_t), \quad x_{t+1} = x_t - \eta\, m_t / (\sqrt{\hat v_t} + \epsilon).

    $m_t$ and $v_t$ are Adam's. The paper corrects no bias; torch and Keras correct it after the maximum over $v_t$,
    optax takes the maximum over the corrected $v_t$.
    """
    m = ema(m, g, beta1)
    v = ema(v, g * g, beta2)
    if maximum_of == "v_hat":
        v_max = maximum(v_max, debias(v, beta2, t))
        return x - adam_step(debias(m, beta1, t), v_max, t, lr, beta1, beta2, eps, eps_at, "none"), m, v, v_max
    v_max = maximum(v_max, v)
    return x - adam_step(m, v_max, t, lr, beta1, beta2, eps, eps_at, bias_correction), m, v, v_max
