"""Which elements are looked at: spread over all of a tensor, the same of every slot, however it lies in memory."""

import numpy as np
import pytest
import torch

from surefoot.optim.telemetry.sample import of_dense, of_sparse
from tests.optim.sparse.gradients import sparse


@pytest.mark.parametrize("shape", [(1,), (7,), (1000, 64), (64, 1000), (512, 512), (3, 3, 64, 64), (0,), (4, 0), ()])
def test_a_sample_is_small_and_spread_over_every_dimension(shape):
    v = torch.zeros(shape)
    sample = of_dense(v, 500)
    assert len(sample.places) == len(set(sample.places)) <= 500
    assert len(sample.places) == min(500, v.numel())
    for size, index in zip(shape, np.unravel_index(sample.places, shape) if shape else (), strict=True):
        hits, expected = np.bincount(index, minlength=size), len(index) / max(1, size)
        assert np.abs(hits - expected).max(initial=0) <= 3 + 4 * np.sqrt(expected)  # as of draws at random, or better
    assert sample.weight * len(sample.places) == pytest.approx(v.numel())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_small_tensor_is_seen_whole(dtype):
    v = torch.arange(12.0).reshape(3, 4).to(dtype)
    assert of_dense(v, 100).take(v).tolist() == list(range(12))


def test_the_same_elements_whatever_the_layout():
    v = torch.arange(2.0 * 3 * 5 * 7).reshape(2, 3, 5, 7)
    sample = of_dense(v, 40)
    last = v.to(memory_format=torch.channels_last)
    apart = torch.stack([v, v])[1]
    expanded = v[:, :, :1].expand(2, 3, 5, 7)
    assert sample.take(v).tolist() == sample.take(last).tolist() == sample.take(apart).tolist()
    assert sample.take(expanded).tolist() == expanded.reshape(-1)[sample.places].tolist()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.complex64])
def test_a_tensor_of_one_number_without_dimensions_is_seen(dtype):
    v = torch.tensor(3.0, dtype=dtype)
    assert of_dense(v, 10).take(v).tolist()[0] == 3.0


def test_a_complex_tensor_is_its_parts():
    v = torch.tensor([1 + 2j, 3 + 4j])
    assert of_dense(v, 10).take(v).tolist() == [1, 2, 3, 4]
    assert of_dense(v, 10).take(v.conj()).tolist() == [1, -2, 3, -4]


def test_of_a_sparse_gradient_the_named_rows_are_seen():
    p = torch.arange(20.0).reshape(10, 2)
    values = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]])
    sample, seen, zeros = of_sparse(sparse([7, 2, 7], values, (10, 2)), p, 100)
    assert sample.take(p).tolist() == [4, 5, 14, 15]
    assert seen.tolist() == [0, 2, 4, 0]
    assert zeros == 1 - 2 / 20
    assert sample.weight == 1.0
    assert sample.share == 4 / 20


def test_of_a_gradient_that_names_nothing_nothing_is_seen():
    sample, seen, zeros = of_sparse(sparse([], torch.zeros(0, 2), (10, 2)), torch.zeros(10, 2), 100)
    assert (len(sample.places), len(seen), zeros) == (0, 0, 1.0)
