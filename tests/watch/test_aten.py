"""Torch functions rewritten in the rules' words: loss and gradient against torch's own, operation by operation."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from surefoot.engines.field import Field
from surefoot.watch.minima import both
from surefoot.watch.own import aten
from surefoot.watch.own.torch_loss import TorchLoss

MATRIX = torch.tensor([[1.0, 2.0], [-0.5, 0.7], [0.3, -1.1]], dtype=torch.float64)

SAMPLES = {
    "arithmetic": lambda x, y: (2 - x) * y / (3 + x * x) - y,
    "powers": lambda x, y: x**3 + y**2 + (x * x + 1) ** 0.5 + (y * y + 1) ** -1.5 + x**4,
    "number minus tensor": lambda x, y: 1 - x + torch.rsub(y, 2.0),
    "exp and log": lambda x, y: torch.exp(-x * x) + torch.log(2 + y * y) + torch.log1p(x * x) + torch.expm1(y / 5),
    "roots": lambda x, y: torch.sqrt(1 + x * x) + torch.rsqrt(1 + y * y),
    "angles": lambda x, y: torch.sin(2 * x) * torch.cos(y) + torch.tan(x / 9),
    "hyperbolic": lambda x, y: torch.tanh(x) + torch.cosh(y / 3) + torch.sinh(x / 4),
    "activations": lambda x, y: torch.sigmoid(x) + functional.softplus(y) + torch.relu(x - y),
    "softplus of a kind": lambda x, y: functional.softplus(x, beta=2.0, threshold=5.0) + y * y,
    "choice": lambda x, y: torch.where(x > y, x * x, torch.maximum(x, 3 * y)) + torch.minimum(x, y),
    "sizes": lambda x, y: torch.abs(x) + torch.sign(y) * y + torch.hypot(x, y),
    "clamped": lambda x, y: torch.clamp(x, -1, 1) + torch.clamp(y, min=0.1) + x.clamp_max(0.3),
    "reciprocal": lambda x, y: torch.reciprocal(4 + x) + torch.square(y),
    "sums": lambda x, y: (torch.stack([x, y]) ** 2).sum() + torch.stack([x, 2 * y]).mean() + torch.stack([x, y]).prod(),
    "matrix": lambda x, y: torch.tanh(MATRIX @ torch.stack([x, y])).square().sum(),
    "dot and norm": lambda x, y: torch.dot(torch.stack([x, y]), MATRIX[0]) + torch.stack([x, y, x * y]).norm() ** 2,
    "rows": lambda x, y: (torch.stack([x, y]).reshape(1, 2) @ MATRIX.T).squeeze().sum(),
    "alpha": lambda x, y: torch.cat([x.unsqueeze(0), y.unsqueeze(0)])[1:].sum() + x,
}

UNKNOWN = {
    "a branch": lambda x, y: x * x if x > 0 else y,
    "no words": lambda x, y: torch.erf(x) + y,
    "an option": lambda x, y: torch.add(x, y, alpha=2),
    "a norm of order 1": lambda x, y: torch.linalg.vector_norm(torch.stack([x, y]), ord=1),
    "a constant": lambda x, y: torch.tensor(1.0),
}


def rewritten(function):
    return Field.of(lambda x, y: aten.rewrite(function, (x, y)))


@pytest.mark.parametrize("name", SAMPLES)
def test_loss_and_gradient_are_torchs(name):
    torchs = TorchLoss.of(SAMPLES[name])
    at = both(rewritten(torchs))
    for x, y in np.random.default_rng(0).uniform(-3, 3, (25, 2)):
        value, gradient = at(x, y)
        assert value == pytest.approx(torchs.value(x, y), rel=1e-12, abs=1e-12)
        np.testing.assert_allclose(gradient, torchs.gradient(x, y), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("far", [-800.0, 800.0])
def test_flat_sigmoids_overflow_nowhere(far):
    def flat(x, y):
        return torch.sigmoid(x) + torch.tanh(y) + functional.softplus(x)

    value, gradient = both(rewritten(flat))(far, far)
    assert value == pytest.approx(TorchLoss.of(flat).value(far, far))
    np.testing.assert_allclose(gradient, TorchLoss.of(flat).gradient(far, far), atol=1e-12)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_has_no_words_is_told(name):
    tape_of = {"x": None, "y": None}
    with pytest.raises(aten.UnknownError) as told:
        aten.rewrite(UNKNOWN[name], list(tape_of))
    assert str(told.value)
