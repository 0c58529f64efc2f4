"""Scores against scikit-learn's."""

import pytest
import torch
from sklearn.metrics import accuracy_score, r2_score

from surefoot.tasks.scores import accuracy, r2


def test_accuracy_is_scikit_learns() -> None:
    output = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
    y = torch.arange(50) % 4
    assert float(accuracy(output, y)) == pytest.approx(accuracy_score(y, output.argmax(1)))


def test_r2_is_scikit_learns() -> None:
    generator = torch.Generator().manual_seed(0)
    y = torch.randn(50, 1, generator=generator)
    output = y + torch.randn(50, 1, generator=generator)
    assert float(r2(output, y)) == pytest.approx(r2_score(y.numpy(), output.numpy()), rel=1e-5)
    assert float(r2(y, y)) == 1
    assert float(r2(y.mean().expand_as(y), y)) == pytest.approx(0, abs=1e-6)
