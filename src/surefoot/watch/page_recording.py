"""Recorded walks as the page needs them, thinned so that the file stays small."""

from typing import Any

import numpy as np

from surefoot.rules.rule import Setting
from surefoot.watch.page_live import packed
from surefoot.watch.page_look import look
from surefoot.watch.scene import Array, Recording, Walk

#: What a page of walks that were taken elsewhere defines in place of printed functions.
FUNCTIONS = "const RULES = [], GROUNDS = [];\n"
#: So many numbers are written at most, of the walks and of the grid; each takes 4 bytes, in base64 a third more.
MOST_NUMBERS = 24_000
MOST_CELLS = 16_000


def data(recording: Recording) -> dict[str, Any]:
    """The recording as JSON."""
    frames = max(len(walk.points) for walk in recording.walks)
    wide = sum(len(walk.rate) + 2 * len(walk.spread) + len(walk.state) + 6 for walk in recording.walks)
    stride = max(1, -(-frames * wide // MOST_NUMBERS))
    longest = max(recording.walks, key=lambda walk: len(walk.points))
    steps = _thinned(longest.steps, stride)
    return {
        "isLive": False,
        "walkers": [_walker(walk, k, stride, recording) for k, walk in enumerate(recording.walks)],
        "recorded": {
            "title": recording.title,
            "teaches": recording.teaches,
            "bounds": recording.bounds,
            "coordinates": recording.axes,
            "minima": recording.minima,
            "lossNote": "along the path itself",
            "ratesNote": recording.rates,
            "reason": recording.reason,
            "start": _start(recording),
            "parameters": [],
            "steps": len(steps) - 1,
            "frames": packed(steps),
            "grid": _grid(recording),
        },
    }


def _walker(walk: Walk, position: int, stride: int, recording: Recording) -> dict[str, Any]:
    return {
        "name": walk.name,
        "title": walk.name,
        "isShown": True,
        "walk": {
            "points": packed(_thinned(walk.points, stride)),
            "loss": packed(_thinned(walk.loss, stride)),
            "distance": packed(_thinned(_distance(walk, recording), stride)),
            "rate": {name: packed(_thinned(values, stride)) for name, values in walk.rate.items()},
            "state": {name: packed(_thinned(values, stride)) for name, values in walk.state.items()},
            "spread": {name: [packed(_thinned(end, stride)) for end in ends] for name, ends in walk.spread.items()},
            "residual": None if walk.residual is None else packed(_thinned(walk.residual, stride)),
            "beneath": None if walk.beneath is None else packed(_thinned(walk.beneath, stride)),
        },
        "settings": {name: _text(value) for name, value in walk.settings.items()},
        **look(position),
    }


def _start(recording: Recording) -> list[float] | None:
    """Where all walks begin; None where they do not begin at one place."""
    first = np.array([walk.points[0] for walk in recording.walks])
    span = np.ptp(np.concatenate([first, np.reshape(recording.bounds, (2, 2)).T]), axis=0)
    return first[0].tolist() if np.all(np.ptp(first, axis=0) < 1e-3 * span) else None


def _text(value: Setting) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _distance(walk: Walk, recording: Recording) -> Array:
    """To the nearest minimum; NaN where none is known."""
    if not recording.minima:
        return np.full(len(walk.points), np.nan)
    gaps = walk.points[:, None, :] - np.array(recording.minima)[None]
    return np.asarray(np.linalg.norm(gaps, axis=2).min(axis=1))


def _thinned(values: Array, stride: int) -> Array:
    """Every stride-th entry, and the last."""
    kept = np.unique([*range(0, len(values), stride), len(values) - 1])
    thinned: Array = values[kept]
    return thinned


def _grid(recording: Recording) -> dict[str, Any]:
    """The losses, on fewer rows and columns where there are too many; the first and the last of each stay."""
    finer = max(1.0, float(np.sqrt(recording.surface.size / MOST_CELLS)))
    rows, columns = (np.linspace(0, n - 1, max(2, int(n / finer))).round().astype(int) for n in recording.surface.shape)
    values = recording.surface[np.ix_(rows, columns)]
    return {"rows": len(rows), "columns": len(columns), "values": packed(values)}
