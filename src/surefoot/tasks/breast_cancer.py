"""Breast cancer, malignant or benign: logistic regression."""

from torch import nn

from surefoot.tasks.scores import accuracy
from surefoot.tasks.splits import standardised, stratified
from surefoot.tasks.task import Task


def breast_cancer() -> Task:
    """569 tumours, malignant or benign, by 30 measures: logistic regression, cross entropy, scored by accuracy.

    X (n, 30) measures of cell nuclei, standardised on the training rows; y (n,) 0 malignant, 1 benign. The model has
    one output a class. Split 60/20/20 within each class. The data is scikit-learn's copy of UCI's "Breast Cancer
    Wisconsin (Diagnostic)" (Wolberg, Street and Mangasarian, 1995).
    """
    from sklearn.datasets import load_breast_cancer  # noqa: PLC0415 - loaded when first needed

    x, y = load_breast_cancer(return_X_y=True)
    parts = stratified(y)
    x = standardised(x, parts[0])
    train, validation, test = ((x[rows], y[rows]) for rows in parts)
    return Task(
        name="breast_cancer",
        model=lambda: nn.Linear(30, 2),
        loss=nn.functional.cross_entropy,
        train=train,
        validation=validation,
        test=test,
        score=accuracy,
        batch_size=32,
        steps=300,
    )
