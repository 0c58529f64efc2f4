"""The explorer in headless Chromium: frames while it plays, and what a slider costs before the next frame."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.timing import spread
from surefoot.rules.catalogue import CHAPTER
from surefoot.watch.show import watch

#: Arithmetic alone; with exp and sin; and one that is painted anew at every step.
LANDSCAPES = ("ravine", "terrain", "drift")

#: Milliseconds from frame to frame while all walk at 300 steps a second, of our own work in a frame, and of one move of
#: a slider until everything is drawn: the chosen optimizer's learning rate, then the landscape's first parameter.
MEASURE = """async ([frames, moves]) => {
  const { player } = surefoot;
  const next = () => new Promise(done => requestAnimationFrame(done));
  const gaps = [], work = [], draw = player.changed;
  player.changed = (t, isPlaying) => {
    const begin = performance.now();
    draw(t, isPlaying);
    work.push(performance.now() - begin);
  };
  player.pause();
  player.seek(0);
  player.speed = 300;
  player.play();
  let before = await next();
  for (let k = 0; k < frames; k++) {
    const now = await next();
    gaps.push(now - before);
    before = now;
  }
  player.changed = draw;
  player.pause();
  player.seek(Infinity);
  const slide = async selector => {
    const slider = document.querySelector(selector), times = [];
    for (let k = 0; k < moves; k++) {
      await next();
      const begin = performance.now();
      slider.value = 300 + 10 * (k % 20);
      slider.dispatchEvent(new Event("input"));
      times.push(performance.now() - begin);
    }
    return times;
  };
  const rate = await slide("#hyper-lr-slider");
  return { frame: gaps, drawing: work, rate, parameter: await slide("#parameters input[type=range]") };
}"""


@dataclass(frozen=True)
class Effort:
    """How many steps each walker takes, over how many frames, and how often a slider is moved."""

    steps: int
    frames: int
    moves: int


FULL = Effort(steps=2000, frames=300, moves=60)
QUICK = Effort(steps=100, frames=10, moves=2)


def measure(effort: Effort) -> dict[str, Any]:
    """Bytes of the page with everything in it, and seconds by landscape, all of the chapter's optimizers walking."""
    with _opened() as page:
        rows = [{"landscape": name, **_timed(page, name, effort)} for name in LANDSCAPES]
    return {
        "optimizers": len(CHAPTER),
        "steps": effort.steps,
        "bytes": len(watch().html().encode()),
        "landscapes": rows,
    }


@contextmanager
def _opened() -> Iterator[Any]:
    from tests.browser import chromium  # noqa: PLC0415 - only this part needs a browser

    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1360, "height": 900})


def _timed(page: Any, name: str, effort: Effort) -> dict[str, Any]:
    print(f"explorer: {name}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        path = watch(name, optimizers=CHAPTER, steps=effort.steps).save(Path(folder) / "page.html")
        page.goto(path.as_uri())
        found = page.evaluate(MEASURE, [effort.frames, effort.moves])
    return {what: spread([ms / 1000 for ms in times]) for what, times in found.items()}
