"""AdamW: Adam with the weight decay taken out of the gradient."""

from surefoot.rules.adam import adam
from surefoot.rules.domains import BiasCorrection, Coefficient, Decay, Epsilon, EpsPlace, Momentum, Rate
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value


@facts(
    "AdamW",
    "Loshchilov & Hutter 2019, Algorithm 2",
    first_step="lr",
    scale_invariant=True,
    forms={
        "torch": {"lr": 1e-3, "eps": 1e-8, "weight_decay": 1e-2},
        "optax": {"weight_decay": 1e-4},
        "keras": {"lr": 1e-3, "eps": 1e-7, "weight_decay": 4e-3, "bias_correction": "step"},
    },
)
def adamw(
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
    eps_at: EpsPlace = "outside",
    bias_correction: BiasCorrection = "moments",
) -> tuple[Value, Value, Value]:
    r"""x_{t+1} = (1 - \eta\lambda)\, x_t - \eta\, \hat m_t / (\sqrt{\hat v_t} + \epsilon).

    Adam on the decayed parameter. $\hat m_t$ and $\hat v_t$ are Adam's.
    """
    return adam(
        x * (1 - lr * weight_decay),
        g,
        m,
        v,
        t=t,
        lr=lr,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
        eps_at=eps_at,
        bias_correction=bias_correction,
    )
