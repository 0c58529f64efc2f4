"""Duchi, Hazan & Singer's bound on AdaGrad's regret, computed along a run on sparse data."""

from math import sqrt

import numpy as np

from surefoot.diagnose.claims.chapter.adagrad_suits_sparse_gradients import Stream
from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find


def regret(lr: float) -> tuple[float, float]:
    """(regret, bound) against the weights that made the labels, whose hinge loss is 0."""
    stream = Stream.sparse(2000)
    walk = Walk(find("adagrad"), np.zeros(stream.features), lr=lr, eps=1e-12)
    losses, squares, reach = 0.0, np.zeros(stream.features), 0.0
    for t in range(stream.rounds):
        reach = max(reach, float(np.abs(walk.x - stream.truth).max()))
        loss, gradient = stream.hinge(walk.x, t)
        losses += loss
        squares += gradient**2
        walk.step(gradient)
    return losses, float((reach**2 / (2 * lr) + lr) * np.sqrt(squares).sum())


@claim(
    "AdaGrad's regret is at most (D^2/(2 lr) + lr) sum_j |g_(1:T,j)|, D the largest distance in any coordinate; at "
    "lr = D/sqrt(2), sqrt(2) D sum_j |g_(1:T,j)|.",
    "Duchi, Hazan & Singer 2011, Theorem 5",
)
def duchi() -> Evidence:
    """Hinge loss over 2,000 rounds with power-law features, at three learning rates."""
    figures = []
    for lr in (0.1, 1 / sqrt(2), 3.0):
        computed, bound = regret(lr)
        figures.append(Figure(f"regret at lr = {lr:.2g}", computed, "<", bound))
    return Evidence.of(*figures)
