"""What is kept of a run."""

import json

from benchmarks import __main__ as command
from benchmarks.draw import draw


def part(day):
    machine = dict.fromkeys(
        ("processor", "cores", "memory_gib", "system", "python", "torch_threads", "load_before"), "?"
    )
    return {"measured": day, "machine": {**machine, "versions": {}}, "torch_default_is": "a loop", "rows": []}


def test_a_part_measured_anew_replaces_itself_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "HERE", tmp_path)
    monkeypatch.setattr(command, "draw", lambda record: draw({"step": record["step"]}))
    command._write({"start": part("day 1"), "step": part("day 1")})
    command._write({"step": part("day 2")})
    record = json.loads((tmp_path / "results.json").read_text())
    assert list(record) == ["step", "start"]
    assert (record["step"]["measured"], record["start"]["measured"]) == ("day 2", "day 1")
    assert "Measured day 2 on ?" in (tmp_path / "RESULTS.md").read_text()
