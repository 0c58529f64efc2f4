"""Steps by rows against dense steps, and against torch's sparse optimizers."""

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import surefoot.optim.torch as named_as_torch
from surefoot.engines.analysis.idle import idle
from surefoot.engines.graph import Graph
from surefoot.errors import UserError
from surefoot.optim import LAMB, SGD, AdaGrad, Adam, AdamW, Momentum, RMSProp, RuleOptimizer, from_rule
from surefoot.rules import Rate, Value, where
from tests.optim.sparse.gradients import (
    ELEMENTWISE,
    ROWS,
    WIDTH,
    dense_step_of_named_rows,
    differences,
    random_gradients,
    sparse,
    table,
)

every_elementwise = pytest.mark.parametrize("optimizer_class", ELEMENTWISE, ids=lambda c: c.__name__)
EXACT = [c for c in ELEMENTWISE if idle(Graph.of(c.rule)).exact]


def by_rows(optimizer: RuleOptimizer) -> int:
    assert optimizer._layout is not None
    return len(optimizer._layout._by_rows)


def decay(optimizer: RuleOptimizer) -> float:
    """What a step multiplies a parameter without gradient by."""
    group = optimizer.param_groups[0]
    found = idle(Graph.of(optimizer.rule))
    values = found.values(1, **{name: group[name] for name in optimizer.rule.hyper})
    return dict(zip(found.factors, values, strict=True)).get("x", 1.0)


def test_which_rules_are_made_good_in_full() -> None:
    assert {SGD, AdaGrad, RMSProp} == set(EXACT)


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("optimizer_class", EXACT, ids=lambda c: c.__name__)
def test_steps_by_rows_are_dense_steps(optimizer_class: type[RuleOptimizer], maximize: bool) -> None:
    p, q = table(), table()
    a, b = optimizer_class([p], maximize=maximize), optimizer_class([q], maximize=maximize)
    for grad in random_gradients(30):
        p.grad, q.grad = grad, grad.to_dense()
        a.step()
        b.step()
    assert by_rows(a) == 1
    a.catch_up()
    assert max(differences(p, q, a, b).values()) < 1e-13


@every_elementwise
def test_moments_are_the_dense_steps_and_parameters_move_where_a_row_is_named(
    optimizer_class: type[RuleOptimizer],
) -> None:
    p, q = table(), table()
    a, b = optimizer_class([p]), optimizer_class([q])
    for grad in random_gradients(30):
        p.grad = grad
        a.step()
        dense_step_of_named_rows(b, q, grad, decay(b))
    a.catch_up()
    assert max(differences(p, q, a, b).values()) < 1e-12


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@every_elementwise
def test_other_types(optimizer_class: type[RuleOptimizer], dtype: torch.dtype) -> None:
    p, q = table(dtype), table(dtype)
    a, b = optimizer_class([p], lr=0.01), optimizer_class([q], lr=0.01)
    for grad in random_gradients(12, dtype):
        p.grad = grad
        a.step()
        dense_step_of_named_rows(b, q, grad, decay(b))
    a.catch_up()
    tolerance = 1e-4 if dtype is torch.float32 else 0.02
    assert torch.allclose(p.float(), q.float(), rtol=tolerance, atol=tolerance)
    for slot in a.state[p]:
        assert a.state[p][slot].dtype == b.state[q][slot].dtype
        assert torch.allclose(a.state[p][slot], b.state[q][slot], rtol=1e-4, atol=1e-6), slot


def test_a_learning_rate_that_changes_every_step() -> None:
    p, q = table(), table()
    a, b = AdamW([p], lr=0.1, weight_decay=0.3), AdamW([q], lr=0.1, weight_decay=0.3)
    schedules = [torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=40) for o in (a, b)]
    for grad in random_gradients(30):
        p.grad = grad
        a.step()
        dense_step_of_named_rows(b, q, grad, 1 - b.param_groups[0]["lr"] * 0.3)
        for schedule in schedules:
            schedule.step()
    a.catch_up()
    assert max(differences(p, q, a, b).values()) < 1e-12


TORCHS: list[tuple[Callable[[list[Tensor]], Any], Callable[[list[Tensor]], Any]]] = [
    (lambda p: torch.optim.SGD(p, lr=0.1), lambda p: SGD(p, lr=0.1)),
    (lambda p: torch.optim.Adagrad(p, lr=0.1), lambda p: AdaGrad(p, lr=0.1, eps=1e-10, eps_at="outside")),
    (
        lambda p: torch.optim.SparseAdam(p, lr=0.1),
        lambda p: Adam(p, lr=0.1, bias_correction="step", sparse="lazy"),
    ),
]


@pytest.mark.filterwarnings("ignore:Sparse invariant checks")  # torch's, of its own tensors
@pytest.mark.parametrize(("theirs", "ours"), TORCHS, ids=["SGD", "Adagrad", "SparseAdam"])
def test_torchs_sparse_optimizers(theirs: Callable[..., Any], ours: Callable[..., Any]) -> None:
    p, q = table(), table()
    a, b = ours([p]), theirs([q])
    for grad in random_gradients(40):
        p.grad, q.grad = grad, grad
        a.step()
        b.step()
    assert by_rows(a) == 1
    assert torch.allclose(p, q, rtol=1e-11, atol=1e-13)


def test_an_embedding_learns_as_with_dense_gradients() -> None:
    torch.manual_seed(0)
    one, other = (nn.Embedding(50, 4, sparse=is_sparse, dtype=torch.float64) for is_sparse in (True, False))
    other.load_state_dict(one.state_dict())
    a, b = AdaGrad(one.parameters(), lr=0.1), AdaGrad(other.parameters(), lr=0.1)
    for _ in range(20):
        words = torch.randint(0, 50, (3, 5))  # some of them twice
        for model, optimizer in ((one, a), (other, b)):
            optimizer.zero_grad()
            (model(words) ** 2).sum().backward()
            optimizer.step()
    assert torch.allclose(one.weight, other.weight, rtol=1e-12, atol=1e-14)


def test_an_embedding_bag() -> None:
    bag = nn.EmbeddingBag(20, 4, mode="sum", sparse=True)
    before = bag.weight.detach().clone()
    optimizer = SGD(bag.parameters(), lr=1.0)
    bag(torch.tensor([[3, 3, 7]])).sum().backward()
    optimizer.step()
    expected = before.clone()
    expected[3] -= 2
    expected[7] -= 1
    assert torch.equal(bag.weight, expected)


def test_a_row_named_twice_has_the_sum() -> None:
    p = nn.Parameter(torch.zeros(3, 1))
    p.grad = sparse([2, 0, 2], torch.tensor([[1.0], [5.0], [10.0]]), (3, 1))
    SGD([p], lr=1.0).step()
    assert p.flatten().tolist() == [-5.0, 0.0, -11.0]


@pytest.mark.parametrize("optimizer_class", EXACT, ids=lambda c: c.__name__)
def test_gradients_sparse_in_several_dimensions(optimizer_class: type[RuleOptimizer]) -> None:
    shape = (4, 3, 2)
    generator = torch.Generator().manual_seed(0)
    for dims in (1, 2, 3):
        p, q = (nn.Parameter(torch.ones(shape, dtype=torch.float64)) for _ in range(2))
        a, b = optimizer_class([p]), optimizer_class([q])
        for _ in range(6):
            indices = torch.stack([torch.randint(0, size, (3,), generator=generator) for size in shape[:dims]])
            values = torch.randn(3, *shape[dims:], generator=generator, dtype=torch.float64)
            p.grad = torch.sparse_coo_tensor(indices, values, shape, check_invariants=True)
            q.grad = p.grad.to_dense()
            a.step()
            b.step()
        assert by_rows(a) == 1
        a.catch_up()
        assert max(differences(p, q, a, b).values()) < 1e-13


def test_how_many_dimensions_are_sparse_may_change() -> None:
    p, q = table(), table()
    a, b = RMSProp([p]), RMSProp([q])
    for k, grad in enumerate(random_gradients(8)):
        p.grad = grad if k % 2 else grad.to_dense().to_sparse()
        q.grad = grad.to_dense()
        a.step()
        b.step()
    a.catch_up()
    assert max(differences(p, q, a, b).values()) < 1e-13


@pytest.mark.parametrize("optimizer_class", EXACT, ids=lambda c: c.__name__)
def test_complex_parameters(optimizer_class: type[RuleOptimizer]) -> None:
    p, q = (nn.Parameter(torch.complex(table(), table(seed=6)).detach()) for _ in range(2))
    a, b = optimizer_class([p]), optimizer_class([q])
    for real, imaginary in zip(random_gradients(12), random_gradients(12), strict=True):
        p.grad = sparse(real._indices()[0].tolist(), torch.complex(real._values(), 2 * imaginary._values()))
        q.grad = p.grad.to_dense()
        a.step()
        b.step()
    assert by_rows(a) == 1
    a.catch_up()
    assert torch.allclose(p, q, rtol=1e-12)


def test_a_gradient_that_names_nothing_is_a_step() -> None:
    p = table()
    optimizer = RMSProp([p])
    for grad in (sparse([1], torch.ones(1, WIDTH, dtype=torch.float64)), sparse([], torch.zeros(0, WIDTH).double())):
        p.grad = grad
        optimizer.step()
    optimizer.catch_up()
    assert optimizer.state[p]["step"] == 2
    assert optimizer.state[p]["G"][1, 0].item() == pytest.approx(0.1 * 0.9)


@every_elementwise
def test_sparse_and_dense_gradients_in_turn(optimizer_class: type[RuleOptimizer]) -> None:
    p, q = table(), table()
    a, b = optimizer_class([p]), optimizer_class([q])
    for k, grad in enumerate(random_gradients(20)):
        if k % 5 == 4:
            p.grad, q.grad = grad.to_dense(), grad.to_dense()
            a.step()
            b.step()
        else:
            p.grad = grad
            a.step()
            dense_step_of_named_rows(b, q, grad, decay(b))
    a.catch_up()
    assert max(differences(p, q, a, b).values()) < 1e-11


def test_without_a_gradient_time_stands_still() -> None:
    p, other = table(), table()
    optimizer = RMSProp([p, other])
    for k in range(6):
        p.grad = sparse([1], torch.ones(1, WIDTH, dtype=torch.float64)) if k in (0, 5) else None
        other.grad = torch.ones_like(other)
        optimizer.step()
    optimizer.catch_up()
    assert optimizer.state[p]["G"][1, 0].item() == pytest.approx(0.1 * 0.9 + 0.1)


@every_elementwise
@pytest.mark.parametrize("way", ["state_dict", "deepcopy", "pickle"])
def test_saved_and_copied_optimizers_go_on_bit_for_bit(optimizer_class: type[RuleOptimizer], way: str) -> None:
    p = table(torch.float32)
    a = optimizer_class([p])
    gradients = list(random_gradients(20, torch.float32))
    for grad in gradients[:10]:
        p.grad = grad
        a.step()
    if way == "state_dict":
        saved = copy.deepcopy(a.state_dict())
        q = nn.Parameter(p.detach().clone())
        b = optimizer_class([q])
        b.load_state_dict(saved)
    else:
        b = copy.deepcopy(a) if way == "deepcopy" else pickle.loads(pickle.dumps(a))
        q = b.param_groups[0]["params"][0]
    for grad in gradients[10:]:
        p.grad, q.grad = grad, grad
        a.step()
        b.step()
    a.catch_up()
    b.catch_up()
    assert torch.equal(p, q)
    assert all(torch.equal(a.state[p][slot], b.state[q][slot]) for slot in a.state[p])


def test_what_is_saved_is_made_good() -> None:
    p, q = table(), table()
    a, b = RMSProp([p]), RMSProp([q])
    for grad in random_gradients(10):
        p.grad, q.grad = grad, grad.to_dense()
        a.step()
        b.step()
    mine, dense = a.state_dict()["state"][0]["G"], b.state_dict()["state"][0]["G"]
    assert torch.allclose(mine, dense, rtol=1e-13, atol=0)


def test_state_put_in_anothers_place_is_taken_as_it_is() -> None:
    p = table()
    optimizer = RMSProp([p])
    for _ in range(3):
        p.grad = sparse([1], torch.zeros(1, WIDTH, dtype=torch.float64))
        optimizer.step()
    optimizer.state[p]["G"] = torch.ones_like(p)
    optimizer.step()
    optimizer.catch_up()
    assert torch.allclose(optimizer.state[p]["G"], torch.tensor(0.9, dtype=torch.float64))


@every_elementwise
def test_dense_steps_on_request(optimizer_class: type[RuleOptimizer]) -> None:
    p, q = table(), table()
    a, b = optimizer_class([p], sparse="dense"), optimizer_class([q])
    for grad in random_gradients(8):
        p.grad, q.grad = grad, grad.to_dense()
        a.step()
        b.step()
    assert by_rows(a) == 0
    assert max(differences(p, q, a, b).values()) < 1e-14


@pytest.mark.filterwarnings("ignore:Sparse invariant checks")  # torch's, of its own tensors
@pytest.mark.parametrize(
    ("name", "options", "rows"), [("SGD", {}, 1), ("SGD", {"momentum": 0.9}, 0), ("Adagrad", {"lr_decay": 0.1}, 1)]
)
def test_torchs_names_take_torchs_steps(name: str, options: dict[str, float], rows: int) -> None:
    p, q = table(), table()
    a = getattr(named_as_torch, name)([p], lr=0.1, **options)
    b = getattr(torch.optim, name)([q], lr=0.1, **options)
    for grad in random_gradients(30):
        p.grad, q.grad = grad, grad
        a.step()
        b.step()
    assert by_rows(a) == rows
    assert torch.allclose(p, q, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1}, {"momentum": 0.9}], ids=str)
@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_torchs_names_train_an_embedding_as_with_dense_gradients(name: str, options: dict[str, float]) -> None:
    optimizer_class = getattr(named_as_torch, name)
    if not set(options) <= set(inspect.signature(optimizer_class).parameters):
        return
    one, other = (nn.Embedding(20, 4, sparse=is_sparse, dtype=torch.float64) for is_sparse in (True, False))
    other.load_state_dict(one.state_dict())
    a, b = (optimizer_class(model.parameters(), lr=0.05, **options) for model in (one, other))
    for words in torch.randint(0, 20, (20, 3), generator=torch.Generator().manual_seed(0)):
        for model, optimizer in ((one, a), (other, b)):
            optimizer.zero_grad()
            (model(words) ** 2).sum().backward()  # reads rows that have waited
            optimizer.step()
    a.catch_up()
    assert torch.allclose(one.weight, other.weight, rtol=1e-11, atol=1e-13)


def test_lazy_rows_do_not_age() -> None:
    p = table()
    optimizer = Momentum([p], sparse="lazy", form="ema")
    for row in (0, 1, 1, 1):
        p.grad = sparse([row], torch.ones(1, WIDTH, dtype=torch.float64))
        optimizer.step()
    optimizer.catch_up()
    assert optimizer.state[p]["m"][0, 0].item() == pytest.approx(0.1)


def test_a_rule_with_norms_takes_a_sparse_gradient_as_dense() -> None:
    p, q = table(), table()
    a, b = LAMB([p]), LAMB([q])
    for grad in random_gradients(5):
        p.grad, q.grad = grad, grad.to_dense()
        a.step()
        b.step()
    assert by_rows(a) == 0
    assert torch.allclose(p, q, rtol=1e-12)


@pytest.mark.parametrize("strange", [lambda p: p.data.t().contiguous().t(), lambda p: p.data[:, :3]])
def test_rows_that_do_not_follow_one_another_are_stepped_as_dense(strange: Callable[..., Tensor]) -> None:
    p = table()
    p.data = strange(p)
    q = nn.Parameter(p.detach().clone())
    a, b = RMSProp([p]), RMSProp([q])
    for grad in random_gradients(5):
        g = grad.to_dense()[:, : p.shape[1]]
        p.grad, q.grad = g.to_sparse(1), g
        a.step()
        b.step()
    assert by_rows(a) == 0
    assert torch.allclose(p, q, rtol=1e-13)


def test_the_version_is_counted_and_other_parameters_step_beside() -> None:
    p, q = table(), table(seed=1)
    optimizer = Adam([p, q])
    before = p._version
    loss = (p**3).sum()
    p.grad, q.grad = next(random_gradients(1)), torch.ones_like(q)
    optimizer.step()
    assert p._version > before
    p.grad = None
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()
    assert torch.allclose(table(seed=1) - q, torch.tensor(1e-3, dtype=torch.float64))


@pytest.mark.parametrize("rounding", ["stochastic", "kahan"])
def test_half_precision_rounded_otherwise(rounding: str) -> None:
    torch.manual_seed(0)
    p = nn.Parameter(torch.ones(ROWS, 512, dtype=torch.bfloat16))
    optimizer = SGD([p], lr=1e-3, rounding=rounding)
    for _ in range(40):
        p.grad = sparse([3, 7], torch.ones(2, 512, dtype=torch.bfloat16), (ROWS, 512))
        optimizer.step()
    assert by_rows(optimizer) == 1
    mean = p.detach().double().mean(1)
    assert mean[3].item() == pytest.approx(0.96, abs=2e-3)  # each step is a quarter of the distance between neighbours
    assert mean[0].item() == 1.0


def test_clipping_sees_the_sum_of_rows_named_twice() -> None:
    p = nn.Parameter(torch.zeros(3, 1))
    p.grad = sparse([2, 0, 2], torch.tensor([[1.0], [8.0], [5.0]]), (3, 1))
    SGD([p], lr=1.0, clip_norm=1.0).step()
    assert p.flatten().tolist() == pytest.approx([-0.8, 0.0, -0.6], rel=1e-5)


def test_an_index_outside_the_table_is_refused() -> None:
    p = table()
    p.grad = torch.sparse_coo_tensor([[ROWS]], torch.ones(1, WIDTH).double(), (ROWS, WIDTH), check_invariants=False)
    with pytest.raises(UserError, match="a sparse gradient must name rows of its parameter"):
        RMSProp([p]).step()


def test_the_option_is_checked() -> None:
    with pytest.raises(UserError, match="sparse must be one of 'catch up', 'lazy', 'dense', got 'eager'"):
        RMSProp([table()], sparse="eager")


@every_elementwise
def test_untouched_rows_are_not_written_by_steps(optimizer_class: type[RuleOptimizer]) -> None:
    p = table()
    optimizer = optimizer_class([p])
    for row in (0, 0, 1):
        p.grad = sparse([row], torch.ones(1, WIDTH, dtype=torch.float64))
        optimizer.step()
    slots = [p.detach(), *(v for name, v in optimizer.state[p].items() if name != "step")]
    for slot in slots:
        slot[2:] = float("nan")  # a step over all rows would meet them
    kept = [slot.clone() for slot in slots]
    p.grad = sparse([1], torch.ones(1, WIDTH, dtype=torch.float64))
    optimizer.step()
    assert all(torch.equal(slot[0], old[0]) for slot, old in zip(slots, kept, strict=True))
    assert torch.isfinite(p[1]).all()


def halves_trained(every: int, **options: Any) -> tuple[Tensor, Tensor]:
    """Of rows named at the first step alone: parameter and second moment, made good every so many steps."""
    p = nn.Parameter(torch.ones(4, 2000, dtype=torch.bfloat16))
    optimizer = AdamW([p], lr=1e-3, beta2=0.999, weight_decay=1.0, **options)
    for k in range(600):
        p.grad = sparse([0, 1] if k == 0 else [0], torch.ones(2 if k == 0 else 1, 2000, dtype=torch.bfloat16), p.shape)
        optimizer.step()
        if k % every == 0:
            optimizer.catch_up()
    optimizer.catch_up()
    return p.detach()[1].double(), optimizer.state[p]["v"][1].double()


@pytest.mark.parametrize("rounding", ["stochastic", "kahan"])
def test_what_is_made_good_often_does_not_stick_in_half_precision(rounding: str) -> None:
    torch.manual_seed(0)
    x, v = halves_trained(1, rounding=rounding, state_dtype=torch.bfloat16)
    assert x.mean().item() == pytest.approx((1 - 1e-3 - 1e-3) * 0.999**599, rel=4e-3)  # half the distance of bfloat16s
    assert v.mean().item() == pytest.approx(1e-3 * 0.999**599, rel=1e-2)


def test_making_good_draws_nothing_from_torchs_generator() -> None:
    torch.manual_seed(0)
    p = nn.Parameter(torch.ones(4, 2, dtype=torch.bfloat16))
    optimizer = AdamW([p], rounding="stochastic")
    for row in (0, 1):
        p.grad = sparse([row], torch.ones(1, 2, dtype=torch.bfloat16), p.shape)
        optimizer.step()
    before = torch.get_rng_state()
    optimizer.catch_up()
    assert torch.equal(torch.get_rng_state(), before)


def test_factors_that_change_at_every_step_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surefoot.optim.sparse.rows.LONGEST", 7)
    p, q = table(), table()
    a, b = AdamW([p], weight_decay=0.3), AdamW([q], weight_decay=0.3)
    for k, grad in enumerate(random_gradients(40)):
        a.param_groups[0]["lr"] = b.param_groups[0]["lr"] = 0.1 / (k + 1)
        p.grad = grad
        a.step()
        dense_step_of_named_rows(b, q, grad, 1 - b.param_groups[0]["lr"] * 0.3)
        assert a._registry[p]._history.runs <= 7
    a.catch_up()
    assert max(differences(p, q, a, b).values()) < 1e-12


def test_a_table_that_was_replaced_is_let_go() -> None:
    p, q = table(), table()
    optimizer = AdamW([p])
    p.grad = next(random_gradients(1))
    optimizer.step()
    optimizer.param_groups[0]["params"] = [q]
    optimizer.catch_up()
    assert not optimizer._registry


@pytest.mark.parametrize("sparse", ["catch up", "lazy"])
def test_state_that_starts_at_x_does_so_in_rows_that_are_named_later(sparse: str) -> None:
    def leashed(x: Value, g: Value, first: Value, *, t: Value, lr: Rate = 0.1) -> tuple[Value, Value]:
        first = where(t == 1, x, first)
        return x - lr * g / (1 + abs(x - first)), first

    tables = [nn.Parameter(torch.linspace(1, 2, 8, dtype=torch.float64).view(4, 2)) for _ in range(2)]
    begun = tables[0].detach().clone()
    by_rows, whole = (
        from_rule(leashed)([weights], sparse=way) for weights, way in zip(tables, (sparse, "dense"), strict=True)
    )
    for row in (0, 2, 0, 3, 2):
        for weights, optimizer in zip(tables, (by_rows, whole), strict=True):
            weights.grad = torch.sparse_coo_tensor(
                [[row]], [[1.0, -2.0]], (4, 2), dtype=torch.float64, check_invariants=True
            )
            optimizer.step()
    assert torch.equal(tables[0], tables[1])
    assert torch.equal(by_rows.state[tables[0]]["first"], begun)
