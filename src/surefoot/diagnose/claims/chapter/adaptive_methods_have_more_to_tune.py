"""Hyperparameters, counted."""

from surefoot.diagnose.claims.claim import Evidence, Figure, claim
from surefoot.rules import find


def searched(rule: str) -> int:
    """Hyperparameters that a search would move."""
    return sum(domain.searched for domain in find(rule).hyper.values())


@claim(
    "Adaptive methods often have more hyperparameters to tune.",
    "the chapter, on hyperparameter tuning",
)
def more() -> Evidence:
    """Against momentum's two: AdaGrad has as many, the others more."""
    names = ("rmsprop", "adam", "amsgrad", "adamw", "lamb")
    return Evidence.of(
        Figure("momentum's", float(searched("momentum")), "=", 2.0),
        *(Figure(f"{name}'s", float(searched(name)), ">", 2.0) for name in names),
    )
