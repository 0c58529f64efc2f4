"""What a user waits for before anything happens: an import, the help, a new optimizer's first step."""

import json
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.timing import interleaved, spread
from surefoot.rules.catalogue import CHAPTER

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Effort:
    """How many processes are started for each figure, and for which rules the first step is timed."""

    imports: int
    helps: int
    first_steps: int
    rules: tuple[str, ...]


FULL = Effort(imports=20, helps=10, first_steps=5, rules=CHAPTER)
QUICK = Effort(imports=2, helps=1, first_steps=1, rules=("adam",))


def measure(effort: Effort) -> dict[str, Any]:
    """Seconds of whole processes, and of first steps within new ones."""
    print("start: imports and help", file=sys.stderr)
    imports = {"python -c pass": ["-c", "pass"], "import surefoot": ["-c", "import surefoot"]}
    script = str(Path(sysconfig.get_path("scripts")) / "surefoot")
    return {
        "import": interleaved(
            {name: partial(_run, [sys.executable, *words]) for name, words in imports.items()},
            effort.imports,
            warmup=1,
        ),
        "help": interleaved({"surefoot --help": partial(_run, [script, "--help"])}, effort.helps, warmup=1),
        "first_step": {rule: _first_step(rule, effort.first_steps) for rule in effort.rules},
    }


def _first_step(rule: str, processes: int) -> dict[str, Any]:
    print(f"start: first step of {rule}", file=sys.stderr)
    words = [sys.executable, "-m", "benchmarks.first_step", rule]
    seconds = [json.loads(_run(words)) for _ in range(processes)]
    return {name: spread([one[name] for one in seconds]) for name in ("first", "second")}


def _run(words: Sequence[str]) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT).stdout
