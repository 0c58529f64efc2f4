"""What `surefoot.watch` was given, where it is no landscape: a study, a task, a recorder; and the recording of it."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from surefoot.errors import UserError, did_you_mean
from surefoot.rules.rule import Rule, Setting
from surefoot.watch.landscapes import LANDSCAPES
from surefoot.watch.network.paths import Paths
from surefoot.watch.scene import Recording

#: Where settings are from.
CHOSEN = "Each optimizer's best setting in the study was trained once more: a study keeps curves, no weights."
DEFAULT = "Settings are the rules' defaults where none were given: nothing is tuned, as it would be in a study."

#: Called with steps made and steps in all.
Progress = Callable[[int, int], None]


@runtime_checkable
class Study(Protocol):
    """What is asked of a finished comparison: its task, and each optimizer's rule and best setting by name."""

    @property
    def task(self) -> Any:
        """What was learned."""

    @property
    def chosen(self) -> Mapping[str, tuple[Rule, Mapping[str, Setting]]]:
        """By name."""


@runtime_checkable
class Recorded(Protocol):
    """What is asked of a recorder."""

    def paths(self) -> Paths:
        """All that was recorded."""


@dataclass(frozen=True)
class Asked:
    """The arguments of `surefoot.watch`, which see, that say how a network is trained.

    Attributes:
        named: whether optimizers were asked for by name; else a study's all walk. entrants: their rules and settings.
    """

    named: bool
    entrants: Sequence[tuple[Rule, Mapping[str, Setting]]]
    settings: Mapping[str, Mapping[str, Setting]]
    steps: int | None
    seed: int
    layers: Sequence[str] | None
    progress: Progress | None


def is_network(found: object) -> bool:
    """Whether something is to be trained, or was: no landscape, which is a name or a function of coordinates.

    Raises:
        UserError: for a name that neither a task nor a landscape has.
    """
    if isinstance(found, str) and found in LANDSCAPES:
        return False
    from surefoot.tasks.catalogue import TASKS  # noqa: PLC0415 - torch is loaded where there may be a network
    from surefoot.tasks.task import Task  # noqa: PLC0415

    if isinstance(found, str):
        if found not in TASKS:
            raise UserError(f"unknown landscape {found!r}; {did_you_mean(found, [*LANDSCAPES, *TASKS])}")
        return True
    return isinstance(found, Task | Paths | Study | Recorded) or _makes(found)


def recorded(found: Any, asked: Asked) -> Recording:
    """The recording of a study, a task, a function of no arguments that returns one, a recorder, or paths.

    Raises:
        UserError: see `surefoot.watch`.
    """
    from surefoot.tasks.catalogue import find  # noqa: PLC0415 - torch is loaded where there is a network
    from surefoot.watch.network.recording import recording  # noqa: PLC0415
    from surefoot.watch.network.training import paths  # noqa: PLC0415

    if isinstance(found, Paths | Recorded):
        _only_as_it_is(asked)
        return recording(found if isinstance(found, Paths) else found.paths())
    if isinstance(found, Study):
        task, entrants, origin = found.task, _best(found, asked), CHOSEN
    else:
        task, entrants, origin = find(found() if _makes(found) else found), _given(asked), DEFAULT
    how: dict[str, Any] = {"steps": asked.steps, "seed": asked.seed, "layers": asked.layers, "progress": asked.progress}
    return recording(paths(task, entrants, origin=origin, **how))


def _best(study: Study, asked: Asked) -> Sequence[tuple[Rule, Mapping[str, Setting]]]:
    """Whom to train again: all, or those asked for, with what was asked for."""
    known = study.chosen
    _only_of(asked.settings, list(known))
    names = [rule.name for rule, _ in asked.entrants] if asked.named else list(known)
    for name in names:
        if name not in known:
            raise UserError(f"optimizers: {name!r} is not in the study; {did_you_mean(name, known)}")
    return [(known[name][0], {**known[name][1], **asked.settings.get(name, {})}) for name in names]


def _given(asked: Asked) -> Sequence[tuple[Rule, Mapping[str, Setting]]]:
    _only_of(asked.settings, [rule.name for rule, _ in asked.entrants])
    return asked.entrants


def _only_of(settings: Mapping[str, object], known: Sequence[str]) -> None:
    for name in settings:
        if name not in known:
            raise UserError(f"settings for {name!r}, which is not trained; {did_you_mean(name, known)}")


def _only_as_it_is(asked: Asked) -> None:
    if asked.named or asked.settings or asked.steps is not None or asked.layers is not None:
        raise UserError("what was recorded is shown as it is: leave out optimizers, settings, steps and layers")


def _makes(found: object) -> bool:
    """Whether it is a function of no arguments: what makes a task, and cannot be a landscape."""
    return inspect.isfunction(found) and not inspect.signature(found).parameters
