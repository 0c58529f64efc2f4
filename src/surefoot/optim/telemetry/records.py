"""What has been recorded: one record a sampled step, thinned when there are many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from surefoot.optim.telemetry.measures import COLUMNS

Array = NDArray[np.float64]
By = Literal["tensor", "group"]
#: What a row says of itself beside its figures.
ABOUT = ("step", "group", "tensor", "elements")
#: What a row of a table of records has; one for a group has no `tensor`.
FRAME = (*ABOUT, *COLUMNS, "drift")
_MOMENT = COLUMNS.index("second_moment")


@dataclass(frozen=True)
class Record:
    """The figures of one step.

    Attributes:
        step: how many steps the tracker had seen, this one included.
        names: of the tensors. groups: of each tensor, its group's number. elements: of each tensor.
        tensors: (tensors, columns). by_group: group number to (columns,).
        drift: (tensors,) decades by which the mean square of each tensor's gradient has moved, so far.
    """

    step: int
    names: tuple[str, ...]
    groups: tuple[int, ...]
    elements: tuple[int, ...]
    tensors: Array
    by_group: dict[int, Array]
    drift: Array

    def rows(self, by: By) -> Iterator[dict[str, Any]]:
        """A dictionary for each tensor, or each group."""
        if by == "tensor":
            for k, name in enumerate(self.names):
                about = {"step": self.step, "group": self.groups[k], "tensor": name, "elements": self.elements[k]}
                yield about | self._figures(self.tensors[k], float(self.drift[k]))
            return
        for group, row in self.by_group.items():
            mine = [k for k, g in enumerate(self.groups) if g == group]
            moved = np.abs(self.drift[mine])
            median = float(np.median(moved[np.isfinite(moved)])) if np.isfinite(moved).any() else float("nan")
            about = {"step": self.step, "group": group, "elements": sum(self.elements[k] for k in mine)}
            yield about | self._figures(row, median)

    def _figures(self, row: Array, drift: float) -> dict[str, float]:
        return {**dict(zip(COLUMNS, map(float, row), strict=True)), "drift": drift}


@dataclass
class Records:
    """Records in order; when there are more than `most`, every second one is let go, those just made excepted."""

    most: int
    kept: list[Record] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Keep one more."""
        self.kept.append(record)
        if len(self.kept) > self.most:
            self.kept = [*self.kept[:-1:2], self.kept[-1]]

    def drift(self, names: Sequence[str], figures: Array) -> Array:
        """Of each tensor, log10 of the mean square of its gradients in the last quarter of the records over the first.

        The quarters are those of the records that the tensor is in, the new one included; 0 with one record.
        """
        known = [*(record.names for record in self.kept), tuple(names)]
        moments = [*(record.tensors[:, _MOMENT] for record in self.kept), figures[:, _MOMENT]]
        if known.count(known[-1]) == len(known):
            quarter = max(1, len(moments) // 4)
            early, late = (np.mean(part, axis=0) for part in (moments[:quarter], moments[-quarter:]))
        else:  # some had no gradient in some steps
            early, late = _ends(*_aligned(known, moments))
        with np.errstate(all="ignore"):
            return np.asarray(np.where(early == late, 0.0, np.log10(late / early)))


def _aligned(names: Sequence[tuple[str, ...]], moments: Sequence[Array]) -> tuple[Array, NDArray[np.bool_]]:
    """(records, tensors of the last record): the values of all records, and where there are any."""
    place = {name: k for k, name in enumerate(names[-1])}
    table = np.zeros((len(names), len(names[-1])))
    present = np.zeros(table.shape, np.bool_)
    ways: dict[tuple[str, ...], NDArray[np.int64]] = {}
    for row, (known, values) in enumerate(zip(names, moments, strict=True)):
        if known not in ways:
            pairs = [(k, place[name]) for k, name in enumerate(known) if name in place]
            ways[known] = np.array(pairs, np.int64).reshape(-1, 2).T
        source, target = ways[known]
        table[row, target], present[row, target] = values[source], True
    return table, present


def _ends(table: Array, present: NDArray[np.bool_]) -> list[Array]:
    """(tensors,) each: the means of the first and of the last quarter of what is present."""
    rank = np.cumsum(present, axis=0)
    quarter = np.maximum(1, rank[-1] // 4)
    masks = (present & (rank <= quarter), present & (rank > rank[-1] - quarter))
    return [np.where(mask, table, 0.0).sum(0) / quarter for mask in masks]
