"""Small charts as inline SVG: lines and marks on linear or logarithmic axes, in the palette, readable without colour.

For pages with many figures that need no zoom: a chart is a few kilobytes and no script. It scales with its place, and
prints its series' names beside a swatch under the plot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from markupsafe import Markup

from surefoot.pages.palette import style
from surefoot.pages.swatch import swatch

LEFT, RIGHT, TOP, BOTTOM = 60, 18, 12, 44
MOST_POINTS = 400
NOTHING = Markup("")


@dataclass(frozen=True)
class Axis:
    """An axis from low to high.

    Attributes:
        title: with units. log: whether it is logarithmic.
    """

    title: str
    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value stands: 0 at the low end, 1 at the high end."""
        low, high, at = (log10(v) if self.log else v for v in (self.low, self.high, value))
        return (at - low) / (high - low)

    def holds(self, value: float) -> bool:
        """Whether a value can be drawn: finite, and above 0 on a logarithmic axis."""
        return isfinite(value) and (value > 0 or not self.log)

    def ticks(self, most: int = 6) -> list[float]:
        """Round numbers within, at most so many: powers of ten on a logarithmic axis."""
        if self.log:
            first, last = ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9)
            every = max(1, ceil((last - first + 1) / most))
            return [10.0**k for k in range(first, last + 1, every)]
        raw = (self.high - self.low) / most
        power = 10.0 ** floor(log10(raw))
        unit = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * (1 - 1e-9))
        count = floor((self.high - self.low) / unit + 1e-9)
        first_tick = ceil(self.low / unit - 1e-9)
        inside = self.high + 1e-9 * abs(self.high)
        return [k * unit for k in range(first_tick, first_tick + count + 1) if k * unit <= inside]


@dataclass(frozen=True)
class Series:
    """Points to be joined by a line, or marked.

    Attributes:
        position: of its colour, dash and marker in the palette.
        name: for the key; a series without one is not in it. marks: whether points are marked instead of joined.
    """

    position: int
    x: Sequence[float]
    y: Sequence[float]
    name: str = ""
    marks: bool = False


def plot(
    name: str,
    x: Axis,
    y: Axis,
    series: Iterable[Series],
    *,
    label: str,
    width: int = 440,
    height: int = 280,
    ground: Markup = NOTHING,
) -> Markup:
    """A chart with its key.

    Args:
        name: an id, unique on the page. label: what the chart shows, for those who do not see it.
        ground: SVG drawn under everything, in the unit square, which is stretched to the plot (see `raster`).
        width, height: in the units of which a letter is 13 high. The chart is scaled to the width of its place.
    """
    series = tuple(series)
    frame = _Frame(x, y, width, height)
    drawn = Markup("").join(frame.drawn(one, f"{name}-clip") for one in series)
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<clipPath id="{}-clip"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>{}{}{}</svg>{}'
    ).format(
        width,
        height,
        label,
        name,
        LEFT,
        TOP,
        width - LEFT - RIGHT,
        height - TOP - BOTTOM,
        frame.under(ground),
        frame.axes(),
        drawn,
        key(series),
    )


def key(series: Iterable[Series]) -> Markup:
    """The names of series, each beside its swatch."""
    items = [Markup("<li>{}{}</li>").format(swatch(one.position), one.name) for one in series if one.name]
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items)) if items else Markup("")


def number(value: float) -> str:
    """A tick's label.

    >>> number(0.25), number(1e-5), number(1000.0), number(4e-5)
    ('0.25', '10⁻⁵', '1000', '4·10⁻⁵')
    """
    text = f"{value:.6g}".replace("-", "−")
    if value == 0 or 1e-2 <= abs(value) < 1e4:
        return text
    power = floor(log10(abs(value)) + 1e-9)
    digits = f"{value / 10.0**power:.6g}".replace("-", "−")
    raised = "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return raised if digits == "1" else f"{digits}·{raised}"


@dataclass(frozen=True)
class _Frame:
    """Where things stand in one chart."""

    x: Axis
    y: Axis
    width: int
    height: int

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point in the chart's units, not further out than a screen away."""
        right = LEFT + self.x.place(x) * (self.width - LEFT - RIGHT)
        down = self.height - BOTTOM - self.y.place(y) * (self.height - TOP - BOTTOM)
        return min(max(right, -1e4), 1e4), min(max(down, -1e4), 1e4)

    def under(self, ground: Markup) -> Markup:
        """What is drawn in the unit square, stretched to the plot."""
        if not ground:
            return ground
        return Markup(
            '<svg x="{}" y="{}" width="{}" height="{}" viewBox="0 0 1 1" preserveAspectRatio="none">{}</svg>'
        ).format(LEFT, TOP, self.width - LEFT - RIGHT, self.height - TOP - BOTTOM, ground)

    def axes(self) -> Markup:
        """Grid, ticks and titles."""
        bottom, parts = self.height - BOTTOM, []
        for value in self.x.ticks():
            right, _ = self.at(value, self.y.high)
            parts.append(_line(right, TOP, right, bottom))
            parts.append(_text(right, bottom + 17, number(value), "middle"))
        for value in self.y.ticks():
            _, down = self.at(self.x.low, value)
            parts.append(_line(LEFT, down, self.width - RIGHT, down))
            parts.append(_text(LEFT - 7, down + 4, number(value), "end"))
        middle = (TOP + bottom) / 2
        titles = _text((LEFT + self.width - RIGHT) / 2, self.height - 5, self.x.title, "middle") + Markup(
            '<text x="13" y="{0:.0f}" text-anchor="middle" transform="rotate(-90 13 {0:.0f})">{1}</text>'
        ).format(middle, self.y.title)
        return Markup('<g class="axes">{}{}</g>').format(Markup("").join(parts), titles)

    def drawn(self, series: Series, clip: str) -> Markup:
        """A series, thinned to what can be seen."""
        look = style(series.position)
        every = max(1, ceil(len(series.x) / MOST_POINTS))
        points = [
            self.at(a, b)
            for a, b in zip(series.x[::every], series.y[::every], strict=True)
            if self.x.holds(a) and self.y.holds(b)
        ]
        if series.marks:
            dots = Markup("").join(Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.6"/>').format(*p) for p in points)
            return Markup('<g clip-path="url(#{})" fill="{}">{}</g>').format(clip, look.colour, dots)
        dash = (
            Markup("") if look.dash == "solid" else Markup(' stroke-dasharray="{}"').format(look.dash.replace("px", ""))
        )
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        return Markup('<polyline clip-path="url(#{})" points="{}" fill="none" stroke="{}" stroke-width="2"{}/>').format(
            clip, path, look.colour, dash
        )


def _line(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(x1, y1, x2, y2)


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)
