"""An update rule of your own: `surefoot compare digits --optimizers adam,examples/my_rule.py:lion`."""

from surefoot.rules import Coefficient, Momentum, Rate, ema, facts, sign


@facts("Lion", "Chen et al. 2023, Algorithm 2")
def lion(
    x, g, m, *, t, lr: Rate = 1e-3, beta1: Momentum = 0.9, beta2: Momentum = 0.99, weight_decay: Coefficient = 1e-2
):
    r"""m_t = \beta_2 m_{t-1} + (1-\beta_2) g_t, \quad
    x_{t+1} = x_t - \eta \left(\mathrm{sign}(\beta_1 m_{t-1} + (1-\beta_1) g_t) + \lambda x_t\right).
    """
    step = sign(ema(m, g, beta1)) + weight_decay * x
    return x - lr * step, ema(m, g, beta2)
