"""The command line: measure, record, draw."""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import compare, explorer, machine, memory, orbit, sparse, start, step, track, watch
from benchmarks.draw import draw

HERE = Path(__file__).parent
PARTS: dict[str, ModuleType] = {
    "step": step, "compare": compare, "start": start, "memory": memory, "sparse": sparse, "track": track,
    "watch": watch, "explorer": explorer, "orbit": orbit,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Measure one part or all, print what came of it, and keep it; returns the record of what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast surefoot is.")
    parser.add_argument("part", nargs="?", choices=PARTS, help="measure this alone (default: all)")
    parser.add_argument("--quick", action="store_true", help="a few repetitions, to see that it runs; writes nothing")
    options = parser.parse_args(arguments)
    names = [options.part] if options.part else list(PARTS)
    record = {name: _measured(PARTS[name], "QUICK" if options.quick else "FULL") for name in names}
    print(draw(record) + ("\nA smoke run: these figures mean nothing." if options.quick else ""))
    if not options.quick:
        _write(record)
    return record


def _measured(part: ModuleType, effort: str) -> dict[str, Any]:
    today = datetime.now(UTC).date().isoformat()
    return {"measured": today, "machine": machine.describe(), **part.measure(getattr(part, effort))}


def _write(record: dict[str, Any]) -> None:
    """Put the parts measured into results.json beside those measured before, and draw RESULTS.md from it."""
    path = HERE / "results.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    merged = {name: {**before, **record}[name] for name in PARTS if name in {**before, **record}}
    path.write_text(json.dumps(merged, indent=1) + "\n")
    (HERE / "RESULTS.md").write_text(draw(merged))


if __name__ == "__main__":
    main()
