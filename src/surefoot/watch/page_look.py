"""How the walker at a position looks, on canvases and as a swatch: the palette's colour, dash and marker."""

from typing import Any

from surefoot.pages.palette import LIGHT, style
from surefoot.pages.swatch import outline, swatch


def look(position: int) -> dict[str, Any]:
    """As JSON: the number of the colour, the dash in pixels, the marker's corners, the swatch as SVG.

    >>> look(1)["hue"], look(1)["dash"]
    (1, [9.0, 3.0])
    """
    chosen = style(position)
    dash = [] if chosen.dash == "solid" else [float(part.removesuffix("px")) for part in chosen.dash.split(",")]
    return {
        "hue": position % len(LIGHT.series),
        "dash": dash,
        "marker": [[round(a, 4), round(b, 4)] for a, b in outline(chosen.marker)],
        "swatch": str(swatch(position)),
    }
