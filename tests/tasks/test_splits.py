"""Stratified splits and standardisation against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from surefoot.tasks.splits import standardised, stratified


@given(st.lists(st.integers(5, 40), min_size=1, max_size=5), st.integers(0, 100))
def test_every_row_is_in_one_part_and_every_class_in_each_at_60_20_20(counts: list[int], seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    parts = stratified(labels, seed)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(labels)))
    for label, count in enumerate(counts):
        for part, share in zip(parts, (0.6, 0.2, 0.2), strict=True):
            assert abs((labels[part] == label).sum() - share * count) <= 1


def test_columns_are_standardised_as_by_scikit_learn_on_the_training_rows() -> None:
    rng = np.random.default_rng(0)
    x, train = rng.normal(3, 10, (50, 4)), np.arange(0, 50, 2)
    assert standardised(x, train) == pytest.approx(StandardScaler().fit(x[train]).transform(x))


@pytest.mark.parametrize("constant", [0.0, 0.1, -7.3, 1e30])
def test_a_constant_column_becomes_zero(constant: float) -> None:
    x = np.full((11, 1), constant)
    assert not standardised(x, np.arange(11)).any()
