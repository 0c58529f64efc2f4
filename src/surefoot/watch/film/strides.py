"""Beside the map: each optimizer's effective learning rate along each coordinate, as bars or as curves."""

from typing import Any

import numpy as np

from surefoot.watch.film.ground import axes, colour, letter
from surefoot.watch.film.picture import Picture

LEFT, WIDTH = 0.755, 0.225
#: Where the panels begin and end, and what is between two of them, as parts of the height.
BOTTOM, TOP, GAP = 0.375, 0.915, 0.1


def limits(picture: Picture) -> tuple[float, float]:
    """The ends of the common log axis: all but the most extreme hundredth of the positive rates."""
    every = np.concatenate([rate for walk in picture.walks for rate in walk.rate.values()] or [np.ones(1)])
    known = every[np.isfinite(every) & (every > 0)]
    if known.size == 0:
        return 0.1, 10.0
    low, high = np.quantile(known, [0.01, 0.99])
    return float(low) / 2, float(high) * 2


def bars(figure: Any, picture: Picture) -> list[list[Any]]:
    """Panels of bars, still without length: for each coordinate or layer, a bar for each walk."""
    low, high = limits(picture)
    every = []
    for row, name in enumerate(picture.rated):
        panel = _panel(figure, row, picture, f"effective learning rate of {name}")
        panel.set(xscale="log", xlim=(low, high), ylim=(len(picture.walks) - 0.4, -0.6), yticks=[])
        panel.tick_params(which="minor", length=0)
        places = enumerate(picture.positions)
        every.append([panel.barh(i, 0.0, left=low, height=0.62, color=colour(picture.theme, p))[0] for i, p in places])
    return every


def lengthen(bars: list[list[Any]], picture: Picture, frame: int) -> list[Any]:
    """Give every bar its length at a frame; those that moved."""
    low, _ = limits(picture)
    for name, row in zip(picture.rated, bars, strict=True):
        for bar, walk in zip(row, picture.walks, strict=True):
            rates = walk.rate.get(name, np.zeros(1))
            # The start has no step behind it yet: it shows the first step's.
            rate = float(rates[min(max(frame, 1), len(rates) - 1)])
            bar.set_width(max(rate - low, 0.0) if np.isfinite(rate) else 0.0)
    return [bar for row in bars for bar in row]


def curves(figure: Any, picture: Picture) -> None:
    """Panels of curves over the steps, one for each coordinate or layer."""
    for row, name in enumerate(picture.rated):
        panel = _panel(figure, row, picture, f"effective learning rate of {name}")
        last = max(float(walk.steps[-1]) for walk in picture.walks)
        panel.set(yscale="log", ylim=limits(picture), xlim=(0, max(1.0, last)))
        panel.tick_params(which="minor", length=0)
        panel.grid(axis="y", color=picture.theme.line, linewidth=0.5)
        for walk, position in zip(picture.walks, picture.positions, strict=True):
            if name in walk.rate:
                panel.plot(walk.steps, walk.rate[name], color=colour(picture.theme, position), linewidth=1.2)
        name_below = "step" if row == len(picture.rated) - 1 else ""
        panel.set_xlabel(name_below, color=picture.theme.muted, fontsize=8, labelpad=1)


def legend(figure: Any, picture: Picture) -> None:
    """Names, each with its line and marker, below the panels."""
    from matplotlib.lines import Line2D  # noqa: PLC0415

    handles = [
        Line2D([], [], color=colour(picture.theme, p), marker=letter(p), markersize=5, linewidth=1.6, label=label)
        for p, label in zip(picture.positions, picture.labels, strict=True)
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(LEFT - 0.018, 0.325),
        frameon=False,
        fontsize=8,
        labelcolor=picture.theme.ink,
        labelspacing=0.35,
        handlelength=2.2,
    )


def _panel(figure: Any, row: int, picture: Picture, title: str) -> Any:
    rows, theme = len(picture.rated), picture.theme
    height = (TOP - BOTTOM - (rows - 1) * GAP) / rows
    panel = axes(figure, (LEFT, TOP - height - row * (height + GAP), WIDTH, height), theme)
    panel.set_title(title, color=theme.muted, fontsize=8.5, loc="left", pad=4)
    panel.tick_params(labelsize=7)
    return panel
