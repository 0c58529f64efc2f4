"""Estimators against closed forms, brute force and scipy."""

from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats

from surefoot.compare.judging.statistics import (
    confidence_set_p,
    expected_best,
    lr_tolerance,
    mean_interval,
    probability_of_improvement,
    sign_flip_p,
    sign_patterns,
    steps_to_target,
)

small = st.integers(-4, 4).map(float)  # few values, so that ties are the rule


def test_the_interval_of_a_mean_is_students() -> None:
    x = np.random.default_rng(0).normal(3, 2, 10)
    assert mean_interval(x) == pytest.approx(stats.ttest_1samp(x, 0).confidence_interval(0.95))
    assert mean_interval(x, level=0.8) == pytest.approx(stats.ttest_1samp(x, 0).confidence_interval(0.8))


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    draws = np.random.default_rng(1).normal(0, 1, (4000, 5))
    covered = np.mean([low <= 0 <= high for low, high in map(mean_interval, draws)])
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)


def test_one_value_has_no_interval() -> None:
    assert np.isnan(mean_interval([1.0])).all()


@given(arrays(np.float64, st.integers(1, 9), elements=small))
def test_the_sign_flip_test_is_the_count_over_all_patterns(d: NDArray[np.float64]) -> None:
    sums = [abs(np.dot(signs, d)) for signs in product((1, -1), repeat=len(d))]  # exact: the values are whole numbers
    assert sign_flip_p(d) == np.mean(np.array(sums) >= abs(d.sum()))


@pytest.mark.parametrize("n", [2, 6, 10])
def test_the_sign_flip_test_is_scipys(n: int) -> None:
    d = np.random.default_rng(n).normal(0.5, 1, n)
    theirs = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_p(d) == pytest.approx(theirs.pvalue)


def test_rounding_makes_no_tie_into_a_difference() -> None:
    d = np.array([0.1, 0.2, 0.3, -0.3, 0.7, -0.1])  # many patterns have the same sum but for rounding
    assert sign_flip_p(d) == sign_flip_p(np.round(d * 10))


def test_ten_equal_signs_of_one_size_are_the_least_p_and_five_never_reach_a_twentieth() -> None:
    assert sign_flip_p(np.ones(10)) == 2 / 2**10
    assert sign_flip_p(np.ones(6)) == 2 / 2**6 < 0.05
    assert sign_flip_p(np.ones(5)) == 2 / 2**5 > 0.05
    assert sign_flip_p(np.zeros(7)) == 1
    assert sign_flip_p(np.ones((10, 3)) * [1, 5, -2]) == 2 / 2**10


def test_beyond_fourteen_pairs_a_fixed_sample_comes_near_the_exact_p() -> None:
    d = np.random.default_rng(3).normal(0.9, 1, 16)
    exact = np.mean(np.abs(np.array(list(product((1.0, -1.0), repeat=16))) @ d) >= abs(d.sum()) - 1e-12)
    assert 0.02 < exact < 0.5
    assert abs(sign_flip_p(d) - exact) < 5 * np.sqrt(exact * (1 - exact) / 100_000)
    assert sign_flip_p(d) == sign_flip_p(d)
    assert len(sign_patterns(14)) == 2**13


@given(arrays(np.float64, st.tuples(st.integers(2, 7), st.integers(2, 5)), elements=small))
def test_the_confidence_set_is_built_as_it_is_written(scores: NDArray[np.float64]) -> None:
    p, alive, so_far = np.ones(scores.shape[1]), list(range(scores.shape[1])), 0.0
    while len(alive) > 1:
        worst = min(scores[:, j].sum() for j in alive)
        if all(scores[:, j].sum() == worst for j in alive):
            break
        so_far = max(so_far, _brute_force(scores[:, alive]))
        for j in [j for j in alive if scores[:, j].sum() == worst]:
            p[j] = so_far
            alive.remove(j)
    assert confidence_set_p(scores) == pytest.approx(p)


def _brute_force(scores: NDArray[np.float64]) -> float:
    """The p of the test that all columns are equally good, by loops."""
    columns = [scores[:, a] - scores[:, b] for a, b in combinations(range(scores.shape[1]), 2)]
    typical = np.median([column @ column for column in columns])
    greatest = [
        max(abs(np.dot(signs, c)) / ((c @ c + typical) ** 0.5 or 1) for c in columns)
        for signs in product((1, -1), repeat=len(scores))
    ]
    return float(np.mean(np.array(greatest) >= greatest[0] - 1e-9))


def test_for_two_optimizers_it_is_the_sign_flip_test_of_their_differences() -> None:
    scores = np.random.default_rng(5).normal(size=(9, 2))
    assert confidence_set_p(scores).min() == pytest.approx(
        stats.permutation_test(
            (scores[:, 0] - scores[:, 1],), np.mean, permutation_type="samples", n_resamples=np.inf
        ).pvalue
    )


def test_the_order_of_the_optimizers_and_the_unit_do_not_matter() -> None:
    scores = np.random.default_rng(6).normal(np.array([0, 0, 0.3, 0.8]), 1, (8, 4))
    p = confidence_set_p(scores)
    assert 0.01 < p[0] < 1
    for order in permutations(range(4)):
        assert np.array_equal(confidence_set_p(scores[:, order]), p[list(order)])
    assert np.array_equal(confidence_set_p(scores * 1e-6 + 0.9), p)


def test_equal_optimizers_are_never_told_apart() -> None:
    column = np.random.default_rng(7).normal(size=(10, 1))
    assert confidence_set_p(np.repeat(column, 5, axis=1)).tolist() == [1.0] * 5


@given(
    arrays(np.float64, 6, elements=small),
    arrays(np.float64, 6, elements=small),
)
def test_the_probability_of_improvement_is_the_share_of_wins(a: NDArray[np.float64], b: NDArray[np.float64]) -> None:
    p, (low, high) = probability_of_improvement(a, b)
    assert p == sum(1.0 if x > y else 0.5 if x == y else 0.0 for x, y in zip(a, b, strict=True)) / 6
    assert low <= p <= high
    q, (other_low, other_high) = probability_of_improvement(b, a)
    assert (q, other_low, other_high) == pytest.approx((1 - p, 1 - high, 1 - low))


def test_its_interval_is_jeffreys() -> None:
    wins = np.array([1.0] * 7 + [0.0] * 3)
    low, high = probability_of_improvement(wins, 1 - wins)[1]
    assert (low, high) == pytest.approx(stats.beta(7.5, 3.5).interval(0.95))
    assert probability_of_improvement(np.ones(5), np.zeros(5))[1] == pytest.approx((stats.beta(5.5, 0.5).ppf(0.025), 1))


@given(st.lists(small, min_size=1, max_size=8), st.booleans())
def test_the_expected_best_is_the_mean_over_all_subsets(scores: list[float], greater: bool) -> None:
    best = max if greater else min
    for k, value in enumerate(expected_best(scores, greater), 1):
        assert value == pytest.approx(np.mean([best(chosen) for chosen in combinations(scores, k)]))


def test_the_expected_best_of_uniform_scores_is_the_closed_form_up_to_a_thousand() -> None:
    n = 1000
    k = np.arange(1, n + 1)
    assert expected_best(np.arange(1, n + 1), True) == pytest.approx(k * (n + 1) / (k + 1), rel=1e-12)
    assert expected_best(np.arange(1, n + 1), False) == pytest.approx((n + 1) / (k + 1), rel=1e-9)


def test_a_divergence_counts_as_the_worst_and_stays_in_the_denominator() -> None:
    assert expected_best([3.0, np.nan, 1.0, np.inf], False) == pytest.approx(expected_best([3.0, 3.0, 1.0, 3.0], False))
    assert expected_best([3.0, np.nan, 1.0], True) == pytest.approx(expected_best([3.0, 1.0, 1.0], True))
    assert np.isnan(expected_best([np.nan, np.inf], True)).all()


def test_lr_tolerance_measures_decades_on_any_spacing_of_the_learning_rates() -> None:
    limits = (1e-4, 1.0)
    for seed in range(5):
        lrs = 10 ** np.random.default_rng(seed).uniform(-4, 0, 2000)
        near = (lrs > 1e-3) & (lrs < 3e-2)
        assert lr_tolerance(lrs, near.tolist(), limits) == pytest.approx(np.log10(30), abs=0.02)
        assert lr_tolerance(lrs, [True] * 2000, limits) == pytest.approx(4)
        assert lr_tolerance(lrs, [False] * 2000, limits) == 0


def test_the_rounding_of_learning_rates_makes_no_difference_between_equals() -> None:
    u = np.random.default_rng(0).uniform(0, 1, 32)
    near = (u > 0.3) & (u < 0.7)
    widths = set()
    for low in (1e-5, 3e-4, 1e-2):
        lrs = [float(f"{low * 10 ** (4 * x):.6g}") for x in u]
        widths.add(lr_tolerance(lrs, near.tolist(), (low, low * 1e4)))
    assert len(widths) == 1


def test_settings_of_one_learning_rate_share_its_cell() -> None:
    assert lr_tolerance([0.1, 0.1, 0.1, 10.0], [True, False, False, False], (0.01, 100.0)) == 0.67
    assert lr_tolerance([0.1], [True], (0.01, 1.0)) == pytest.approx(2)
    assert lr_tolerance([1.0], [True], (1.0, 1.0)) == 0


@pytest.mark.parametrize(
    ("firsts", "median"),
    [
        ([10, 20, 30], 20),
        ([10, 20, None], 20),
        ([10, None, None], None),
        ([10, 20, 30, None], 25),
        ([10, 20, None, None], None),
        ([None], None),
    ],
)
def test_the_median_counts_a_miss_as_later_than_any(firsts: list[int | None], median: float | None) -> None:
    steps = np.arange(0, 40, 10)
    up = [np.where(steps >= (first or 999), 0.9, np.nan) for first in firsts]
    assert steps_to_target([steps] * len(firsts), up, 0.9, True) == median
    assert steps_to_target([steps] * len(firsts), [-curve for curve in up], -0.9, False) == median
