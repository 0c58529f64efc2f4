"""A training loop of a user's own, recorded: snapshots of the model as it goes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import nn

from surefoot.errors import UserError
from surefoot.rules.rule import Setting
from surefoot.watch.network import layers as looked_at
from surefoot.watch.network.losses import Losses, ModelLoss, flat
from surefoot.watch.network.paths import Path, Paths
from surefoot.watch.scene import Array


class Recorder:
    """Takes snapshots of a model in training, of one optimizer after the other; then `surefoot.watch(recorder)`.

    A snapshot takes 4 bytes a parameter, kept in memory. Some 100 of each training are plenty; 3 in all are the least.

    Args:
        loss: gives the loss of a model as a scalar tensor, always on the same rows: what is drawn on the plane. It is
            asked some thousand times, so a few hundred rows are better than all.
        name: what is trained, for the title. layers: names of parameters whose effective learning rates are shown; the
            first, the middle and the last weight by default. They are known of surefoot's own optimizers.

    >>> import torch, surefoot as sf
    >>> x, y = torch.randn(32, 3), torch.randn(32, 1)
    >>> loss = lambda model: torch.nn.functional.mse_loss(model(x), y)
    >>> recorder = Recorder(loss, name="a line")
    >>> for make in (sf.optim.Adam, sf.optim.AdaGrad):
    ...     _ = torch.manual_seed(0)
    ...     model = torch.nn.Linear(3, 1)
    ...     optimizer = make(model.parameters(), lr=0.1)
    ...     for step in range(21):
    ...         _ = recorder.record(make.__name__, step, model, optimizer)
    ...         optimizer.zero_grad(); loss(model).backward(); optimizer.step()
    >>> [walk.name for walk in sf.watch(recorder).shown.walks]
    ['Adam', 'AdaGrad']
    """

    def __init__(
        self, loss: ModelLoss, *, name: str = "A training of your own", layers: Sequence[str] | None = None
    ) -> None:
        self._loss, self._name, self._asked = loss, name, layers
        self._losses: Losses | None = None
        self._layers: tuple[str, ...] = ()
        self._kept: dict[str, list[tuple[int, Array, Array]]] = {}
        self._settings: dict[str, dict[str, Setting]] = {}

    def record(
        self, optimizer_name: str, step: int, model: nn.Module, optimizer: Any = None, **settings: Setting
    ) -> bool:
        """Take a snapshot.

        Args:
            optimizer_name: whose path it belongs to, in print. step: updates made so far.
            model: as it is now; it is not changed. optimizer: where given and one of surefoot's, effective learning
                rates are kept; call this before `zero_grad()`. settings: to be printed.

        Returns:
            Whether all parameters are finite: a training that is not can stop.

        Raises:
            UserError: for a step that is not after the last one, a model of another size, or an unknown layer.
        """
        if self._losses is None:
            self._layers = looked_at.chosen(model, self._asked)
            self._losses = Losses(model, self._loss)
        snapshot = flat(model)
        if len(snapshot) != self._losses.size:
            raise UserError(
                f"model must have {self._losses.size} parameters, as the first one recorded, got {len(snapshot)}"
            )
        path = self._kept.setdefault(optimizer_name, [])
        if path and step <= path[-1][0]:
            raise UserError(
                f"step must be above {path[-1][0]}, the last recorded of {optimizer_name}, got {step}; "
                "another training needs another name"
            )
        self._settings.setdefault(optimizer_name, {}).update(settings)
        path.append((step, snapshot, looked_at.rates(model, optimizer, self._layers)))
        return bool(np.isfinite(snapshot).all())

    def paths(self, *notes: str) -> Paths:
        """All that was recorded; `notes` are sentences on how.

        Raises:
            UserError: if there are fewer than three snapshots.
        """
        if self._losses is None:
            raise UserError("paths must hold 3 snapshots or more to lie in a plane, got none; call record in the loop")
        made = {name: self._path(kept, self._settings[name]) for name, kept in self._kept.items()}
        return Paths(self._name, self._losses, made, notes)

    def _path(self, kept: list[tuple[int, Array, Array]], settings: dict[str, Setting]) -> Path:
        steps, snapshots, rates = zip(*kept, strict=True)
        every = np.stack(rates)
        known = {layer: every[:, k] for k, layer in enumerate(self._layers) if np.isfinite(every[:, k]).any()}
        return Path(snapshots, steps, known, settings)
