"""`surefoot watch`: what its options mean, and the page it opens."""

import os
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surefoot.cli.bar import bar
from surefoot.cli.names import names
from surefoot.errors import UserError
from surefoot.rules.rule import Setting
from surefoot.watch.film.save import STILLS, checked, theme_of
from surefoot.watch.show import Watch, watch


@dataclass(frozen=True)
class Options:
    """What was asked for, as the command line has it."""

    optimizers: str | None
    start: str | None
    steps: int | None
    settings: Sequence[str]
    save: Path | None
    layers: str | None = None
    theme: str = "light"


def run(landscape: str, options: Options, opens: bool) -> None:
    """Save what was asked for, or write a page and open it; print where it is."""
    if options.save is not None:
        checked(options.save)
    elif theme_of(options.theme).name != "light":
        raise UserError("--theme is that of films and stills: say where to with --save walk.gif")
    shown = _watched(landscape, options)
    if options.save is not None:
        with bar("frames") as told:
            print(shown.save(options.save, told, options.theme))
        return
    page = _write(shown, f"surefoot-{Path(landscape.rpartition(':')[2]).stem}.html")
    print(page)
    if opens and _has_a_display() and not webbrowser.open(page.as_uri()):
        print("surefoot: no browser could be opened; the page is there", file=sys.stderr)


def basins(landscape: str, options: Options) -> None:
    """Draw which start ends in which minimum; print where the picture is."""
    if options.save is None:
        raise UserError("--basins draws a picture: say where to with --save basins.png")
    checked(options.save, STILLS)
    print(_watched(landscape, options).basins().save(options.save, options.theme))


def pair(text: str) -> tuple[float, float]:
    """`X,Y` as two numbers.

    >>> pair("-3.4,0.9")
    (-3.4, 0.9)
    """
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise UserError(f"--start must be two numbers X,Y, got {text!r}") from None
    return x, y


def parsed(texts: Sequence[str]) -> dict[str, dict[str, Setting]]:
    """`name.setting=value`, each, as settings by name.

    >>> parsed(["adam.lr=0.01", "rmsprop.centered=true", "ravine.condition=10"])
    {'adam': {'lr': 0.01}, 'rmsprop': {'centered': True}, 'ravine': {'condition': 10.0}}
    """
    settings: dict[str, dict[str, Setting]] = {}
    for text in texts:
        left, equals, value = text.partition("=")
        name, dot, setting = left.rpartition(".")
        if not (equals and dot and name and setting and value):
            raise UserError(f"--set must be NAME.SETTING=VALUE, as adam.lr=0.01, got {text!r}")
        chosen, key = settings.setdefault(name.strip(), {}), setting.strip()
        if key in chosen:
            raise UserError(f"--set {left} must be given once, got {chosen[key]} and {value.strip()}")
        chosen[key] = _value(value.strip())
    return settings


def _watched(landscape: str, options: Options) -> Watch:
    start = None if options.start is None else pair(options.start)
    with bar("steps of training") as told:
        return watch(
            landscape,
            start,
            optimizers=names(options.optimizers),
            steps=options.steps,
            settings=parsed(options.settings),
            layers=names(options.layers),
            progress=told,
        )


def _value(text: str) -> Setting:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _write(shown: Watch, name: str) -> Path:
    """In the current folder, or where that cannot be written, in the one for temporary files."""
    try:
        return shown.save(Path.cwd() / name)
    except UserError:
        return shown.save(Path(tempfile.gettempdir()) / name)


def _has_a_display() -> bool:
    if os.environ.get("CI"):
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
