"""Wilson et al.'s construction: adaptive methods fit the training set and predict one class for ever."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.diagnose.claims.walk import Walk
from surefoot.rules import find

Array = NDArray[np.float64]
POSITIVE, NEGATIVE = 36, 24


def training_set() -> tuple[Array, Array]:
    """Rows: the label; 1; 1; then features that no other row has: one if positive, five if negative."""
    labels = np.repeat([1.0, -1.0], [POSITIVE, NEGATIVE])
    rows = np.zeros((len(labels), 3 + 5 * len(labels)))
    for i, label in enumerate(labels):
        rows[i, :3] = label, 1, 1
        rows[i, 3 + 5 * i : 3 + 5 * i + (1 if label > 0 else 5)] = 1
    return rows[:, rows.any(axis=0)], labels


def errors(rule: str, steps: int, **settings: Any) -> tuple[float, float]:
    """(training error, test error) of least squares from 0; an unseen row has only the first three features."""
    rows, labels = training_set()
    walk = Walk(find(rule), np.zeros(rows.shape[1]), **settings)
    for _ in range(steps):
        walk.step(rows.T @ (rows @ walk.x - labels) / len(labels))
    training = float(np.mean(np.sign(rows @ walk.x) != labels))
    unseen = np.array([[1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]]) @ walk.x[:3]
    wrong = np.sign(unseen) != [1.0, -1.0]
    return training, float(wrong @ [POSITIVE, NEGATIVE]) / len(labels)


@claim(
    "On a separable least-squares problem gradient descent reaches test error 0 and AdaGrad, RMSProp and Adam the "
    "minority class's rate, all with training error 0.",
    "Wilson, Roelofs, Stern, Srebro & Recht 2017, section 3.3",
)
def wilson() -> Evidence:
    """60 rows, 40% of them negative."""
    runs = {
        "gradient descent": ("sgd", 4000, {"lr": 0.3}, 0.0),
        "momentum": ("momentum", 1000, {"lr": 0.1}, 0.0),
        "AdaGrad": ("adagrad", 3000, {"lr": 0.1}, 0.4),
        "RMSProp": ("rmsprop", 3000, {"lr": 0.001}, 0.4),
        "Adam": ("adam", 3000, {"lr": 0.001}, 0.4),
    }
    figures = []
    for name, (rule, steps, settings, published) in runs.items():
        training, test = errors(rule, steps, **settings)
        figures.append(Figure(f"{name}: training error", training, "=", 0.0))
        figures.append(Figure(f"{name}: test error", test, "=", published))
    return Evidence.of(*figures)
