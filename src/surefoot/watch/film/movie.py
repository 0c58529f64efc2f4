"""A film's frames: the ground is drawn once; each frame restores it and draws what moves."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from surefoot.watch.film import ground, strides
from surefoot.watch.film.picture import Picture, where_it_left
from surefoot.watch.film.still import MAP, below, departure, start
from surefoot.watch.scene import Array

FRAMES = 120


def shown(last: int, frames: int) -> Array:
    """Which of the steps 0..last each frame shows: slow at first, when strides are found, then faster.

    >>> shown(300, 5)
    array([  0,  33,  99, 189, 300])
    """
    shares = np.linspace(0.0, 1.0, frames) ** 1.6
    steps: Array = np.round(last * shares).astype(np.int64)
    return steps


def frames(picture: Picture, count: int = FRAMES) -> Iterator[Array]:
    """The film's frames, (height, width, 3) bytes each."""
    stage = _Stage(picture)
    for step in shown(picture.last, count):
        yield stage.frame(int(step))


class _Stage:
    """The figure with its static background as pixels, and the artists that move."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        theme = picture.theme
        self.figure = ground.figure(theme)
        self.axes = ground.axes(self.figure, MAP, theme)
        self.image = ground.land(self.axes, picture, 0.0)
        if not picture.moves:
            ground.contours(self.axes, picture, 0.0)
        self.bars = strides.bars(self.figure, picture)
        strides.legend(self.figure, picture)
        below(self.figure, picture.caption, theme)
        self.minima = ground.stars(self.axes, picture, 0.0)
        self.start = start(self.axes, picture)
        self.trails = [
            self.axes.plot([], [], color=ground.colour(theme, p), linewidth=1.4, zorder=4)[0] for p in picture.positions
        ]
        self.heads = [self._head(p) for p in picture.positions]
        self.marks = self._departures()
        self.clock = self.figure.text(
            MAP[0] + MAP[2], 0.945, "", ha="right", color=theme.muted, fontsize=9, family="monospace"
        )
        self.background = self._background()

    def frame(self, step: int) -> Array:
        """The pixels at a step."""
        canvas = self.figure.canvas
        canvas.restore_region(self.background)
        if self.picture.moves:
            self._move_ground(step)
        for trail, head, walk in zip(self.trails, self.heads, self.picture.walks, strict=True):
            now = min(step, len(walk.points) - 1)
            trail.set_data(*walk.points[: now + 1].T)
            head.set_data(*walk.points[now : now + 1].T)
        strides.lengthen(self.bars, self.picture, step)
        longest = max(self.picture.walks, key=lambda walk: len(walk.points)).steps
        self.clock.set_text(f"step {int(longest[step]):>{len(str(int(longest[-1])))}}")
        for artist in self._moving(step):
            self.figure.draw_artist(artist)
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def _moving(self, step: int) -> list[Any]:
        ground_artists = [self.image, self.start, *self.minima] if self.picture.moves else []
        left = [artist for frame, artists in self.marks if step > frame for artist in artists]
        bars = [bar for row in self.bars for bar in row]
        return [*ground_artists, *self.trails, *self.heads, *left, *bars, self.clock]

    def _background(self) -> Any:
        for artist in self._moving(self.picture.last + 1):
            artist.set_animated(True)
        self.figure.canvas.draw()
        return self.figure.canvas.copy_from_bbox(self.figure.bbox)

    def _move_ground(self, step: int) -> None:
        self.image.set_data(self.picture.shaded(step))
        for star, (x, y) in zip(self.minima, self.picture.minima(step), strict=True):
            star.set_data([x], [y])

    def _head(self, position: int) -> Any:
        theme = self.picture.theme
        style = {"color": ground.colour(theme, position), "markeredgecolor": theme.surface, "zorder": 5}
        return self.axes.plot([], [], ground.letter(position), markersize=8, **style)[0]

    def _departures(self) -> list[tuple[int, list[Any]]]:
        marks = []
        for walk, position in zip(self.picture.walks, self.picture.positions, strict=True):
            left = where_it_left(walk.points, self.picture.bounds)
            if left is not None:
                marks.append((left[0], departure(self.axes, self.picture, position, left)))
        return marks
