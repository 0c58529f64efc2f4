"""How often an optimizer that is as good as the best is told apart from it: decision 0004 reports these figures."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from surefoot.compare.judging.statistics import confidence_set_p, sign_flip_p

SEEDS, OPTIMIZERS, STUDIES = 10, 8, 2000
Draw = Callable[[np.random.Generator], NDArray[np.float64]]


def normal(rng: np.random.Generator) -> NDArray[np.float64]:
    """Scores of eight equal optimizers, correlated within a seed."""
    return rng.normal(size=(SEEDS, 1)) + rng.normal(size=(SEEDS, OPTIMIZERS))


def unequal_noise(rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.normal(size=(SEEDS, OPTIMIZERS)) * np.geomspace(0.2, 5, OPTIMIZERS)


def skewed(rng: np.random.Generator) -> NDArray[np.float64]:
    return -rng.exponential(size=(SEEDS, OPTIMIZERS))


def coarse(rng: np.random.Generator) -> NDArray[np.float64]:
    return np.round(normal(rng))


def four_worse(rng: np.random.Generator) -> NDArray[np.float64]:
    return normal(rng) - np.array([0, 0, 0, 0, 1, 1.5, 2, 3])


def seven_worse(rng: np.random.Generator) -> NDArray[np.float64]:
    return normal(rng) - np.array([0, *[1.5] * 7])


def holm_against_the_best(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """What we do not do: sign flips of each against the best of the same data, Holm-adjusted."""
    best = scores.mean(axis=0).argmax()
    others = [j for j in range(scores.shape[1]) if j != best]
    raw = np.array([sign_flip_p(scores[:, best] - scores[:, j]) for j in others])
    order = np.argsort(raw)
    adjusted = np.maximum.accumulate(raw[order] * np.arange(len(others), 0, -1))
    p = np.ones(scores.shape[1])
    p[np.array(others)[order]] = np.minimum(adjusted, 1)
    return p


@cache
def measure(test: Callable[[NDArray[np.float64]], NDArray[np.float64]], draw: Draw, equal: int) -> tuple[float, float]:
    """Share of studies that set any of the first `equal` optimizers apart, and mean share of the others set apart."""
    rng = np.random.default_rng(0)
    apart = np.array([test(draw(rng)) < 0.05 for _ in range(STUDIES)])
    rest = apart[:, equal:]
    return float(apart[:, :equal].any(axis=1).mean()), float(rest.mean()) if rest.size else 0.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "equal"), [(normal, 8), (unequal_noise, 8), (skewed, 8), (coarse, 8), (four_worse, 4), (seven_worse, 1)]
)
def test_an_optimizer_as_good_as_the_best_is_set_apart_in_at_most_a_twentieth_of_studies(
    draw: Draw, equal: int
) -> None:
    error, _ = measure(confidence_set_p, draw, equal)
    assert error <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / STUDIES)


@pytest.mark.slow
def test_holms_adjustment_against_a_best_picked_by_the_same_data_is_not_enough() -> None:
    error, _ = measure(holm_against_the_best, normal, equal=8)
    assert error > 0.075


@pytest.mark.slow
@pytest.mark.parametrize(("draw", "equal"), [(four_worse, 4), (seven_worse, 1)])
def test_worse_optimizers_are_found_at_least_as_often_as_by_holm(draw: Draw, equal: int) -> None:
    assert measure(confidence_set_p, draw, equal)[1] >= measure(holm_against_the_best, draw, equal)[1]


if __name__ == "__main__":  # the figures of the decision record
    for draw, equal in ((normal, 8), (unequal_noise, 8), (skewed, 8), (coarse, 8), (four_worse, 4), (seven_worse, 1)):
        for test in (holm_against_the_best, confidence_set_p):
            print(draw.__name__, test.__name__, *(f"{value:.3f}" for value in measure(test, draw, equal)))
