"""torch's forms of the rules: its names for state and settings, its options composed around the rules themselves.

No formula stands here a second time. What torch calls an option of one optimizer is another rule (`momentum`,
`amsgrad`), or something done to the gradient or the parameter before the rule sees it (`weight_decay`, `dampening`).
"""

from typing import Annotated, Any, Literal

from surefoot.rules.adagrad import adagrad as our_adagrad
from surefoot.rules.adam import adam as our_adam
from surefoot.rules.amsgrad import amsgrad as our_amsgrad
from surefoot.rules.domains import Accumulator, Coefficient, Decay, Domain, Epsilon, Momentum, Rate, Start
from surefoot.rules.facts import facts
from surefoot.rules.lamb import lamb as our_lamb
from surefoot.rules.momentum import momentum as our_momentum
from surefoot.rules.rmsprop import rmsprop as our_rmsprop
from surefoot.rules.rmsprop_momentum import rmsprop_momentum as our_rmsprop_momentum
from surefoot.rules.sgd import sgd as our_sgd
from surefoot.rules.vocabulary import Value, where

WeightDecay = Literal["none", "coupled", "decoupled"]
Velocity = Literal["none", "heavy ball", "nesterov"]
Dampening = Annotated[float, Domain("how much of the gradient the momentum leaves out", 0, 1, False, False)]
RateDecay = Annotated[float, Domain("decay of the learning rate with the step count", 0, float("inf"), low_open=False)]


def _coupled(x: Value, g: Value, weight_decay: float, decay: WeightDecay) -> Value:
    """The gradient with the L2 penalty's, which then goes through the rule as any gradient does."""
    return g + weight_decay * x if decay == "coupled" else g


@facts("SGD", "torch.optim.SGD")
def sgd(
    x: Value,
    g: Value,
    momentum_buffer: Value,
    *,
    t: Value,
    lr: Rate = 1e-3,
    momentum: Momentum = 0.0,
    dampening: Dampening = 0.0,
    weight_decay: Coefficient = 0.0,
    velocity: Velocity = "none",
    decay: WeightDecay = "none",
) -> tuple[Value, ...]:
    """Gradient descent; the first step's momentum is the gradient, the later ones take in 1 - dampening of it."""
    g = _coupled(x, g, weight_decay, decay)
    if velocity == "none":
        return (*our_sgd(x, g, t=t, lr=lr), momentum_buffer)
    return our_momentum(
        x, where(t > 1, 1 - dampening, 1.0) * g, momentum_buffer, t=t, lr=lr, beta=momentum, form=velocity
    )


@facts("Adagrad", "torch.optim.Adagrad")
def adagrad(
    x: Value,
    g: Value,
    sum: Annotated[Value, Start("initial_accumulator_value")],
    *,
    t: Value,
    lr: Rate = 1e-2,
    lr_decay: RateDecay = 0.0,
    weight_decay: Coefficient = 0.0,
    initial_accumulator_value: Accumulator = 0.0,
    eps: Epsilon = 1e-10,
    decay: WeightDecay = "none",
) -> tuple[Value, ...]:
    """AdaGrad with a learning rate that falls as 1 / (1 + (t - 1) lr_decay)."""
    g = _coupled(x, g, weight_decay, decay)
    rate: Any = lr / (1 + (t - 1) * lr_decay)
    return our_adagrad(x, g, sum, t=t, lr=rate, eps=eps, initial=initial_accumulator_value, eps_at="outside")


@facts("RMSprop", "torch.optim.RMSprop; centered, the variance is held at zero from below")
def rmsprop(
    x: Value,
    g: Value,
    square_avg: Value,
    momentum_buffer: Value,
    grad_avg: Value,
    *,
    t: Value,
    lr: Rate = 1e-2,
    alpha: Decay = 0.99,
    eps: Epsilon = 1e-8,
    weight_decay: Coefficient = 0.0,
    momentum: Momentum = 0.0,
    centered: bool = False,
    moving: bool = False,
    decay: WeightDecay = "none",
) -> tuple[Value, ...]:
    """RMSProp, or its form with momentum."""
    g = _coupled(x, g, weight_decay, decay)
    if not moving:
        x, square_avg, grad_avg = our_rmsprop(
            x, g, square_avg, grad_avg, t=t, lr=lr, beta=alpha, eps=eps, eps_at="outside", centered=centered
        )
    else:
        x, square_avg, grad_avg, momentum_buffer = our_rmsprop_momentum(
            x, g, square_avg, grad_avg, momentum_buffer,
            t=t, lr=lr, beta1=momentum, beta2=alpha, eps=eps, eps_at="outside", centered=centered,
        )  # fmt: skip
    return x, square_avg, momentum_buffer, grad_avg


@facts("Adam", "torch.optim.Adam and AdamW")
def adam(
    x: Value,
    g: Value,
    exp_avg: Value,
    exp_avg_sq: Value,
    max_exp_avg_sq: Value,
    *,
    t: Value,
    lr: Rate = 1e-3,
    beta1: Momentum = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    weight_decay: Coefficient = 0.0,
    amsgrad: bool = False,
    decay: WeightDecay = "none",
) -> tuple[Value, ...]:
    """Adam or AMSGrad, with weight decay in the gradient or, decoupled, on the parameter."""
    g = _coupled(x, g, weight_decay, decay)
    if decay == "decoupled":
        x = x * (1 - lr * weight_decay)
    if amsgrad:
        return our_amsgrad(
            x, g, exp_avg, exp_avg_sq, max_exp_avg_sq,
            t=t, lr=lr, beta1=beta1, beta2=beta2, eps=eps, bias_correction="moments",
        )  # fmt: skip
    return (*our_adam(x, g, exp_avg, exp_avg_sq, t=t, lr=lr, beta1=beta1, beta2=beta2, eps=eps), max_exp_avg_sq)


@facts("LAMB", "You et al. 2020, in the manner of torch.optim.AdamW")
def lamb(
    x: Value,
    g: Value,
    exp_avg: Value,
    exp_avg_sq: Value,
    *,
    t: Value,
    lr: Rate = 1e-3,
    beta1: Momentum = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-6,
    weight_decay: Coefficient = 1e-2,
) -> tuple[Value, ...]:
    """LAMB under torch's names."""
    return our_lamb(x, g, exp_avg, exp_avg_sq, t=t, lr=lr, beta1=beta1, beta2=beta2, eps=eps, weight_decay=weight_decay)
