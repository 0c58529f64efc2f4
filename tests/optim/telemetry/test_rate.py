"""`optimizer.effective_lr(p)` against the papers' closed forms, from sums over the gradients themselves."""

import numpy as np
import pytest
import torch

from surefoot.errors import UserError
from surefoot.optim import CLASSES, SGD, AdaGrad, Adam, AdamW, Momentum, RMSProp, from_rule
from surefoot.rules import Rate, Value, sign
from tests.optim.sparse.gradients import random_gradients, sparse, table

GRADIENTS = np.random.default_rng(0).normal(size=(12, 7)) * np.logspace(-2, 2, 7)


def after(optimizer, p, gradients=GRADIENTS):
    for g in gradients:
        p.grad = torch.from_numpy(g).to(p.dtype).reshape(p.shape)
        optimizer.step()
    return optimizer.effective_lr(p)


def parameter(dtype=torch.float64):
    return torch.nn.Parameter(torch.ones(7, dtype=dtype))


def fading(values, beta):
    """The exponential moving average of values, from zero."""
    weights = (1 - beta) * beta ** np.arange(len(values))[::-1]
    return weights @ values


def test_adagrad_is_lr_over_the_root_of_the_sum_of_squares():
    p = parameter()
    rate = after(AdaGrad([p], lr=0.3, eps=1e-3), p)
    np.testing.assert_allclose(rate, 0.3 / np.sqrt((GRADIENTS**2).sum(0) + 1e-3), rtol=1e-12)


def test_adagrad_in_torchs_form():
    p = parameter()
    rate = after(AdaGrad([p], lr=0.3, eps=1e-3, eps_at="outside"), p)
    np.testing.assert_allclose(rate, 0.3 / (np.sqrt((GRADIENTS**2).sum(0)) + 1e-3), rtol=1e-12)


def test_rmsprop_is_lr_over_the_root_of_the_mean_square():
    p = parameter()
    rate = after(RMSProp([p], lr=0.3, beta=0.8, eps=1e-3), p)
    np.testing.assert_allclose(rate, 0.3 / np.sqrt(fading(GRADIENTS**2, 0.8) + 1e-3), rtol=1e-12)


def test_centered_rmsprop_takes_the_variance():
    p = parameter()
    rate = after(RMSProp([p], lr=0.3, beta=0.8, eps=1e-3, centered=True), p)
    variance = fading(GRADIENTS**2, 0.8) - fading(GRADIENTS, 0.8) ** 2
    np.testing.assert_allclose(rate, 0.3 / np.sqrt(variance + 1e-3), rtol=1e-9)


@pytest.mark.parametrize("optimizer_class", [Adam, AdamW])
def test_adam_is_lr_over_the_corrected_root(optimizer_class):
    p = parameter()
    rate = after(optimizer_class([p], lr=0.3, beta1=0.7, beta2=0.8, eps=1e-3), p)
    corrected = fading(GRADIENTS**2, 0.8) / (1 - 0.8 ** len(GRADIENTS))
    np.testing.assert_allclose(rate, 0.3 / (np.sqrt(corrected) + 1e-3), rtol=1e-12)


def test_sgd_and_momentum_have_one_rate_for_all():
    p, q = parameter(), parameter()
    np.testing.assert_allclose(after(SGD([p], lr=0.3), p), np.full(7, 0.3), rtol=1e-12)
    np.testing.assert_allclose(after(Momentum([q], lr=0.3, beta=0.9), q), np.full(7, 3 * (1 - 0.9**12)), rtol=1e-12)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_shape_and_type_are_those_of_the_step(dtype):
    p = torch.nn.Parameter(torch.ones(7, 1, dtype=dtype))
    rate = after(AdaGrad([p]), p)
    assert (rate.shape, rate.dtype, rate.requires_grad) == (p.shape, torch.float32, False)


def test_a_complex_parameter_has_two_rates_an_element():
    p = torch.nn.Parameter(torch.zeros(2, dtype=torch.complex128))
    optimizer = AdaGrad([p], lr=1.0, eps=0.0)
    p.grad = torch.tensor([3 + 4j, 5 + 12j], dtype=torch.complex128)
    optimizer.step()
    np.testing.assert_allclose(optimizer.effective_lr(p), 1 / np.array([[3, 4], [5, 12]]), rtol=1e-12)


def test_a_scheduled_rate_is_the_present_one():
    p = parameter()
    optimizer = SGD([p], lr=0.3)
    after(optimizer, p)
    optimizer.param_groups[0]["lr"] = 0.1
    assert optimizer.effective_lr(p)[0].item() == pytest.approx(0.1)


def test_rows_that_wait_are_seen_as_made_good_and_left_as_they_are():
    p, q = table(), table()
    a, b = RMSProp([p]), RMSProp([q])
    for grad in random_gradients(15):
        p.grad, q.grad = grad, grad.to_dense()
        a.step()
        b.step()
    before = a.state[p]["G"].clone()
    np.testing.assert_allclose(a.effective_lr(p), b.effective_lr(q), rtol=1e-12)
    assert torch.equal(a.state[p]["G"], before)
    assert not torch.allclose(before, b.state[q]["G"])


def test_a_rule_of_signs_needs_the_gradient():
    def signsgd(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value]:
        return (x - lr * sign(g),)

    p = parameter()
    optimizer = from_rule(signsgd)([p], lr=0.5)
    np.testing.assert_allclose(after(optimizer, p), 0.5 / np.abs(GRADIENTS[-1]), rtol=1e-12)
    p.grad = None
    with pytest.raises(UserError, match=r"p\.grad is None; call it before zero_grad"):
        optimizer.effective_lr(p)


@pytest.mark.parametrize("optimizer_class", CLASSES.values(), ids=CLASSES)
def test_it_needs_a_step_and_a_parameter_of_the_optimizer(optimizer_class):
    p = parameter()
    optimizer = optimizer_class([p])
    with pytest.raises(UserError, match="p must have been stepped"):
        optimizer.effective_lr(p)
    with pytest.raises(UserError, match="p must be one of the optimizer's parameters"):
        optimizer.effective_lr(parameter())
    kept = after(optimizer, p)
    values = {k: v.clone() for k, v in optimizer.state[p].items()}
    optimizer.effective_lr(p).mul_(0)
    assert all(torch.equal(values[k], v) for k, v in optimizer.state[p].items())
    assert torch.equal(optimizer.effective_lr(p), kept)


def test_a_gradient_that_is_sparse_will_do():
    def signsgd(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value]:
        return (x - lr * sign(g),)

    p = torch.nn.Parameter(torch.zeros(3, 1, dtype=torch.float64))
    optimizer = from_rule(signsgd)([p], lr=1.0)
    p.grad = sparse([1], torch.full((1, 1), 4.0, dtype=torch.float64), (3, 1))
    optimizer.step()
    assert optimizer.effective_lr(p).flatten().tolist() == [0.0, 0.25, 0.0]
