"""The largest eigenvalue, against matrices whose eigenvalues are known."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from surefoot.diagnose.network.lanczos import largest


@given(st.integers(1, 40), st.integers(0, 10_000))
def test_it_is_the_largest_eigenvalue_of_a_symmetric_matrix(size: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    square = torch.randn(size, size, generator=generator, dtype=torch.float64)
    symmetric = square + square.T
    found = largest(symmetric.mv, torch.randn(size, generator=generator, dtype=torch.float64), tolerance=1e-9)
    true = float(torch.linalg.eigvalsh(symmetric)[-1])
    assert found.value == pytest.approx(true, rel=1e-7, abs=1e-9)
    assert found.products <= size


def test_the_residual_says_how_far_a_number_stopped_early_may_be_off() -> None:
    diagonal = torch.linspace(0, 1, 500, dtype=torch.float64)
    found = largest(lambda v: diagonal * v, torch.ones(500, dtype=torch.float64), most=12, tolerance=0.0)
    assert found.products == 12
    assert found.value <= 1
    assert float((diagonal - found.value).abs().min()) <= found.residual


def test_a_start_that_is_an_eigenvector_needs_one_product() -> None:
    diagonal = torch.tensor([3.0, 1.0])
    found = largest(lambda v: diagonal * v, torch.tensor([1.0, 0.0]))
    assert (found.value, found.residual, found.products) == (3.0, 0.0, 1)


def test_an_operator_that_gives_nan_is_not_answered() -> None:
    assert math.isnan(largest(lambda v: v * float("nan"), torch.ones(3)).value)
