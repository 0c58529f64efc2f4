"""The static part of every picture: the ground with its contours, frames and labels, in the house's colours."""

from typing import Any

import numpy as np

from surefoot.errors import UserError
from surefoot.pages.palette import MARKERS, Theme
from surefoot.watch.film.picture import Picture, grid
from surefoot.watch.scene import Array

#: matplotlib's letters for the palette's markers.
LETTERS = dict(zip(MARKERS, "osD^v*pXH", strict=True))
#: How much of the accent's colour there is in the lowest ground, the highest being the surface's own; and how far lines
#: stand out from the surface.
TINT, STRENGTH = 0.32, 0.5
BANDS = 16
SIZE = (9.6, 5.0)
DPI = 100


def matplotlib() -> Any:
    """matplotlib, with only what does not need a window.

    Raises:
        UserError: where it is not installed.
    """
    try:
        import matplotlib.figure  # noqa: PLC0415 - an extra, loaded by who draws
    except ImportError:
        raise UserError("stills and films need matplotlib and pillow: pip install 'surefoot[film]'") from None
    return matplotlib


def figure(theme: Theme, size: tuple[float, float] = SIZE) -> Any:
    """An empty figure, its size in inches, with an Agg canvas of its own; nothing is registered anywhere."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415

    made = matplotlib().figure.Figure(figsize=size, dpi=DPI, facecolor=theme.surface)
    FigureCanvasAgg(made)
    return made


def colour(theme: Theme, position: int) -> str:
    """The theme's colour of a position."""
    return theme.series[position % len(theme.series)]


def letter(position: int) -> str:
    """matplotlib's marker of a position."""
    return LETTERS[MARKERS[position % len(MARKERS)]]


def axes(figure: Any, place: tuple[float, float, float, float], theme: Theme) -> Any:
    """Axes in the house style at (left, bottom, width, height) of the figure."""
    made = figure.add_axes(place, facecolor=theme.surface)
    dress(made, theme)
    return made


def dress(axes: Any, theme: Theme) -> None:
    """Frame and ticks in the house style."""
    axes.tick_params(colors=theme.muted, labelsize=8, length=2, width=0.6)
    for side in axes.spines.values():
        side.set_color(theme.line)


def land(axes: Any, picture: Picture, step: float) -> Any:
    """Draw the ground as it is at a step; the shaded image, whose data a film may replace."""
    shaded, theme = picture.shaded(step), picture.theme
    image = axes.imshow(
        shaded,
        origin="lower",
        extent=picture.bounds,
        aspect="auto",
        interpolation="bilinear",
        **_bands(shaded, theme),
        zorder=0,
    )
    axes.set(xlim=picture.bounds[:2], ylim=picture.bounds[2:])
    axes.set_xlabel(picture.axes[0], color=theme.muted, fontsize=9, labelpad=1)
    axes.set_ylabel(picture.axes[1], color=theme.muted, fontsize=9, labelpad=1)
    axes.set_title(picture.title, color=theme.ink, fontsize=12, fontweight="bold", loc="left", pad=7)
    for x, y, name in picture.places:
        axes.text(x, y, name, color=theme.muted, fontsize=8.5, fontstyle="italic", ha="center", va="center", zorder=2)
    return image


def contours(axes: Any, picture: Picture, step: float) -> None:
    """Lines of equal loss, evenly spaced in the shading."""
    shaded = picture.shaded(step)
    masked = np.ma.masked_invalid(shaded)
    axes.contour(
        *grid(picture.bounds, shaded.shape),
        masked,
        _levels(shaded)[1:-1],
        colors=line(picture.theme),
        linewidths=0.5,
        zorder=1,
    )


def stars(axes: Any, picture: Picture, step: float) -> list[Any]:
    """A cross at the start of each walk is the walk's own; here the minima at a step."""
    size = {"markersize": 9, "markeredgewidth": 1.4, "color": picture.theme.ink, "zorder": 6}
    return [axes.plot(x, y, "+", clip_on=True, **size)[0] for x, y in picture.minima(step)]


def band_colours(theme: Theme) -> tuple[str, ...]:
    """One flat colour a band, from hollows to hills."""
    hollow = mixed(theme.surface, theme.accent, TINT)
    return tuple(mixed(hollow, theme.surface, k / (BANDS - 1)) for k in range(BANDS))


def line(theme: Theme) -> str:
    """The colour of lines of equal loss."""
    return mixed(theme.surface, theme.muted, STRENGTH)


def mixed(a: str, b: str, share: float) -> str:
    """The colour at a share of the way from one to another.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    parts = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + share * (y - x) + 1e-9):02x}" for x, y in parts)


def _bands(shaded: Array, theme: Theme) -> dict[str, Any]:
    from matplotlib.colors import BoundaryNorm, ListedColormap  # noqa: PLC0415

    colours = ListedColormap(band_colours(theme)).with_extremes(bad=theme.line, over=theme.surface)
    return {"cmap": colours, "norm": BoundaryNorm(_levels(shaded), BANDS)}


def _levels(shaded: Array) -> Array:
    return np.linspace(0.0, _top(shaded), BANDS + 1)


def _top(shaded: Array) -> float:
    known = shaded[np.isfinite(shaded)]
    return float(known.max()) if known.size and known.max() > 0 else 1.0
