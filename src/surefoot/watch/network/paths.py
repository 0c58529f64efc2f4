"""What is kept of several optimizers' trainings of one model: snapshots of all its parameters, and its loss."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from surefoot.errors import UserError
from surefoot.watch.scene import Array


@dataclass(frozen=True)
class Paths:
    """Trainings from one start.

    Attributes:
        name: what was trained, and on what. loss: flat parameters to the loss that is drawn and reported.
        snapshots: optimizer to (frames, parameters). steps: optimizer to (frames,), updates before each snapshot.
        rates: optimizer to the effective learning rates of chosen layers, (frames,) each.

    Raises:
        UserError: if there is no path, a path has fewer than two snapshots, or the shapes do not fit.
    """

    name: str
    loss: Callable[[Array], float]
    snapshots: Mapping[str, Array]
    steps: Mapping[str, Array]
    rates: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.snapshots:
            raise UserError("paths must hold at least one optimizer's snapshots, got none")
        widths = set()
        for optimizer, path in self.snapshots.items():
            if np.ndim(path) != 2 or len(path) < 2:
                raise UserError(
                    f"snapshots of {optimizer} must be (frames, parameters) with two frames or more, "
                    f"got shape {np.shape(path)}"
                )
            if np.shape(self.steps.get(optimizer, np.zeros(0))) != (len(path),):
                raise UserError(f"steps of {optimizer} must hold one number for each of its {len(path)} snapshots")
            widths.add(np.shape(path)[1])
        if len(widths) > 1:
            raise UserError(f"snapshots must be of one model, got {sorted(widths)} parameters")
