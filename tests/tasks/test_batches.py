"""Which rows each update sees."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from surefoot.tasks.batches import order

sizes = {"rows": st.integers(1, 50), "batch_size": st.integers(1, 70), "steps": st.integers(0, 60)}


@given(seed=st.integers(0, 1000), **sizes)
def test_no_row_comes_twice_in_an_epoch(seed: int, rows: int, batch_size: int, steps: int) -> None:
    batches = order(seed, rows, batch_size, steps)
    size = min(batch_size, rows)
    assert batches.dtype == np.int64
    assert batches.shape == (steps, size)
    per_epoch = rows // size
    for start in range(0, steps, per_epoch):
        epoch = batches[start : start + per_epoch].ravel()
        assert len(np.unique(epoch)) == len(epoch)
        assert epoch.min() >= 0
        assert epoch.max() < rows


@given(seed=st.integers(0, 1000), more=st.integers(0, 60), **sizes)
def test_a_longer_horizon_begins_with_the_shorter_one(
    seed: int, more: int, rows: int, batch_size: int, steps: int
) -> None:
    longer = order(seed, rows, batch_size, steps + more)
    assert np.array_equal(longer[:steps], order(seed, rows, batch_size, steps))


def test_epochs_and_seeds_differ_and_leave_no_row_out_for_good() -> None:
    batches = order(0, 100, 30, 300).reshape(100, 90)
    assert not np.array_equal(batches[0], batches[1])
    assert not np.array_equal(batches, order(1, 100, 30, 300).reshape(100, 90))
    seen = np.bincount(batches.ravel(), minlength=100) / 100
    assert abs(seen - 0.9).max() < 5 * np.sqrt(0.9 * 0.1 / 100)  # each row is in 90% of the epochs, binomially
