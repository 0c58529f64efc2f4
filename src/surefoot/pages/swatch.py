"""The key to a series: its line and marker as a small inline SVG, drawn as the charts draw them."""

from math import cos, pi, sin

from markupsafe import Markup

from surefoot.pages.palette import style

WIDTH, HEIGHT, RADIUS = 34, 14, 4.5

_POLYGONS = {
    # corners, turn in degrees (0 puts a corner on top), radius of every other corner
    "square": (4, 45.0, 1.0),
    "diamond": (4, 0.0, 1.0),
    "triangle-up": (3, 0.0, 1.0),
    "triangle-down": (3, 180.0, 1.0),
    "star": (10, 0.0, 0.45),
    "pentagon": (5, 0.0, 1.0),
    "hexagon2": (6, 30.0, 1.0),
}


def swatch(position: int) -> Markup:
    """An inline SVG of the line and marker at a position; decoration, so hidden from screen readers."""
    look = style(position)
    dash = "" if look.dash == "solid" else f' stroke-dasharray="{look.dash.replace("px", "")}"'
    return Markup(
        f'<svg class="swatch" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<line x1="0" y1="{HEIGHT / 2}" x2="{WIDTH}" y2="{HEIGHT / 2}" stroke="{look.colour}" stroke-width="2"{dash}/>'
        f'<g fill="{look.colour}">{_marker(look.marker)}</g></svg>'
    )


def outline(marker: str) -> list[tuple[float, float]]:
    """The corners of a marker of radius 1 around the origin, y downwards, for those who draw it elsewhere.

    >>> len(outline("diamond")), len(outline("circle"))
    (4, 24)
    """
    if marker == "hourglass":
        return [(side, end) for end in (-1.0, 1.0) for side in (-1.0, 1.0)]
    count, turn, inner, size = (24, 0.0, 1.0, 1.0) if marker == "circle" else (*_POLYGONS[marker], 1.15)
    angles = [2 * pi * k / count + turn * pi / 180 for k in range(count)]
    radii = [size * (inner if k % 2 else 1.0) for k in range(count)]
    return [(r * sin(a), -r * cos(a)) for r, a in zip(radii, angles, strict=True)]


def _marker(name: str) -> str:
    x, y = WIDTH / 2, HEIGHT / 2
    if name == "circle":
        return f'<circle cx="{x}" cy="{y}" r="{RADIUS}"/>'
    return f'<polygon points="{" ".join(f"{x + RADIUS * a:.2f},{y + RADIUS * b:.2f}" for a, b in outline(name))}"/>'
