"""Stochastic gradient descent, the ground that all the others stand on."""

from surefoot.rules.domains import Rate
from surefoot.rules.facts import facts
from surefoot.rules.vocabulary import Value


@facts("SGD", "Robbins & Monro 1951", first_step="lr * g", scale_invariant=False, forms={"torch": {"lr": 1e-3}})
def sgd(x: Value, g: Value, *, t: Value, lr: Rate = 1e-1) -> tuple[Value]:
    r"""x_{t+1} = x_t - \eta g_t."""
    return (x - lr * g,)
