"""Which ending makes which file, and whether it can be written at all: asked before the work, not after it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from surefoot.errors import UserError
from surefoot.pages.palette import THEMES, Theme
from surefoot.paths import check_writable
from surefoot.watch.film.picture import Picture

T = TypeVar("T")
#: Called with (frames done, frames in all).
Progress = Callable[[int, int], None]
ENDINGS = (".html", ".gif", ".mp4", ".png", ".svg")
STILLS = (".png", ".svg")


def checked(path: str | Path, endings: Sequence[str] = ENDINGS) -> Path:
    """The path, if it has one of the endings and can be written.

    Raises:
        UserError: otherwise, in one line.

    >>> checked("walk.bmp")
    Traceback (most recent call last):
    ...
    surefoot.errors.UserError: save: walk.bmp must end in .html, .gif, .mp4, .png or .svg
    """
    place = Path(path)
    if place.suffix.lower() not in endings:
        raise UserError(f"save: {path} must end in {', '.join(endings[:-1])} or {endings[-1]}")
    check_writable("save", place)
    return place


def theme_of(name: str) -> Theme:
    """The theme of a name.

    Raises:
        UserError: if there is none.
    """
    if name not in THEMES:
        raise UserError(f"theme must be light or dark, got {name!r}")
    return THEMES[name]


def draw(picture: Picture, path: Path, progress: Progress | None = None) -> None:
    """Write a still or a film, whichever the path's ending says.

    Raises:
        UserError: if matplotlib or pillow is missing, or, for an .mp4, ffmpeg.
    """
    from surefoot.watch.film import encode, ground, movie, still  # noqa: PLC0415 - drawing is loaded by who draws

    ground.matplotlib()
    ending = path.suffix.lower()
    if ending in STILLS:
        still.still(picture, path)
        return
    if ending == ".mp4":
        encode.ffmpeg()  # before the frames are drawn
    frames = movie.frames(picture)
    told = frames if progress is None else _told(frames, movie.FRAMES, progress)
    if ending == ".gif":
        encode.gif(told, path, picture.theme)
    else:
        encode.mp4(told, path)


def _told(frames: Iterable[T], total: int, progress: Progress) -> Iterator[T]:
    for done, frame in enumerate(frames, 1):
        progress(done, total)
        yield frame
