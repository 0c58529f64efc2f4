"""`surefoot.watch`: from a landscape's name, or a function, to something that can be looked at and saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surefoot.errors import UserError
from surefoot.rules.catalogue import CHAPTER
from surefoot.rules.rule import Rule, Setting
from surefoot.watch.chosen import Chosen, choose
from surefoot.watch.film import save
from surefoot.watch.film.picture import Picture
from surefoot.watch.network.paths import Paths
from surefoot.watch.network.subject import Progress, Recorded, Study
from surefoot.watch.pictures import of_recording, of_scene
from surefoot.watch.scene import Recording, Scene

if TYPE_CHECKING:
    from surefoot.tasks.task import Task
    from surefoot.watch.basins import Basins

#: Who walks when a page of the chapter's eight opens; the others wait to be switched on, and are in no film.
SHOWN = ("sgd", "momentum", "adagrad", "rmsprop", "adam")


@dataclass(frozen=True)
class Watch:
    """Walks to look at: as a page, inline in a notebook, as a film or a still.

    Attributes:
        shown: what is drawn: a live scene, or walks recorded where the function could not be printed into a page.
    """

    shown: Scene | Recording

    def html(self) -> str:
        """The page: one file, no network."""
        from surefoot.watch.page import html  # noqa: PLC0415 - jinja is loaded by who prints a page

        return html(self.shown)

    def picture(self) -> Picture:
        """What a still or a film shows; here the walks are taken, if they were not recorded."""
        return of_scene(self.shown) if isinstance(self.shown, Scene) else of_recording(self.shown)

    def save(self, path: str | Path, progress: save.Progress | None = None, theme: str = "light") -> Path:
        """Write a page (.html), a film (.gif, .mp4) or a still (.png, .svg).

        Args:
            path: where to; an existing file is written over. progress: called with (frames done, frames in all).
            theme: the colours of a film or a still, light or dark; a page has both, and its reader chooses.

        Returns:
            The path.

        Raises:
            UserError: if the ending is none of these, the path cannot be written, there is no such theme, or a library
                or ffmpeg is missing.
        """
        place, colours = save.checked(path), save.theme_of(theme)
        if place.suffix.lower() == ".html":
            place.write_text(self.html(), encoding="utf-8")
        else:
            save.draw(replace(self.picture(), theme=colours), place, progress)
        return place

    def basins(self, side: int = 120) -> "Basins":
        """Where walks from a grid of starts, `side` along each side of the plot, end: for every optimizer.

        Raises:
            UserError: if the walks were recorded, or no minimum is known in the plot.
        """
        if not isinstance(self.shown, Scene):
            if self.shown.caption:
                raise UserError(f"basins are those of a landscape; {self.shown.name} is a network, seen in one plane")
            raise UserError(f"basins of {self.shown.name} need a function that can be rewritten: {self.shown.notes[0]}")
        from surefoot.watch.basins import basins  # noqa: PLC0415 - the compiler is loaded by who needs it

        land = self.shown.landscapes[0]
        steps = self.shown.steps or land.steps
        return basins(land, self.shown.walkers, steps=steps, noise=self.shown.noise, side=side)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, which may run its scripts and nothing else."""
        style = "width: 100%; height: 900px; border: 0"
        return f'<iframe sandbox="allow-scripts" style="{style}" srcdoc="{escape(self.html())}"></iframe>'


def watch(
    landscape: "str | Callable[..., Any] | Task | Study | Recorded | Paths" = "terrain",
    start: Sequence[float] | None = None,
    *,
    optimizers: Sequence[str | Callable[..., Any] | Rule] | None = None,
    steps: int | None = None,
    settings: Mapping[str, Mapping[str, Setting]] | None = None,
    bounds: Sequence[float] | None = None,
    seed: int = 0,
    layers: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Watch:
    """Let optimizers walk.

    Args:
        landscape: a name (`surefoot watch --help` lists them), `file.py:function`, or a function: of two coordinates in
            the rules' words, or any torch function f(x, y), or f(p) of a tensor of two, that returns a scalar. Or a
            network, shown in the plane that holds most of the optimizers' paths through its parameters: a study, of
            which each optimizer's best setting is trained once more; a task, by name too, with the settings given; or a
            `surefoot.watch.network.recorder.Recorder` of a training loop of yours.
        start: two numbers; by default the landscape's own. A function of yours needs one.
        optimizers: names, `file.py:function` or rules; by default the chapter's eight, of which five are shown.
        steps: how many; by default the landscape's or the task's own.
        settings: by rule name, hyperparameters; by the landscape's name, its parameters. A learning rate that is not
            given is chosen so that all set out at one pace (see watch/pace.py).
        bounds: (x low, x high, y low, y high) of the plot.
        seed: of the noise, on landscapes that have some; of a network's first weights and its batches.
        layers: of a network, the parameters whose effective learning rates are shown, by name.
        progress: called with (steps done, steps in all) while networks are trained.

    Raises:
        UserError: for an unknown name, setting or layer, a start outside the plot, or a function that is not a scalar,
            gives NaN or has no gradient at the start.

    >>> watch("ravine", optimizers=["adagrad", "rmsprop"]).picture().labels
    ('AdaGrad  lr 0.19', 'RMSProp  lr 0.054')
    """
    if isinstance(optimizers, str):
        raise UserError(f"optimizers must be a list, got the text {optimizers!r}; write {optimizers.split(',')!r}")
    waiting = () if optimizers is not None else tuple(name for name in CHAPTER if name not in SHOWN)
    chosen = Chosen(
        rules=CHAPTER if optimizers is None else tuple(optimizers),
        waiting=waiting,
        settings=settings or {},
        start=start,
        bounds=bounds,
        steps=steps,
        seed=seed,
        layers=layers,
        progress=progress,
    )
    return Watch(choose(landscape, chosen))
