"""Torch, eager: NumPy's results to the last bit, also where torch's own operations are rounded otherwise."""

import numpy as np
import pytest
import torch

from surefoot.engines.torch import OPS
from surefoot.rules import OPERATIONS, Rule
from surefoot.testing.engines import HOSTILE, by_torch, check_engine
from tests.rules.own import EVERY, named


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", EVERY, ids=named)
def test_every_rule_under_every_option(rule: Rule, dtype: str) -> None:
    check_engine(by_torch, rule, dtype)


def test_every_word_has_a_meaning() -> None:
    assert set(OPS) == set(OPERATIONS)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_roots_are_the_nearest_numbers_in_any_layout(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    x = (torch.rand(64, 50, generator=generator, dtype=dtype) * 200 - 100).exp()
    for view in (x, x.T, x[::2, 1::3], x[0, 0], x[:0], torch.nn.Parameter(x)):
        assert np.array_equal(OPS["sqrt"](view).detach().numpy(), np.sqrt(view.detach().numpy()))
    conjugate = torch.complex(x, -x).conj().imag
    assert conjugate.is_neg()
    assert torch.equal(OPS["sqrt"](conjugate), OPS["sqrt"](x))
    assert OPS["sqrt"](-x).isnan().all()


@pytest.mark.parametrize("word", ["maximum", "minimum"])
def test_the_larger_and_smaller_of_zeros_and_nan(word: str) -> None:
    a, b = (torch.tensor(grid.ravel()) for grid in np.meshgrid(HOSTILE, HOSTILE))
    got = OPS[word](a, b)
    nan = a.isnan() | b.isnan()
    assert torch.equal(got.isnan(), nan)
    assert torch.equal(got[~nan], getattr(torch, word)(a, b)[~nan])
    zeros = (a == 0) & (b == 0)
    assert torch.equal(torch.signbit(got[zeros]), torch.signbit(b[zeros]))


def test_the_sign_of_nan_is_nan_and_of_zeros_zero() -> None:
    got = OPS["sign"](torch.tensor([-3.0, -0.0, 0.0, 2.0, torch.nan]))
    assert got[:4].tolist() == [-1, 0, 0, 1]
    assert not torch.signbit(got[1])
    assert got[4].isnan()
