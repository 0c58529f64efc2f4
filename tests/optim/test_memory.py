"""Every layout of memory gives the eager answer: strides, views, types, sparse gradients; dense ones by the kernel."""

import pytest
import torch
from torch import Tensor

from surefoot.optim import CLASSES, RuleOptimizer
from tests.optim.eager import OPTIMIZERS, batched, eager, parameter, randoms, same

every_optimizer = pytest.mark.parametrize("optimizer_class", OPTIMIZERS, ids=lambda c: c.__name__)


def stepped(optimizer_class: type[RuleOptimizer], p: Tensor, g: Tensor, steps: int = 3) -> RuleOptimizer:
    optimizer = optimizer_class([p])
    p.grad = g
    for _ in range(steps):
        optimizer.step()
    return optimizer


def gradients() -> dict[str, Tensor]:
    return {
        "contiguous": randoms(4, 6),
        "transposed": randoms(6, 4).T,
        "expanded": randoms(4, 1).expand(4, 6),
        "every second": randoms(4, 12)[:, ::2],
        "negated view": torch.complex(randoms(4, 6), randoms(4, 6, seed=2)).conj().imag,
    }


@every_optimizer
@pytest.mark.parametrize("layout", gradients())
def test_gradients_of_any_stride(optimizer_class: type[RuleOptimizer], layout: str) -> None:
    g = gradients()[layout]
    dense, p = parameter(4, 6), parameter(4, 6)
    optimizer = stepped(optimizer_class, p, g)
    assert batched(optimizer) == (layout == "contiguous")
    stepped(optimizer_class, dense, g.clone(memory_format=torch.contiguous_format))
    assert same(p, dense, optimizer_class.rule)
    assert not torch.equal(p, parameter(4, 6))


@every_optimizer
def test_a_view_with_strides_leaves_the_rest_of_its_base_alone(optimizer_class: type[RuleOptimizer]) -> None:
    base = randoms(10, 8)
    kept = base.clone()
    p = torch.nn.Parameter(base[::2, 1::3])
    dense = torch.nn.Parameter(p.detach().clone(memory_format=torch.contiguous_format))
    stepped(optimizer_class, p, randoms(5, 3))
    stepped(optimizer_class, dense, randoms(5, 3))
    assert same(p, dense, optimizer_class.rule)
    assert torch.equal(base[::2, 1::3], p)
    base[::2, 1::3] = kept[::2, 1::3]
    assert torch.equal(base, kept)


@every_optimizer
def test_channels_last_is_dense_and_takes_the_kernel(optimizer_class: type[RuleOptimizer]) -> None:
    p, g = parameter(4, 3, 5, 5), randoms(4, 3, 5, 5)
    plain = parameter(4, 3, 5, 5)
    p.data = p.data.to(memory_format=torch.channels_last)
    optimizer = stepped(optimizer_class, p, g.to(memory_format=torch.channels_last))
    assert batched(optimizer) == 1
    assert all(s.stride() == p.stride() for s in optimizer.state[p].values() if s.dim())
    stepped(optimizer_class, plain, g)
    assert same(p, plain, optimizer_class.rule)


@every_optimizer
def test_numbers_without_axes_and_gradients_with_the_negative_bit(optimizer_class: type[RuleOptimizer]) -> None:
    p, plain = torch.nn.Parameter(torch.tensor(0.5)), torch.nn.Parameter(torch.tensor(0.5))
    negated = torch.tensor(1 - 2j).conj().imag
    assert negated.is_neg()
    optimizer, other = optimizer_class([p]), optimizer_class([plain])
    for g in (torch.tensor(0.25), negated, torch.tensor(-1.0)):
        p.grad, plain.grad = g, g.clone().resolve_neg()
        optimizer.step()
        other.step()
    assert same(p, plain, optimizer_class.rule)


@every_optimizer
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_halves_keep_their_state_in_float32(optimizer_class: type[RuleOptimizer], dtype: torch.dtype) -> None:
    p, g = parameter(50, dtype=dtype), randoms(50, dtype=dtype)
    wide = torch.nn.Parameter(p.detach().float())
    optimizer, other = stepped(optimizer_class, p, g, steps=1), stepped(optimizer_class, wide, g.float(), steps=1)
    assert p.dtype == dtype
    assert torch.allclose(p.float(), wide.to(dtype).float(), rtol=torch.finfo(dtype).eps)
    for slot, value in optimizer.state[p].items():
        assert value.dtype == (torch.float64 if slot == "step" else torch.float32)
        assert same(value, other.state[wide][slot], optimizer_class.rule)


@every_optimizer
@pytest.mark.parametrize("conjugate", [False, True])
def test_a_complex_parameter_is_its_two_parts(optimizer_class: type[RuleOptimizer], conjugate: bool) -> None:
    values, g = torch.view_as_complex(randoms(5, 2, seed=0)), torch.view_as_complex(randoms(5, 2))
    p = torch.nn.Parameter(values.conj() if conjugate else values)
    parts = torch.nn.Parameter(torch.view_as_real(p.detach().resolve_conj().clone()))
    optimizer = stepped(optimizer_class, p, g)
    eager(optimizer.rule, [parts], [torch.view_as_real(g.clone())])
    assert torch.equal(torch.view_as_real(p.resolve_conj()), parts)
    assert p.is_conj() == conjugate


@pytest.mark.parametrize("optimizer_class", list(CLASSES.values()), ids=lambda c: c.__name__)
def test_a_sparse_gradient_that_names_the_same_rows_at_every_step_is_the_dense_one(
    optimizer_class: type[RuleOptimizer],
) -> None:
    g = torch.zeros(6, 4)
    g[[1, 4]] = randoms(2, 4)
    p, dense = parameter(6, 4), parameter(6, 4)
    stepped(optimizer_class, p, g.to_sparse(1)).catch_up()
    stepped(optimizer_class, dense, g)
    assert torch.allclose(p, dense, rtol=1e-6)  # the decay of rows without gradient is one multiplication, not three


def test_sparse_embeddings_train() -> None:
    embedding = torch.nn.Embedding(5, 3, sparse=True)
    before = embedding.weight.detach().clone()
    optimizer = OPTIMIZERS[0](embedding.parameters(), lr=1.0)
    embedding(torch.tensor([1, 1, 3])).sum().backward()
    optimizer.step()
    assert (before - embedding.weight.detach()).sum(1).tolist() == pytest.approx([0, 6, 0, 3, 0])


@every_optimizer
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2, 2)])
def test_tensors_without_elements(optimizer_class: type[RuleOptimizer], shape: tuple[int, ...]) -> None:
    empty, beside = parameter(*shape), parameter(3)
    empty.grad, beside.grad = torch.zeros(shape), randoms(3)
    optimizer = optimizer_class([empty, beside])
    optimizer.step()
    assert batched(optimizer) == 2
    assert empty.shape == shape
    assert int(optimizer.state[empty]["step"]) == 1
    assert not torch.equal(beside, parameter(3))


@every_optimizer
def test_any_number_of_threads_gives_the_same(optimizer_class: type[RuleOptimizer]) -> None:
    results, threads = [], torch.get_num_threads()
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            p = parameter(150_001)
            stepped(optimizer_class, p, randoms(150_001))
            results.append(p)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])
