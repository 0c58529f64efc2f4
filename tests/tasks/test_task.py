"""The contract: what is accepted, what is refused in one line, what a seed decides."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from surefoot.errors import UserError
from surefoot.tasks import Task

X, Y = np.arange(40.0).reshape(20, 2), np.arange(20) % 3


def make(**changes: Any) -> Task:
    given: dict[str, Any] = {
        "name": "toy",
        "model": lambda: nn.Linear(2, 3),
        "loss": nn.functional.cross_entropy,
        "train": (X, Y),
    }
    return Task(**(given | changes))


@pytest.mark.parametrize("x", [X, X.tolist(), torch.tensor(X), pd.DataFrame(X), X.astype(np.float32)])
@pytest.mark.parametrize("y", [Y, Y.tolist(), torch.tensor(Y), pd.Series(Y), Y.astype(np.uint8)])
def test_every_kind_of_data_becomes_the_same_tensors(x: Any, y: Any) -> None:
    task = make(train=(x, y))
    assert (task.train.x.dtype, task.train.y.dtype) == (torch.float32, torch.int64)
    assert task.data_hash == make().data_hash


def test_a_later_change_of_the_users_arrays_changes_nothing() -> None:
    x, y = torch.tensor(X), Y.copy()
    task = make(train=(x, y), validation=(x, y), test=(x, y))
    x += 1
    y += 1
    assert torch.equal(task.train.x, torch.tensor(X, dtype=torch.float32))
    assert task.validation.y.tolist() == Y.tolist()


@given(rows=st.integers(3, 60), validation=st.booleans(), test=st.booleans())
def test_absent_splits_are_a_fifth_of_the_training_rows_and_nothing_is_lost(
    rows: int, validation: bool, test: bool
) -> None:
    x = np.arange(rows)
    own = (np.array([1000]), np.array([1000]))
    task = make(train=(x, x), validation=own if validation else None, test=own if test else None)
    parts = [task.train, *([] if validation else [task.validation]), *([] if test else [task.test])]
    assert sorted(torch.cat([part.x for part in parts]).tolist()) == x.tolist()
    assert all(torch.equal(part.x, part.y) for part in parts)
    assert all(len(part.y) == max(1, rows // 5) for part in parts[1:])


def test_given_splits_stay_as_they_are() -> None:
    task = make(validation=(X + 1, Y), test=(X + 2, Y))
    for offset, split in enumerate((task.train, task.validation, task.test)):
        assert torch.equal(split.x, torch.tensor(X + offset, dtype=torch.float32))


def test_a_batch_is_no_larger_than_the_training_rows() -> None:
    assert make(batch_size=1000).batch_size == 12
    assert make(batch_size=5).batch_size == 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": (X, Y[:7])}, "train: X and y must have as many rows, got 20 and 7"),
        ({"train": (X[:0], Y[:0])}, "train: must have at least one row, got an empty dataset"),
        ({"train": ([], [])}, "train: must have at least one row, got an empty dataset"),
        (
            {"train": (X[:2], Y[:2])},
            "train: must have at least 3 rows where validation and test must be split off, got 2",
        ),
        ({"train": X}, "train: must be a pair (X, y) of arrays, got ndarray"),
        ({"train": (3.0, Y)}, "X of train: must have rows along its first axis, got a single number"),
        (
            {"train": (np.where(X == 6, np.nan, X), Y)},
            "X of train: must be finite in float32, got NaN or infinity in row 3",
        ),
        ({"train": (X, Y * 1e300)}, "y of train: must be finite in float32, got NaN or infinity in row 1"),
        ({"train": (X,)}, "train: must be a pair (X, y) of arrays, got tuple of 1"),
        ({"train": ([["a"]], [0])}, "X of train: must be an array of real numbers, got list of <U1; write classes as"),
        ({"train": (X, None)}, "y of train: must be an array of real numbers, got NoneType of object"),
        ({"train": ([[1.0], [2.0, 3.0]], [0, 1])}, "X of train: must be one array, with rows of one shape, got list"),
        ({"train": ({"ids": X, "mask": X}, [0])}, "X of train: must be one array, got dict; join the inputs to one"),
        ({"train": (X * 1j, Y)}, "X of train: must be an array of real numbers, got ndarray of complex128"),
        ({"train": (torch.tensor(X * 1j), Y)}, "X of train: must be a dense array of real numbers, got torch.complex"),
        (
            {"validation": (X[:, :1], Y)},
            "validation: a row of X must be like one of train, (2,) torch.float32, got (1,)",
        ),
        ({"test": (X, Y / 1.0)}, "test: a row of y must be like one of train, () torch.int64, got () torch.float32"),
        ({"test": (X[:0], Y[:0])}, "test: must have at least one row, got an empty dataset"),
        ({"batch_size": 0}, "batch_size: must be at least 1, got 0"),
        ({"batch_size": 2.5}, "batch_size: must be a whole number, got 2.5"),
        ({"steps": -1}, "steps: must be at least 1, got -1"),
        ({"steps": True}, "steps: must be at least 1, got True"),
        ({"steps": "many"}, "steps: must be a whole number, got 'many'"),
        ({"name": " "}, "name: must be a text of one line that is not empty, got ' '"),
        ({"model": nn.Linear(2, 3)}, "model: must be a factory"),
        ({"loss": None}, "loss: must be a callable of (output, y), got NoneType"),
        ({"score": 3}, "score: must be a callable of (output, y), got int"),
    ],
)
def test_a_mistake_is_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        make(**changes)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "x", [X.astype(object), X.astype(">f8"), X.astype(np.longdouble), pd.DataFrame(X, dtype=object)]
)
def test_numbers_are_taken_however_they_are_kept(x: Any) -> None:
    labels = pd.Series(Y.tolist(), dtype=object)
    task, plain = make(train=(x, labels)), make()
    assert torch.equal(task.train.x, plain.train.x)
    assert (task.train.y.dtype, task.train.y.tolist()) == (torch.int64, plain.train.y.tolist())


def test_lazy_layers_are_made_whole_from_the_seed_and_stay_untrained() -> None:
    def lazy() -> nn.Module:
        return nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d(), nn.ReLU(), nn.LazyLinear(3))

    first, second, other = (make(model=lazy).build(seed) for seed in (1, 1, 2))
    assert first[0].weight.shape == (4, 2)
    assert torch.equal(first[0].weight, second[0].weight)
    assert not torch.equal(first[0].weight, other[0].weight)
    assert first.training
    assert first[1].num_batches_tracked == 0


def _fails() -> nn.Module:
    raise RuntimeError("no such\nlayer")


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (_fails, "model cannot be built for the task 'toy': RuntimeError: no such layer"),
        (lambda: 3, "model cannot be built for the task 'toy': the factory must return a torch.nn.Module, got int"),
        (nn.ReLU, "model cannot be built for the task 'toy': it has no parameters to train"),
        (lambda needed: needed, "model cannot be built for the task 'toy': TypeError: "),
    ],
)
def test_a_model_that_cannot_be_built_is_one_line(factory: Any, message: str) -> None:
    with pytest.raises(UserError) as caught:
        make(model=factory).build(0)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_seed_decides_the_weights_as_torch_would_and_leaves_torchs_generator_alone() -> None:
    torch.manual_seed(5)
    expected = nn.Linear(2, 3).weight
    torch.manual_seed(123)
    before = torch.get_rng_state()
    model = make(model=lambda: nn.Linear(2, 3).eval()).build(5)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(model.weight, expected)  # type: ignore[arg-type]
    assert model.training


def test_the_metric_is_the_score_or_else_the_loss() -> None:
    def agreement(output: torch.Tensor, y: torch.Tensor) -> float:
        return float((output.argmax(-1) == y).sum())

    output, y = torch.eye(3), torch.tensor([0, 1, 0])
    scored, plain = make(score=agreement), make()
    assert (scored.metric, scored.greater_is_better, scored.measure(output, y)) == ("agreement", True, 2.0)
    assert (plain.metric, plain.greater_is_better) == ("loss", False)
    assert plain.measure(output, y) == nn.functional.cross_entropy(output, y)
    assert make(score=lambda output, y: 1.0).metric == "score"


def test_the_data_hash_sees_values_types_shapes_and_splits() -> None:
    same = (X, Y)
    base = make(validation=same, test=same)
    others = [
        make(validation=same, test=(X + 1, Y)),
        make(train=(X, Y * 1.0), validation=(X, Y * 1.0), test=(X, Y * 1.0)),
        make(train=(X[:, None], Y), validation=(X[:, None], Y), test=(X[:, None], Y)),
        make(validation=same, test=(X[:19], Y[:19])),
    ]
    hashes = {task.data_hash for task in (base, *others)}
    assert len(hashes) == 5
    assert all(len(h) == hashlib.sha256().digest_size * 2 for h in hashes)


def test_the_fingerprint_leaves_out_the_horizon_alone() -> None:
    base = make()
    assert base.with_(steps=7).fingerprint == base.fingerprint
    assert base.with_(steps=7).steps == 7
    others = [
        make(batch_size=3),
        make(model=lambda: nn.Linear(2, 4)),
        make(model=lambda: nn.Sequential(nn.Linear(2, 3), nn.Tanh())),
        make(loss=nn.functional.multi_margin_loss),
        make(score=lambda output, y: 1.0),
        make(score=lambda output, y: 2.0),
        make(train=(X + 1, Y)),
    ]
    assert len({task.fingerprint for task in (base, *others)}) == 8


def test_the_model_is_described_in_a_line() -> None:
    assert make(model=lambda: nn.Sequential(nn.Linear(2, 300), nn.ReLU(), nn.Linear(300, 3))).described == (
        "Linear-ReLU-Linear, 1,803 parameters"
    )
    assert make().described == "Linear, 9 parameters"
