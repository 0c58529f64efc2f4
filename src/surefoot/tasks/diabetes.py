"""Progression of diabetes over a year: regression by a small network."""

import numpy as np
from torch import nn

from surefoot.tasks.scores import r2
from surefoot.tasks.splits import standardised
from surefoot.tasks.task import Task


def diabetes() -> Task:
    """442 patients, progression of diabetes by 10 measures: a network 10-32-1 with ReLU, squared error, scored by R2.

    X (n, 10) measures and y (n, 1) progression, both standardised on the training rows, so that the loss is in units of
    the target's variance. Split 60/20/20. The data is scikit-learn's copy of Efron, Hastie, Johnstone and Tibshirani's
    ("Least Angle Regression", 2004).
    """
    from sklearn.datasets import load_diabetes  # noqa: PLC0415 - loaded when first needed

    x, y = load_diabetes(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    parts = np.split(order, [round(0.6 * len(y)), round(0.8 * len(y))])
    x, y = standardised(x, parts[0]), standardised(y[:, None], parts[0])
    train, validation, test = ((x[rows], y[rows]) for rows in parts)
    return Task(
        name="diabetes",
        model=lambda: nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1)),
        loss=nn.functional.mse_loss,
        train=train,
        validation=validation,
        test=test,
        score=r2,
        batch_size=32,
        steps=400,
    )
