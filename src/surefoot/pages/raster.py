"""Areas of many cells in a plot: an image each, which masks a colour of the palette, so that it follows the theme.

A grid of 500 by 500 cells is a few kilobytes as a PNG of one bit a cell; as so many SVG elements it would be megabytes.
Colour is never the only carrier: each layer has its own hatching.
"""

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from surefoot.pages.palette import style

Cells = NDArray[np.uint8]

#: How strongly a layer's colour shows between the lines of its hatching, and on them, of 255.
BETWEEN, ON = 70, 190
#: Cells after which a hatching repeats, of as many as the longer side has.
REPEATS = 30


@dataclass(frozen=True)
class Layer:
    """A part of the plot in one colour.

    Attributes:
        position: of its colour in the palette, and of its hatching. name: for the key.
        strength: (rows, columns) how strongly the colour shows in each cell, 0 to 255, the top row first.
    """

    position: int
    name: str
    strength: Cells


def ground(name: str, layers: Sequence[Layer]) -> Markup:
    """The layers as SVG in the unit square, for the `ground` of a plot.

    Args:
        name: an id, unique on the page. layers: drawn one over another.
    """
    part = Markup(
        '<mask id="{0}" maskUnits="userSpaceOnUse" maskContentUnits="userSpaceOnUse" x="0" y="0" width="1" height="1">'
        '<image href="{1}" width="1" height="1" preserveAspectRatio="none" style="image-rendering: pixelated"/></mask>'
        '<rect width="1" height="1" fill="{2}" mask="url(#{0})"/>'
    )
    return Markup("").join(
        part.format(f"{name}-{k}", png(layer.strength), style(layer.position).colour) for k, layer in enumerate(layers)
    )


def key(name: str, layers: Sequence[Layer]) -> Markup:
    """The layers' names, each beside a patch of its colour and hatching; `name` is an id, unique on the page."""
    patch = Markup(
        '<li><svg width="26" height="16" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
        "{}</li>"
    )
    whole = np.ones((16, 26), bool)
    items = [
        patch.format(
            ground(f"{name}-{k}", [Layer(one.position, "", hatched(whole, one.position, repeats=3))]), one.name
        )
        for k, one in enumerate(layers)
    ]
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items))


def hatched(where: NDArray[np.bool_], position: int, repeats: int = REPEATS) -> Cells:
    """The strength of a layer that covers these cells with the hatching of a position, so often along the longer side.

    >>> hatched(np.ones((2, 2), bool), 0).tolist()
    [[130, 130], [130, 130]]
    """
    rows, columns = np.indices(where.shape)
    unit = max(2, round(max(where.shape) / repeats))
    across = [None, rows + columns, rows, columns, rows - columns][position % 5]
    if across is None:  # the first is plain
        strength = np.full(where.shape, (BETWEEN + ON) // 2)
    else:
        strength = np.where(across % unit < max(1, unit // 4), ON, BETWEEN)
    return np.where(where, strength, 0).astype(np.uint8)


def png(cells: Cells) -> str:
    """A grey image as a data URI.

    >>> png(np.zeros((1, 1), np.uint8))[:30]
    'data:image/png;base64,iVBORw0K'
    """
    rows, columns = cells.shape
    lines = np.zeros((rows, columns + 1), np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = cells
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return f"data:image/png;base64,{b64encode(data).decode()}"
