"""Handwritten digits: a small network of one hidden layer."""

from torch import nn

from surefoot.tasks.scores import accuracy
from surefoot.tasks.splits import standardised, stratified
from surefoot.tasks.task import Task


def digits() -> Task:
    """1,797 handwritten digits of 8 x 8 pixels: a network 64-64-10 with ReLU, cross entropy, scored by accuracy.

    X (n, 64) pixels, standardised on the training rows; y (n,) classes 0 to 9. Split 60/20/20 within each class. The
    data is scikit-learn's copy of the UCI "Optical Recognition of Handwritten Digits" test set (Alpaydin and Kaynak).
    """
    from sklearn.datasets import load_digits  # noqa: PLC0415 - loaded when first needed

    x, y = load_digits(return_X_y=True)
    parts = stratified(y)
    x = standardised(x, parts[0])
    train, validation, test = ((x[rows], y[rows]) for rows in parts)
    return Task(
        name="digits",
        model=lambda: nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)),
        loss=nn.functional.cross_entropy,
        train=train,
        validation=validation,
        test=test,
        score=accuracy,
        batch_size=64,
        steps=600,
    )
