"""LAMB: AdamW's direction, with each tensor's step as long as the tensor's own norm says."""

from surefoot.rules.adam import adam_step
from surefoot.rules.domains import BiasCorrection, Coefficient, Decay, Epsilon, EpsPlace, Momentum, Rate
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value, ema, norm, where


@facts(
    "LAMB",
    "You et al. 2020 (arXiv:1904.00962v3), Algorithm 2, phi the identity",
    first_step="lr",
    scale_invariant=True,
    forms={
        "timm": {"eps": 1e-6, "weight_decay": 1e-2},
        "optax": {"eps": 1e-6, "weight_decay": 0.0},
        "apex": {"eps": 1e-6, "weight_decay": 1e-2},
    },
)
def lamb(
    x: Value,
    g: Value,
    m: Value,
    v: Value,
    *,
    t: Value,
    lr: Rate = 1e-3,
    beta1: Momentum = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-6,
    weight_decay: Coefficient = 1e-2,
    eps_at: EpsPlace = "outside",
    bias_correction: BiasCorrection = "moments",
) -> tuple[Value, Value, Value]:
    r"""u_t = \hat m_t / (\sqrt{\hat v_t} + \epsilon) + \lambda x_t, \quad
    x_{t+1} = x_t - \eta \frac{\|x_t\|}{\|u_t\|} u_t.

    Norms are over one tensor; where either is zero the ratio is 1. $\hat m_t$ and $\hat v_t$ are Adam's. timm and apex
    first clip the gradients of all tensors to a common norm of 1, and leave the ratio out where $\lambda = 0$.
    """
    m = ema(m, g, beta1)
    v = ema(v, g * g, beta2)
    u = adam_step(m, v, t, 1.0, beta1, beta2, eps, eps_at, bias_correction) + weight_decay * x
    length, stride = norm(x), norm(u)
    ratio = where(length > 0, where(stride > 0, length / stride, 1.0), 1.0)
    return x - lr * ratio * u, m, v
