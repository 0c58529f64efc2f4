"""`surefoot.track`: an optimizer's effective learning rates and what goes with them, recorded while it trains."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from surefoot.errors import UserError
from surefoot.optim.layout import Layout
from surefoot.optim.optimizer import RuleOptimizer
from surefoot.optim.telemetry.glance import Glance
from surefoot.optim.telemetry.outlets import Outlet, jsonl, tensorboard
from surefoot.optim.telemetry.reading import reading
from surefoot.optim.telemetry.records import FRAME, By, Record, Records

if TYPE_CHECKING:
    import pandas

#: Steps between two records at least, and the part of the training's time that recording may take.
EVERY, SHARE = 100, 0.01


def track(
    optimizer: RuleOptimizer,
    every: int | None = None,
    *,
    names: nn.Module | Iterable[tuple[str, Tensor]] | None = None,
    sample: int = 32_768,
    keep: int = 1000,
) -> "Tracker":
    """Record, from the next step on, what an optimizer does to each of its tensors. Its steps stay as they are.

    Args:
        optimizer: one of surefoot's.
        every: steps from one record to the next; the first step is recorded. None: 100, or as many more as it takes
            until the last record cost less than 1% of the time since.
        names: the model, or its `named_parameters()`. Without, the names that the optimizer was given, or places.
        sample: how many elements are looked at in all. Of each tensor they are between 32 and 1,024, or all if it has
            no more, spread over all of it, the same at every record; of a sparse gradient, from the rows that it names.
        keep: how many records are kept; when there are more, every second one is dropped.

    Raises:
        UserError: for an optimizer that is not surefoot's, is tracked already or releases its gradients, for numbers
            below 1, and for names that are neither a model nor pairs.

    >>> import torch
    >>> from surefoot.optim import AdaGrad
    >>> w = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    >>> optimizer = AdaGrad([("w", w)], lr=0.1)
    >>> tracker = track(optimizer, every=2)
    >>> for _ in range(3):
    ...     w.grad = torch.tensor([3.0, 0.0])
    ...     optimizer.step()
    >>> tracker.frame()[["step", "tensor", "sparsity", "update_ratio"]].round(4)
       step tensor  sparsity  update_ratio
    0     1      w       0.5        0.0447
    1     3      w       0.5        0.0267
    >>> tracker.stop()
    """
    if not isinstance(optimizer, RuleOptimizer):
        raise UserError(f"track: optimizer must be one of surefoot's, got {type(optimizer).__name__}")
    if optimizer._observer is not None:
        raise UserError("track: the optimizer must not be tracked already; call stop() of its tracker first")
    if optimizer._release is not None:
        raise UserError("track: the optimizer must not release its gradients, which are gone before they can be seen")
    for name, value in {"every": every, "sample": sample, "keep": keep}.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise UserError(f"track: {name} must be a whole number from 1, got {value!r}")
    for group in optimizer.param_groups:
        reading(optimizer.convention.formula(optimizer.convention.options(group)))  # derived now, not in a step
    tracker = Tracker(optimizer, every, Glance({id(p): name for name, p in _pairs(names)}, sample), keep)
    optimizer._observer = tracker
    return tracker


class Tracker:
    """What has been recorded of an optimizer. Made by `track`; as a context manager it stops at the end.

    Attributes:
        steps: how many steps it has seen.
    """

    def __init__(self, optimizer: RuleOptimizer, every: int | None, glance: Glance, keep: int) -> None:
        self.steps = 0
        self._optimizer, self._every, self._glance = optimizer, every, glance
        self._records = Records(keep)
        self._outlets: list[Outlet] = []
        self._next, self._last = 1, 0  # steps: when to look again, and the last record's
        self._began = self._ended = perf_counter()  # of the tracking, and of the last record
        self._stopped: float | None = None
        self._cost = self._recording = 0.0  # seconds that the last record took, and all together

    def around(self, layout: Layout, grads: list[Tensor]) -> None:
        """Make the optimizer's step, and a record of it if its turn has come; `grads` are for the layout."""
        if not layout.members:
            layout.step(grads)
            return
        self.steps += 1
        if self.steps < self._next or not self._affordable():
            layout.step(grads)
            return
        start = perf_counter()
        seen = [grad for member in layout.members if (grad := member.parameter.grad) is not None]
        before = self._glance.before(layout.members, seen)
        stepping = perf_counter()
        layout.step(grads)
        stepping = perf_counter() - stepping
        figures = self._glance.after(before, self._optimizer)
        drift = self._records.drift(figures.names, figures.tensors)
        record = Record(
            self.steps, figures.names, figures.groups, figures.elements, figures.tensors, figures.by_group, drift
        )
        self._records.add(record)
        for outlet in self._outlets:
            outlet(record)
        self._ended = perf_counter()
        self._cost = self._ended - start - stepping
        self._recording += self._cost
        self._last, self._next = self.steps, self.steps + (self._every or EVERY)

    def _affordable(self) -> bool:
        """Whether the last record was cheap beside the time since; if not, it is put off until it will be."""
        if self._every is not None or self._last == 0:
            return True
        since = perf_counter() - self._ended
        lacking = self._cost / SHARE - since
        if lacking > 0:
            self._next = self.steps + ceil(lacking / since * (self.steps - self._last))
        return lacking <= 0

    @property
    def overhead(self) -> float:
        """The time spent on recording as a part of all the time since tracking began."""
        return self._recording / ((self._stopped or perf_counter()) - self._began)

    @property
    def records(self) -> list[Record]:
        """What is kept, in order."""
        return list(self._records.kept)

    def frame(self, by: By = "tensor") -> "pandas.DataFrame":
        """The records as a table: a row for each tensor in each recorded step, or for each parameter group.

        Columns: `step`, `group`, `tensor`, `elements`; `effective_lr_q05` to `effective_lr_q95`, quantiles of the
        effective learning rate; `update_ratio`, the length of the step over the parameter's; `sparsity`, the part of
        the gradient that is zero; `second_moment`, its mean square; `trust_ratio`, NaN for rules without; `drift`, the
        decades by which the mean square has moved from the first quarter of the records to the last (of a group: the
        median of their sizes).

        Raises:
            UserError: if `by` is neither `tensor` nor `group`.
        """
        import pandas  # noqa: PLC0415 - who does not ask for a table need not load it

        if by not in ("tensor", "group"):
            raise UserError(f"frame: by must be 'tensor' or 'group', got {by!r}")
        rows = [row for record in self._records.kept for row in record.rows(by)]
        return pandas.DataFrame(rows, columns=[c for c in FRAME if c != "tensor" or by == "tensor"])

    def tensorboard(self, writer: Any) -> None:
        """Write what is recorded, and everything that will be, to a `torch.utils.tensorboard.SummaryWriter`.

        Tags are `group 0/update_ratio` and, for tensors, `tensor name/update_ratio`; NaN is left out.
        """
        self._connect(tensorboard(writer))

    def jsonl(self, path: str | Path) -> None:
        """Write what is recorded, and everything that will be, to a file of JSON lines, one a tensor; NaN is null."""
        self._connect(jsonl(Path(path)))

    def live(self) -> AbstractContextManager[None]:
        """A table on the terminal, brought up to date at every record, while the context lasts; nothing elsewhere.

        >>> import torch
        >>> from surefoot.optim import SGD
        >>> tracker = track(SGD([torch.nn.Parameter(torch.ones(2))]))
        >>> with tracker.live():
        ...     pass  # train
        """
        from surefoot.optim.telemetry.live import shown  # noqa: PLC0415 - rich is loaded for those who look

        return shown(self._outlets, self._records)

    def stop(self) -> None:
        """Record no more; what is recorded stays."""
        if self._optimizer._observer is self:
            self._optimizer._observer, self._stopped = None, perf_counter()

    def _connect(self, outlet: Outlet) -> None:
        for record in self._records.kept:
            outlet(record)
        self._outlets.append(outlet)

    def __enter__(self) -> "Tracker":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _pairs(names: Any) -> list[tuple[str, Tensor]]:
    """The names that were asked for, each with its tensor."""
    given = names.named_parameters() if isinstance(names, nn.Module) else names or ()
    try:
        pairs = [(name, p) for name, p in given]
    except (TypeError, ValueError):
        pairs = [(names, names)]
    if not all(isinstance(name, str) and isinstance(p, Tensor) for name, p in pairs):
        raise UserError(f"track: names must be a model or its named_parameters(), got {type(names).__name__}")
    return pairs
