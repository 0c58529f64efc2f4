"""Default settings on real data, against learning rates around them."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find

Array = NDArray[np.float64]
ROWS, BATCH, FEW, MANY = 1200, 64, 100, 2400


@cache
def digits() -> tuple[Array, Array]:
    """scikit-learn's digits, shuffled: (rows, 65) features with a constant, (rows, 10) one-hot labels."""
    from sklearn.datasets import load_digits  # noqa: PLC0415 - only this claim needs it

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    return np.c_[pixels / 16, np.ones(len(labels))][order], np.eye(10)[labels][order]


def accuracies(rule: str, factor: float) -> tuple[float, float]:
    """Held-out accuracy of softmax regression after a few and after many minibatches, at a factor of the default lr."""
    features, labels = digits()
    random = np.random.default_rng(1)
    walk = Walk(find(rule), np.zeros((65, 10)), lr=float(find(rule).defaults["lr"]) * factor)
    found = []
    for t in range(1, MANY + 1):
        batch = random.integers(0, ROWS, BATCH)
        scores = features[batch] @ walk.x
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        walk.step(features[batch].T @ (odds / odds.sum(axis=1, keepdims=True) - labels[batch]) / BATCH)
        if t in (FEW, MANY):
            guesses = (features[ROWS:] @ walk.x).argmax(axis=1)
            found.append(float((guesses == labels[ROWS:].argmax(axis=1)).mean()))
    return found[0], found[1]


@claim(
    "Adaptive methods' default values often work reasonably well.",
    "the chapter, on hyperparameter tuning",
    "holds when RMSProp, Adam and AdamW get steps enough; AdaGrad's default is short even then",
    heavy=True,
)
def defaults() -> Evidence:
    """Accuracy lost at the default lr against the best of 1/10 to 100 times it, softmax regression on digits."""
    many: dict[str, Figure] = {}
    few: dict[str, Figure] = {}
    for name in ("adagrad", "rmsprop", "adam", "adamw"):
        tried = {factor: accuracies(name, factor) for factor in (0.1, 1.0, 10.0, 100.0)}
        for figures, at, steps in ((few, 0, FEW), (many, 1, MANY)):
            lost = max(found[at] for found in tried.values()) - tried[1.0][at]
            figures[name] = Figure(f"{name}: accuracy lost at its default after {steps} steps", lost, "<", 0.05)
    short = many.pop("adagrad")
    return Evidence(tuple(many.values()), (short, *few.values()))
