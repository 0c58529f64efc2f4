"""Stability maps by the compiled step loop against NumPy, and whole diagnoses."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import by_hand
from benchmarks.timing import Spread, interleaved, spread
from surefoot.diagnose.orbits.ensemble import Ensemble
from surefoot.diagnose.orbits.maps import stability_map
from surefoot.engines.orbits.orbit import Orbits
from surefoot.rules.catalogue import CHAPTER, find

ROOT = Path(__file__).resolve().parents[1]
#: Rules and the decay that goes up the map's second axis.
MAPS = {"rmsprop": "beta", "adam": "beta1"}
#: Orbits whose arrays stay in the processor's cache.
BLOCK = 5000


@dataclass(frozen=True)
class Effort:
    """How many cells a side and steps, how often; diagnoses of each rule."""

    side: int
    steps: int
    rounds: int
    diagnoses: int


FULL = Effort(side=500, steps=2000, rounds=7, diagnoses=3)
QUICK = Effort(side=20, steps=80, rounds=1, diagnoses=1)


def measure(effort: Effort) -> dict[str, Any]:
    """Seconds of each map, of the same by NumPy, and of a diagnosis of every rule in a new process."""
    return {
        "side": effort.side,
        "steps": effort.steps,
        "maps": [_map(rule, decay, effort) for rule, decay in MAPS.items()],
        "diagnoses": {rule: _diagnosis(rule, effort.diagnoses) for rule in CHAPTER},
    }


def _map(name: str, decay: str, effort: Effort) -> dict[str, Any]:
    print(f"orbit: {name}", file=sys.stderr)
    rule = find(name)
    settings = rule.settings()
    rates, decays = np.geomspace(1e-6, 1, effort.side), 1 - np.geomspace(0.5, 1e-3, effort.side)
    ensemble = Ensemble(rule, settings, 1.0, 0.0)
    begin = perf_counter()
    Orbits(ensemble.map.tangent())  # one as large as any, not compiled before
    compiling = perf_counter() - begin
    cells = {"lr": np.tile(rates, effort.side), decay: np.repeat(decays, effort.side)}
    seconds = interleaved(
        {
            "stability map": lambda: stability_map(rule, settings, ("lr", rates), (decay, decays), steps=effort.steps),
            "orbits alone": lambda: _orbits(ensemble, cells, effort.steps),
        },
        effort.rounds,
        warmup=1,
    )
    return {
        "rule": name,
        "compile": compiling,
        "seconds": seconds,
        "numpy": _numpy(name, ensemble, cells, effort.steps),
    }


def _orbits(ensemble: Ensemble, cells: Mapping[str, Any], steps: int) -> object:
    """What NumPy is asked for too: the final state of every cell."""
    return ensemble.engine.run([[1.0]], steps, ensemble.parameters | dict(cells))


def _numpy(name: str, ensemble: Ensemble, cells: Mapping[str, Any], steps: int) -> dict[str, float]:
    """Seconds for the final state of every cell, with arrays of all cells, and of so few that the cache holds them."""
    fixed = {key: value for key, value in ensemble.parameters.items() if key in ("beta2", "eps")}
    count = len(cells["lr"])

    def run(size: int) -> float:
        begin = perf_counter()
        for k in range(0, count, size):
            own = {key: values[k : k + size] for key, values in cells.items()}
            by_hand.RULES[name](np.ones(len(own["lr"])), steps, **fixed, **own)
        return perf_counter() - begin

    return {"all orbits at once": run(count), f"blocks of {BLOCK:,} orbits": run(BLOCK)}


def _diagnosis(rule: str, times: int) -> Spread:
    print(f"orbit: diagnosis of {rule}", file=sys.stderr)
    words = (
        "import json, time, surefoot, surefoot.diagnose.run; begin = time.perf_counter(); "
        f"surefoot.diagnose({rule!r}); print(json.dumps(time.perf_counter() - begin))"
    )
    run = [sys.executable, "-c", words]
    return spread(
        [
            json.loads(subprocess.run(run, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
            for _ in range(times)
        ]
    )
