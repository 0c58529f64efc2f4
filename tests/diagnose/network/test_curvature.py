"""Hessian-vector products, against the Hessian that autograd builds whole."""

import pytest
import torch
from torch import nn

from surefoot import Task, UserError
from surefoot.diagnose.network.curvature import Hessian, check

X, Y = torch.randn(30, 3, generator=torch.Generator().manual_seed(1)), torch.randn(30, 2)


def task(model, loss=nn.functional.mse_loss):
    return Task(name="small", model=model, loss=loss, train=(X, Y))


def whole(model, x, y):
    """The Hessian, as a matrix."""
    names = [name for name, _ in model.named_parameters()]
    shapes = [p.shape for p in model.parameters()]
    flat = torch.cat([p.detach().reshape(-1) for p in model.parameters()])

    def loss(vector):
        parts = torch.split(vector, [s.numel() for s in shapes])
        given = {n: part.view(s) for n, part, s in zip(names, parts, shapes, strict=True)}
        return nn.functional.mse_loss(torch.func.functional_call(model, given, x), y)

    return torch.autograd.functional.hessian(loss, flat)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))


def test_a_product_is_the_hessians(model) -> None:
    hessian = Hessian(task(lambda: model), model, X, Y)
    vector = torch.randn(hessian.size)
    torch.testing.assert_close(hessian.times(vector), whole(model, X, Y) @ vector, rtol=1e-4, atol=1e-5)


def test_between_strides_it_has_the_eigenvalues_of_stride_times_hessian(model) -> None:
    hessian = Hessian(task(lambda: model), model, X, Y)
    rates = [torch.rand_like(p) for p in model.parameters()]
    apply = hessian.between(rates)
    matrix = torch.stack([apply(unit) for unit in torch.eye(hessian.size)])
    diagonal = torch.diag(torch.cat([r.reshape(-1) for r in rates]))
    expected = torch.linalg.eigvals(diagonal @ whole(model, X, Y)).real.sort().values
    torch.testing.assert_close(torch.linalg.eigvalsh(matrix), expected, rtol=1e-3, atol=1e-4)


def test_smooth_and_piecewise_linear_models_pass_the_check(model) -> None:
    check(task(lambda: model), model, X, Y)
    kinked = nn.Sequential(nn.Linear(3, 40), nn.ReLU(), nn.Linear(40, 2))
    check(task(lambda: kinked), kinked, X, Y)


def test_looking_leaves_buffers_gradients_and_random_numbers_as_they_are() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    drawn = torch.random.get_rng_state()
    hessian = Hessian(task(lambda: model), model, X, Y)
    hessian.times(torch.ones(hessian.size))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    assert torch.equal(torch.random.get_rng_state(), drawn)


def test_a_parameter_that_is_frozen_or_unused_has_no_curvature() -> None:
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused = nn.Linear(3, 2), nn.Parameter(torch.ones(5))
            self.frozen = nn.Parameter(torch.ones(2), requires_grad=False)

        def forward(self, x):
            return self.used(x) * self.frozen

    model = Model()
    hessian = Hessian(task(lambda: model), model, X, Y)
    assert hessian.size == 5 + 6 + 2
    assert hessian.times(torch.ones(13))[:5].tolist() == [0.0] * 5


def test_a_loss_that_is_linear_has_none_at_all() -> None:
    model = nn.Linear(3, 2)
    hessian = Hessian(task(lambda: model, loss=lambda output, y: output.mean()), model, X, Y)
    assert hessian.times(torch.ones(8)).tolist() == [0.0] * 8


def test_a_layer_that_can_be_differentiated_once_only_is_named() -> None:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            return 2 * ctx.saved_tensors[0] * grad

    model = nn.Linear(3, 2)
    once = task(lambda: model, loss=lambda output, y: Once.apply(output).mean())
    with pytest.raises(UserError, match="task: its loss must be twice differentiable"):
        check(once, model, X, Y)
