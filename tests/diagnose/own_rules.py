"""Rules that diagnose has never seen, with what is known of each by hand."""

from surefoot.rules import Coefficient, Decay, Epsilon, Momentum, Rate, debias, ema, maximum, minimum, sign, sqrt, where


def nesterov(x, g, y, *, t, lr: Rate = 0.1, beta: Momentum = 0.9):
    """Nesterov's own two sequences, the gradient at x: x' = y' + beta (y' - y) with y' = x - lr g.

    With y = x at the fixed point, e' = (1 + b)(1 - a) e - b y, y' = (1 - a) e: p(-1) = 1 + (1+b)(1-a) + b(1-a) = 0,
    so a = 2 (1+b)/(1+2b).
    """
    new = x - lr * g
    return new + beta * (new - y), new


def adan(x, g, m, d, n, before, *, t, lr: Rate = 1e-3, b1: Momentum = 0.98, b2: Momentum = 0.92, b3: Decay = 0.99,
         eps: Epsilon = 1e-8):  # fmt: skip
    """Adan-like: averages of the gradient, of its differences, and of the square of both together."""
    difference = g - before
    m = ema(m, g, b1)
    d = ema(d, difference, b2)
    whole = g + b2 * difference
    n = ema(n, whole * whole, b3)
    return x - lr * (m + b2 * d) / (sqrt(n) + eps), m, d, n, g


def nadam(x, g, m, v, *, t, lr: Rate = 1e-3, beta1: Momentum = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    """NAdam without its schedule of momenta: at v = 0 it is lr/eps times torch's Nesterov average."""
    m = ema(m, g, beta1)
    v = ema(v, g * g, beta2)
    ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return x - lr * ahead / (sqrt(debias(v, beta2, t)) + eps), m, v


def signsgd(x, g, *, t, lr: Rate = 0.01):
    """Its steps have one length."""
    return x - lr * sign(g)


def lion(x, g, m, *, t, lr: Rate = 1e-3, beta1: Momentum = 0.9, beta2: Momentum = 0.99):
    """Chen et al. 2023."""
    return x - lr * sign(ema(m, g, beta1)), ema(m, g, beta2)


def decayed(x, g, *, t, lr: Rate = 0.1, weight_decay: Coefficient = 0.5):
    """Gradient descent on the loss with weight_decay/2 x^2 added: stable below 2/(h + weight_decay)."""
    return x - lr * (g + weight_decay * x)


def cooled(x, g, *, t, lr: Rate = 0.1):
    """A learning rate that falls for ever."""
    return x - lr / sqrt(t) * g


def warmed(x, g, *, t, lr: Rate = 0.1, warm: float = 100.0):
    """A learning rate that rises to lr and stays."""
    return x - lr * minimum(t / warm, 1.0) * g


def rprop(x, g, size, before, *, t, lr: Rate = 0.1):
    """Riedmiller & Braun's idea: no gradient's length in it."""
    size = where(before * g > 0, 1.2 * size, where(before * g < 0, 0.5 * size, maximum(size, lr)))
    return x - sign(g) * size, size, g


def halved(x, g, size, before, *, t, lr: Rate = 0.01):
    """Rprop with a first size only: the size falls for ever as the sign goes to and fro."""
    size = where(t <= 1, lr, size) * where(g * before > 0, 1.2, where(g * before < 0, 0.5, 1.0))
    return x - sign(g) * size, size, g


def clipped(x, g, *, t, lr: Rate = 0.1, most: float = 1.0):
    """Gradient descent whose gradients are cut to [-most, most]."""
    return x - lr * maximum(minimum(g, most), -most)


def adamax(x, g, m, u, *, t, lr: Rate = 2e-3, beta1: Momentum = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8):
    """Kingma & Ba 2015, Algorithm 2: the largest gradient of late instead of a root of squares."""
    m = ema(m, g, beta1)
    u = maximum(beta2 * u, abs(g))
    return x - lr * debias(m, beta1, t) / (u + eps), m, u


def cubed(x, g, *, t, lr: Rate = 0.1):
    """A step with no first order at the minimum."""
    return x - lr * g * g * g


def ascending(x, g, *, t, lr: Rate = 0.1):
    """The wrong way."""
    return x + lr * g


def without_rate(x, g, *, t, pace: float = 0.5):
    """A learning rate by another name, which is not declared as one."""
    return x - pace * g


def adagrad_with_momentum(x, g, m, total, *, t, lr: Rate = 0.1, beta: Momentum = 0.9, eps: Epsilon = 1e-8):
    """An accumulator under a momentum."""
    total = total + g * g
    m = ema(m, g, beta)
    return x - lr * m / (sqrt(total) + eps), m, total


EVERY = (
    nesterov, adan, nadam, signsgd, lion, decayed, cooled, warmed, rprop, clipped, adamax, cubed, ascending,
    without_rate, adagrad_with_momentum,
)  # fmt: skip
