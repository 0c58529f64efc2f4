"""The one palette: two themes, and for each position in a list a colour, a dash and a marker.

Colours were chosen by search: the least OKLab distance between any two of a theme, seen with normal vision and with
each of the three kinds of colour blindness, is as large as we could make it while each keeps a contrast of 3:1 and more
against its background. Colour is never the only carrier: dash and marker change with the position too.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Theme:
    """The colours of a page, as #rrggbb.

    Attributes:
        page, surface: behind everything; behind cards and charts.
        ink, muted: for text, and for text that may stand back.
        line: hairlines and grids. accent: links, focus, what is recommended. soft: a background to set a part off.
        series: one colour for each position, the same family of hues in both themes where contrast allows.
    """

    name: Literal["light", "dark"]
    page: str
    surface: str
    ink: str
    muted: str
    line: str
    accent: str
    soft: str
    series: tuple[str, ...]


LIGHT = Theme(
    name="light",
    page="#f7f7f5",
    surface="#ffffff",
    ink="#1b1d22",
    muted="#5b616e",
    line="#dcdee3",
    accent="#1f55c4",
    soft="#eef2fb",
    series=("#5985fe", "#b4452a", "#147980", "#702063", "#949201", "#043cb4", "#3d4100", "#d556bf"),
)

DARK = Theme(
    name="dark",
    page="#101216",
    surface="#181b21",
    ink="#eceef2",
    muted="#a3aab8",
    line="#343944",
    accent="#8db4ff",
    soft="#1f2735",
    series=("#02b8fe", "#c97501", "#39a774", "#dccdff", "#fcc72b", "#806cf6", "#43ef94", "#fe77b9"),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}

DASHES = (
    "solid", "9px,3px", "2px,2px", "9px,3px,2px,3px", "16px,4px", "5px,5px", "14px,3px,5px,3px", "2px,6px", "1px,1px",
)  # fmt: skip
"""Line patterns, as plotly takes them and as an SVG stroke-dasharray does; `solid` is none."""

MARKERS = (
    "circle", "square", "diamond", "triangle-up", "triangle-down", "star", "pentagon", "hourglass", "hexagon2",
)  # fmt: skip
"""Marker shapes, by plotly's names."""


@dataclass(frozen=True)
class Style:
    """How the series at one position is drawn: CSS variables for its colour and its band, a dash, a marker."""

    colour: str
    band: str
    dash: str
    marker: str


def style(position: int) -> Style:
    """The style of a position, 0 and up. Eight colours against nine dashes and markers: no repeat before position 72.

    >>> style(0)
    Style(colour='var(--series-0)', band='var(--band-0)', dash='solid', marker='circle')
    >>> style(8).colour == style(0).colour, style(8).marker == style(0).marker
    (True, False)
    """
    hue = position % len(LIGHT.series)
    return Style(
        colour=f"var(--series-{hue})",
        band=f"var(--band-{hue})",
        dash=DASHES[position % len(DASHES)],
        marker=MARKERS[position % len(MARKERS)],
    )


def css() -> str:
    """Both themes as CSS custom properties: the reader's system decides, `data-theme` on the root overrules it."""
    light, dark = _properties(LIGHT), _properties(DARK)
    return "\n".join(
        [
            f":root {{ color-scheme: light; {light} }}",
            "@media screen and (prefers-color-scheme: dark) {",
            f"  :root:not([data-theme=light]) {{ color-scheme: dark; {dark} }}",
            "}",
            f"@media screen {{ :root[data-theme=dark] {{ color-scheme: dark; {dark} }} }}",
        ]
    )


def _properties(theme: Theme) -> str:
    plain = ("page", "surface", "ink", "muted", "line", "accent", "soft")
    named = {name: getattr(theme, name) for name in plain}
    named |= {f"series-{i}": colour for i, colour in enumerate(theme.series)}
    named |= {f"band-{i}": _translucent(colour) for i, colour in enumerate(theme.series)}
    return " ".join(f"--{name}: {value};" for name, value in named.items())


def _translucent(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.12)"
