"""A still: every walk whole on the map, its effective learning rates over the steps beside it."""

from pathlib import Path
from textwrap import fill
from typing import Any

from surefoot.pages.palette import Theme
from surefoot.watch.film import ground, strides
from surefoot.watch.film.picture import Picture, where_it_left

#: Characters in a line of the notes.
NOTE_WIDTH = 130
MAP = (0.06, 0.11, 0.655, 0.805)


def still(picture: Picture, path: Path) -> None:
    """Write the picture as .png or .svg, whichever the path ends in."""
    write(draw(picture), path)


def write(figure: Any, path: Path) -> None:
    """Write a figure as .png or .svg; the same figure gives the same bytes."""
    matplotlib = ground.matplotlib()
    with matplotlib.rc_context({"svg.hashsalt": "surefoot", "svg.fonttype": "none"}):
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
        figure.savefig(path, metadata=metadata, dpi=150)


def draw(picture: Picture) -> Any:
    """The figure."""
    theme = picture.theme
    figure = ground.figure(theme)
    axes = ground.axes(figure, MAP, theme)
    last = max(float(walk.steps[-1]) for walk in picture.walks)
    ground.land(axes, picture, last)
    ground.contours(axes, picture, last)
    ground.stars(axes, picture, last)
    for walk, position in zip(picture.walks, picture.positions, strict=True):
        x, y = walk.points.T
        style = {"color": ground.colour(theme, position), "zorder": 4}
        axes.plot(x, y, linewidth=1.4, solid_joinstyle="round", **style)
        axes.plot(x[-1:], y[-1:], ground.letter(position), markersize=7, markeredgecolor=theme.surface, **style)
        departure(axes, picture, position, where_it_left(walk.points, picture.bounds))
    start(axes, picture)
    strides.curves(figure, picture)
    strides.legend(figure, picture)
    below(figure, " ".join(picture.notes), theme)
    return figure


def below(figure: Any, text: str, theme: Theme) -> None:
    """Small print under the map."""
    lines = fill(text, NOTE_WIDTH)
    figure.text(0.012, 0.006, lines, fontsize=6.5, color=theme.muted, va="bottom", linespacing=1.1)


def start(axes: Any, picture: Picture) -> Any:
    """A ring where the walks begin."""
    style = {"markersize": 9, "markerfacecolor": "none", "markeredgecolor": picture.theme.ink, "markeredgewidth": 1.2}
    return axes.plot(*picture.walks[0].points[:1].T, "o", zorder=5, **style)[0]


def departure(axes: Any, picture: Picture, position: int, left: tuple[int, tuple[float, float]] | None) -> list[Any]:
    """A mark on the edge where a walk left the plot for good, with the step; nothing if it did not."""
    if left is None:
        return []
    frame, (x, y) = left
    steps = max((walk.steps for walk in picture.walks), key=len)
    step = steps[min(frame + 1, len(steps) - 1)]
    west, east, south, north = picture.bounds
    right, top = x > (west + east) / 2, y > (south + north) / 2
    style = {"color": ground.colour(picture.theme, position), "zorder": 7}
    (mark,) = axes.plot(x, y, "X", markersize=9, markeredgecolor=picture.theme.surface, clip_on=False, **style)
    text = axes.annotate(
        f"left at step {step:.0f}",
        (x, y),
        xytext=(-9 if right else 9, -7 if top else 7),
        textcoords="offset points",
        ha="right" if right else "left",
        va="top" if top else "bottom",
        fontsize=8,
        fontweight="bold",
        **style,
    )
    return [mark, text]
