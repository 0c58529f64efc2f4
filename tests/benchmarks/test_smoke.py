"""The benchmarks run from end to end and record what they say they do. No time is asserted."""

from math import isfinite

import pytest

from benchmarks.__main__ import HERE, main
from benchmarks.pairs import PAIRS
from surefoot.rules.catalogue import CHAPTER, RULES

pytestmark = pytest.mark.slow

WRITTEN = [HERE / "results.json", HERE / "RESULTS.md"]


def contents():
    return [path.read_bytes() if path.exists() else None for path in WRITTEN]


@pytest.fixture
def measured(capsys):
    """Run a part quickly: its record and what it printed, having written nothing."""

    def run(part):
        before = contents()
        record = main([part, "--quick"])
        assert contents() == before
        assert set(record) == {part}
        assert {"measured", "machine"} <= set(record[part])
        return record[part], capsys.readouterr().out

    return run


def check_spread(of):
    assert 0 < of["low"] <= of["median"] <= of["high"]
    assert isfinite(of["high"])
    assert of["rounds"] >= 1


def test_every_rule_that_torch_has_is_stepped_in_every_case(measured):
    part, page = measured("step")
    rules = {name for name, rule in RULES.items() if "torch" in rule.facts.forms}
    cases = {(row["case"], row["gradients"]) for row in part["rows"]}
    assert {pair.rule for pair in PAIRS} == rules
    assert cases == {
        ("1 x 10k", "kept"),
        ("20 x 10k", "kept"),
        ("20 x 1k", "kept"),
        ("20 x 1k", "new"),
        ("4 x 1k", "kept"),
    }
    assert sorted((r["rule"], r["case"], r["gradients"]) for r in part["rows"]) == sorted(
        (rule, *case) for rule in rules for case in cases
    )
    for row in part["rows"]:
        fused = set() if row["rule"].startswith("rmsprop") else {"torch fused", "drop-in fused"}
        assert set(row["seconds"]) == {"surefoot", "drop-in", "torch default", "torch foreach"} | fused
        for of in row["seconds"].values():
            check_spread(of)
    assert all(rule in page for rule in rules)


def test_search_is_measured_against_a_loop_and_optuna(measured):
    part, page = measured("compare")
    assert set(part["search"]["rates"]) == set(part["search"]["trials"]) == {"lanes", "loop", "optuna"}
    for of in [*part["search"]["rates"].values(), part["command"]["seconds"]]:
        check_spread(of)
    assert "2 processes of Optuna" in page


def test_start_is_measured_in_new_processes(measured):
    part, page = measured("start")
    assert set(part["import"]) == {"python -c pass", "import surefoot"}
    for of in [*part["import"].values(), *part["help"].values(), *part["first_step"]["adam"].values()]:
        check_spread(of)
    assert "`import surefoot`" in page


def test_few_rows_of_a_table_are_stepped(measured):
    part, page = measured("sparse")
    for row in part["rules"]:
        torchs = {"torch"} if row["rule"] in ("sgd", "adagrad", "adam") else set()
        assert set(row["seconds"]) == {"surefoot", "surefoot, dense gradient"} | torchs
        for of in row["seconds"].values():
            check_spread(of)
    assert "50,000 rows of 16" in page


def test_tracking_is_measured_beside_steps_without_it(measured):
    part, page = measured("track")
    for row in part["rows"]:
        check_spread(row["without"])
        check_spread(row["with"])
        assert row["records"] >= 1
        assert 0 < row["overhead"] < 1
    assert "all of training" in page


def test_bytes_of_every_rule_are_read_off_the_process(measured):
    """Within a tenth: parameter and gradient 4 bytes each, a slot of Adam's 4, and freed gradients none."""
    part, page = measured("memory")
    assert [row["rule"] for row in part["rows"]] == list(RULES)
    adam = next(row["bytes"] for row in part["rows"] if row["rule"] == "adam")
    expected = {"float32": 16, "float32, state bfloat16": 12, "bfloat16": 12, "bfloat16, kahan": 14}
    for name, count in expected.items():
        assert abs(adam[name]["kept"] / count - 1) < 0.1
    assert part["training"]["released"]["kept"] < part["training"]["step after backward"]["kept"] - 2
    assert "| amsgrad |" in page


def test_walks_and_a_film_are_timed(measured):
    part, page = measured("watch")
    for row in part["landscapes"]:
        assert set(row["seconds"]) == set(CHAPTER)
        assert row["compile"] > 0
        for of in row["seconds"].values():
            check_spread(of)
    check_spread(part["film"])
    assert "| himmelblau |" in page


@pytest.mark.browser
def test_frames_and_sliders_are_timed(measured):
    part, page = measured("explorer")
    for row in part["landscapes"]:
        for what in ("frame", "rate", "parameter"):
            check_spread(row[what])
    assert part["bytes"] < 300_000
    assert "| drift |" in page


def test_maps_are_held_against_numpy(measured):
    part, page = measured("orbit")
    for row in part["maps"]:
        assert all(seconds > 0 for seconds in row["numpy"].values())
        for of in row["seconds"].values():
            check_spread(of)
    assert set(part["diagnoses"]) == set(CHAPTER)
    assert "| rmsprop |" in page
