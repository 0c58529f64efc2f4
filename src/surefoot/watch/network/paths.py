"""What is kept of several optimizers' trainings of one model: snapshots of all its parameters, and its loss."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from surefoot.errors import UserError
from surefoot.rules.rule import Setting
from surefoot.watch.scene import Array


@dataclass(frozen=True)
class Path:
    """One optimizer's training.

    Attributes:
        snapshots: (frames), each (parameters,), all parameters as they were; those of a training that diverged may end
            in numbers that are not finite. steps: (frames,) updates before each.
        rates: layer to (frames, 3), the quantiles 5%, 50% and 95% of its effective learning rates.
        settings: what it was trained with, as far as known.
    """

    snapshots: Sequence[Array]
    steps: Sequence[int]
    rates: Mapping[str, Array] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Paths:
    """Trainings of one model.

    Attributes:
        name: what was trained, and on what. loss: flat parameters to the loss that is drawn and reported.
        paths: optimizer, as it is called in print, to its training.
        notes: how they were trained, and on which rows the loss is taken, in sentences.

    Raises:
        UserError: if there are fewer than three snapshots, or not one model's.
    """

    name: str
    loss: Callable[[Array], float]
    paths: Mapping[str, Path]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = sum(len(path.snapshots) for path in self.paths.values())
        if count < 3:
            raise UserError(f"paths must hold 3 snapshots or more to lie in a plane, got {count}; record more often")
        sizes = {np.shape(snapshot) for path in self.paths.values() for snapshot in path.snapshots}
        if len(sizes) > 1:
            raise UserError(f"paths must be of one model, got snapshots of the shapes {sorted(sizes)}")
        if sizes <= {(0,), (1,)}:
            raise UserError("paths must be of a model with two parameters or more: one makes no plane")
        for name, path in self.paths.items():
            if len(path.steps) != len(path.snapshots):
                raise UserError(f"steps of {name} must be {len(path.snapshots)}, one for each snapshot")
