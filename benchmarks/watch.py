"""Walks from many starts by the compiled step loop, and a film from the command line."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.timing import interleaved, spread
from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.rules.catalogue import CHAPTER, find
from surefoot.watch import landscapes
from surefoot.watch.pace import suited

#: Arithmetic alone; polynomials of degree four; and one with exp and sin.
LANDSCAPES = ("ravine", "himmelblau", "terrain")


@dataclass(frozen=True)
class Effort:
    """How many starts and steps, how often, and how often the film is made."""

    starts: int
    steps: int
    rounds: int
    films: int


FULL = Effort(starts=1000, steps=1000, rounds=20, films=3)
QUICK = Effort(starts=50, steps=20, rounds=2, films=1)


def measure(effort: Effort) -> dict[str, Any]:
    """Seconds of the walks of each rule on each landscape, of compiling them, and of a film of 120 frames."""
    return {
        "starts": effort.starts,
        "steps": effort.steps,
        "landscapes": [{"landscape": name, **_walks(name, effort)} for name in LANDSCAPES],
        "film": spread([_film() for _ in range(effort.films)]),
    }


def _walks(name: str, effort: Effort) -> dict[str, Any]:
    print(f"watch: {name}", file=sys.stderr)
    land = landscapes.find(name)
    west, east, south, north = land.bounds
    random = np.random.default_rng(0)
    starts = random.uniform([[west], [south]], [[east], [north]], (2, effort.starts))
    begin = perf_counter()
    compiled = {rule: Orbits(compose(find(rule), land.field)) for rule in CHAPTER}
    seconds = perf_counter() - begin

    def walks(rule: str) -> Callable[[], object]:
        chosen = suited(land, find(rule), {}, stride=1 / 60)
        rates = {key: value for key, value in chosen.items() if not isinstance(value, str)}
        return lambda: compiled[rule].run(starts, effort.steps, rates)

    return {"compile": seconds, "seconds": interleaved({rule: walks(rule) for rule in CHAPTER}, effort.rounds)}


def _film() -> float:
    """Seconds of a new process that writes 120 frames of the chapter's terrain as a GIF."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "surefoot", "watch", "terrain", "--save", str(Path(folder) / "walk.gif")]
        begin = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return perf_counter() - begin
