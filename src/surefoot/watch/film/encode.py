"""Frames to a file: GIF by pillow, MP4 by ffmpeg where it is installed."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from surefoot.errors import UserError
from surefoot.pages.palette import Theme
from surefoot.watch.film import ground
from surefoot.watch.scene import Array

#: Frames a second.
RATE = 20
#: How far a smooth edge's pixels are from the colour drawn with.
SHARES = (0.25, 0.5, 0.75)


def gif(frames: Iterable[Array], path: Path, theme: Theme) -> None:
    """Write an endless GIF in the theme's colours; what stands still between frames is left out, and takes no room.

    Raises:
        UserError: where pillow is not installed.
    """
    try:
        from PIL import Image  # noqa: PLC0415 - an extra
    except ImportError:
        raise UserError("a .gif needs pillow: pip install 'surefoot[film]'") from None
    palette = colours(theme)
    nearest = _nearest(palette)
    images, before = [], None
    for frame in frames:
        red, green, blue = (frame[..., i].astype(np.int32) >> 2 for i in range(3))
        indices = nearest[red, green, blue]
        changed = indices if before is None else np.where(indices == before, len(palette), indices)
        image = Image.fromarray(changed.astype(np.uint8), "P")
        image.putpalette(b"".join(bytes.fromhex(colour[1:]) for colour in palette))
        images.append(image)
        before = indices
    pauses = [1000 // RATE] * (len(images) - 1) + [2500]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=pauses,
        loop=0,
        disposal=1,  # leave it, and draw over it
        transparency=len(palette),
        optimize=False,
    )


def colours(theme: Theme) -> tuple[str, ...]:
    """A GIF's colours: all that is drawn with, and what lies between where edges are smooth."""
    bands = ground.band_colours(theme)
    drawn = (*theme.series, theme.ink, theme.muted)
    between = [
        ground.mixed(top, under, share)
        for top in drawn
        for under in (bands[-1], bands[len(bands) // 3])
        for share in SHARES
    ]
    return tuple(dict.fromkeys([*bands, theme.line, ground.line(theme), *drawn, *between]))[:255]


def _nearest(palette: Sequence[str]) -> Array:
    """The index of the nearest colour, for every colour of six bits a channel."""
    channels = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in palette], np.float32)
    cells = np.arange(64, dtype=np.float32) * 4 + 1.5
    distance = [(cells[:, None] - channels[:, i]) ** 2 for i in range(3)]
    best = np.stack([np.argmin(red + distance[1][:, None] + distance[2], axis=2) for red in distance[0]])
    own = channels.astype(np.int64) >> 2
    best[own[:, 0], own[:, 1], own[:, 2]] = np.arange(len(palette))
    return best


def ffmpeg() -> str:
    """The path of ffmpeg.

    Raises:
        UserError: where it is not installed.
    """
    found = shutil.which("ffmpeg")
    if found is None:
        raise UserError("a .mp4 needs ffmpeg, and there is none on the PATH: install it, or save a .gif")
    return found


def mp4(frames: Iterable[Array], path: Path) -> None:
    """Write an H.264 film that browsers and phones play.

    Raises:
        UserError: where ffmpeg is missing or fails; its last line is in the message.
    """
    program = ffmpeg()
    every: Iterator[Array] = iter(frames)
    first = next(every)
    height, width, _ = first.shape
    command = [
        program, "-y", "-loglevel", "error",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(RATE), "-i", "-",
        "-an", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        complaint = _feed(process, chain([first], every))
    if process.returncode != 0:
        last = complaint.strip().splitlines()[-1] if complaint.strip() else f"exit code {process.returncode}"
        raise UserError(f"ffmpeg could not write {path}: {last}; save a .gif instead")


def _feed(process: Any, frames: Iterable[Array]) -> str:
    try:
        for frame in frames:
            process.stdin.write(frame.tobytes())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it stopped reading: its error says why
    return str(process.stderr.read().decode(errors="replace"))
