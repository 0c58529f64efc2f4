"""From what a user has to three checked splits of CPU tensors."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.errors import UserError

Rows = tuple[Any, Any]

_SHARE = 5  # a split that is absent gets one row in five


class Split(NamedTuple):
    """Rows to learn from or to be scored on: x (n, ...) and y (n, ...), float32 or int64, on the CPU."""

    x: Tensor
    y: Tensor


def three_splits(train: Rows, validation: Rows | None, test: Rows | None) -> tuple[Split, Split, Split]:
    """Train, validation and test, as tensors; the absent ones taken off the training rows (20% of them each).

    Raises:
        UserError: if a split is empty, not finite, not of numbers, of unequal lengths, or unlike the training rows.
    """
    rows = _split("train", train)
    given = {"validation": validation, "test": test}
    absent = [name for name, data in given.items() if data is None]
    found = {name: _split(name, data) for name, data in given.items() if data is not None}
    for name, split in found.items():
        _alike(name, split, rows)
    n = len(rows.y)
    share = max(1, n // _SHARE)
    if n - share * len(absent) < 1:
        raise UserError(
            f"train: must have at least {len(absent) + 1} rows where {' and '.join(absent)} must be split off, got {n}"
        )
    order = torch.from_numpy(np.random.default_rng(0).permutation(n))
    for name in absent:
        taken, order = order[:share], order[share:]
        found[name] = _take(rows, taken)
    return (_take(rows, order) if absent else rows), found["validation"], found["test"]


def _take(rows: Split, chosen: Tensor) -> Split:
    kept = chosen.sort().values
    return Split(rows.x[kept], rows.y[kept])


def _split(name: str, data: Rows) -> Split:
    if isinstance(data, Split):  # checked before: a task made from a task
        return data
    if not isinstance(data, tuple | list) or len(data) != 2:
        of = f" of {len(data)}" if isinstance(data, tuple | list) else ""
        raise UserError(f"{name}: must be a pair (X, y) of arrays, got {type(data).__name__}{of}")
    split = Split(_tensor(f"X of {name}", data[0]), _tensor(f"y of {name}", data[1]))
    if len(split.x) != len(split.y):
        raise UserError(f"{name}: X and y must have as many rows, got {len(split.x)} and {len(split.y)}")
    if len(split.y) == 0:
        raise UserError(f"{name}: must have at least one row, got an empty dataset")
    return split


def _tensor(name: str, data: Any) -> Tensor:
    """A copy on the CPU, float32 or int64, so that nothing a user does to the original later changes a result."""
    tensor = data.detach().cpu().clone() if isinstance(data, Tensor) else torch.from_numpy(_numbers(name, data))
    if tensor.is_complex() or tensor.layout != torch.strided:
        raise UserError(f"{name}: must be a dense array of real numbers, got {tensor.dtype}, {tensor.layout}")
    if tensor.dim() == 0:
        raise UserError(f"{name}: must have rows along its first axis, got a single number")
    if not tensor.is_floating_point():
        return tensor.to(torch.int64).contiguous()
    tensor = tensor.to(torch.float32).contiguous()
    bad = (~torch.isfinite(tensor)).reshape(len(tensor), -1).any(1).nonzero() if tensor.numel() else tensor
    if bad.numel():
        raise UserError(f"{name}: must be finite in float32, got NaN or infinity in row {int(bad[0])}")
    return tensor


def _numbers(name: str, data: Any) -> NDArray[Any]:
    """A copy, float32 or int64."""
    kind = type(data).__name__
    if isinstance(data, Mapping):
        raise UserError(f"{name}: must be one array, got {kind}; join the inputs to one, which forward takes apart")
    try:
        array = np.asarray(data)
        if array.dtype == object:  # a table's column may hold plain numbers as objects
            array = np.asarray(array.tolist())
    except (TypeError, ValueError) as error:
        raise UserError(f"{name}: must be one array, with rows of one shape, got {kind} of unequal parts") from error
    if array.dtype.kind not in "biuf":
        raise UserError(
            f"{name}: must be an array of real numbers, got {kind} of {array.dtype}; write classes as whole numbers "
            "from 0"
        )
    with np.errstate(over="ignore"):  # infinity is told of by its row
        return array.astype(np.float32 if array.dtype.kind == "f" else np.int64)


def _alike(name: str, split: Split, train: Split) -> None:
    for what, ours, theirs in (("X", split.x, train.x), ("y", split.y, train.y)):
        if ours.shape[1:] != theirs.shape[1:] or ours.dtype != theirs.dtype:
            raise UserError(
                f"{name}: a row of {what} must be like one of train, {tuple(theirs.shape[1:])} {theirs.dtype}, got "
                f"{tuple(ours.shape[1:])} {ours.dtype}"
            )


def stratified(labels: NDArray[np.int64], seed: int = 0) -> tuple[NDArray[np.int64], ...]:
    """Row numbers of train, validation and test, 60/20/20 within each class, in ascending order.

    >>> [part.tolist() for part in stratified(np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]))]
    [[2, 3, 4, 6, 7, 9], [0, 5], [1, 8]]
    """
    rng = np.random.default_rng(seed)
    classes = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    cuts = [np.split(rows, [round(0.6 * len(rows)), round(0.8 * len(rows))]) for rows in classes]
    return tuple(np.sort(np.concatenate(part)) for part in zip(*cuts, strict=True))


def standardised(x: NDArray[np.float64], train: NDArray[np.int64]) -> NDArray[np.float64]:
    """Columns of `x` (n, d) less the mean and over the standard deviation of their training rows alone.

    A column that is constant there becomes zero there; it is not divided by anything.

    >>> standardised(np.array([[1.0, 7.0], [3.0, 7.0], [5.0, 8.0]]), np.array([0, 1]))
    array([[-1.,  0.],
           [ 1.,  0.],
           [ 3.,  1.]])
    """
    known = x[train]
    scale = np.where(np.ptp(known, axis=0) > 0, known.std(axis=0), 1.0)
    centre = np.where(np.ptp(known, axis=0) > 0, known.mean(axis=0), known[0])
    scaled: NDArray[np.float64] = (x - centre) / scale
    return scaled
