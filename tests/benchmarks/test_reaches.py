"""Whether an aim counts as met, from records written by hand."""

import pytest

from benchmarks.draw import draw
from benchmarks.reaches import reaches
from benchmarks.step import FULL

MACHINE = {
    "processor": "abacus", "cores": 2, "memory_gib": 1, "system": "none", "python": "3", "versions": {},
    "torch_threads": 2, "load_before": 0.0,
}  # fmt: skip


def spread(median):
    return {"median": median, "low": median, "high": median, "rounds": 3}


def part(**measured):
    return {"measured": "2000-01-01", "machine": MACHINE, **measured}


def row(rule, case, ours, gradients="kept", **torch):
    seconds = {"surefoot": spread(ours)} | {f"torch {name}": spread(s) for name, s in torch.items()}
    return {"rule": rule, "case": case, "gradients": gradients, "seconds": seconds}


def compared(lanes, loop, optuna, seconds, options=()):
    rates = {"lanes": spread(lanes), "loop": spread(loop), "optuna": spread(optuna)}
    search = {"rates": rates, "trials": dict.fromkeys(rates, 8), "steps": 600, "processes": 2}
    return part(search=search, command={"options": list(options), "seconds": spread(seconds)})


def met(record, words):
    (reach,) = [r for r in reaches(record) if words in r.aim]
    return reach.met


def test_nothing_measured_is_neither_met_nor_missed():
    assert {reach.met for reach in reaches({})} == {None}
    assert "not measured" in draw({})


@pytest.mark.parametrize(("ours", "expected"), [(1.0, True), (1.06, False)])
def test_at_50m_only_the_fused_step_counts(ours, expected):
    rows = [
        row("adam", "1 x 50M", ours, default=0.1, foreach=0.1, fused=1.0),
        row("rmsprop", "1 x 50M", 1.0, default=0.1),
    ]
    assert met({"step": part(rows=rows)}, "1 x 50M") is expected


def test_the_best_of_torch_and_the_worst_of_the_rules_count():
    good = row("adam", "4 x 1k", 1.0, default=9.0, foreach=8.0, fused=5.0)
    assert met({"step": part(rows=[good])}, "4 x 1k") is True
    bad = row("sgd", "4 x 1k", 1.0, default=4.9, foreach=8.0, fused=9.0)
    (reach,) = [r for r in reaches({"step": part(rows=[good, bad])}) if "4 x 1k" in r.aim]
    assert reach.met is False
    assert "4.90x (sgd, the worst of 2; 1 reach it)" in reach.figure


def test_kept_and_new_gradients_are_apart():
    rows = [row("adam", "1000 x 1k", 1.0, default=6.0), row("adam", "1000 x 1k", 1.0, gradients="new", default=4.0)]
    record = {"step": part(rows=rows)}
    assert met(record, "1000 x 1k:") is True
    assert met(record, "1000 x 1k, new gradients") is False


def test_the_aims_name_cases_that_are_measured():
    assert [(case.label, case.gradients) for case in FULL] == [
        ("1 x 50M", "kept"), ("200 x 100k", "kept"), ("1000 x 1k", "kept"), ("1000 x 1k", "new"), ("4 x 1k", "kept"),
    ]  # fmt: skip


def test_rmsprop_counts_at_every_size():
    rows = [row("rmsprop", case, 1.0, default=6.0) for case in ("1 x 50M", "200 x 100k", "4 x 1k")]
    assert met({"step": part(rows=rows)}, "RMSProp") is True
    rows.append(row("rmsprop", "1000 x 1k", 1.0, default=4.0))
    assert met({"step": part(rows=rows)}, "RMSProp") is False


def test_the_drop_in_is_held_against_torch_as_it_is_by_default_and_fused():
    times = row("adam", "4 x 1k", 1.0, default=9.0, foreach=8.0, fused=5.0)
    times["seconds"] |= {"drop-in": spread(5.5), "drop-in fused": spread(5.2)}
    record = {"step": part(rows=[times])}
    assert met(record, "drop-in, at every size") is False
    assert met(record, "drop-in fused, at every size") is True
    assert met(record, "4 x 1k: against the best of torch") is True


def test_rates_of_the_search():
    assert met({"compare": compared(1000, 100, 250, 44)}, "torch.optim.Adam") is True
    assert met({"compare": compared(999, 100, 250, 44)}, "torch.optim.Adam") is False
    assert met({"compare": compared(1000, 100, 200, 44)}, "Optuna") is True
    assert met({"compare": compared(1000, 100, 201, 44)}, "Optuna") is False


def test_only_the_whole_command_is_held_against_its_bound():
    assert met({"compare": compared(1, 1, 1, 44.9)}, "cold start") is True
    assert met({"compare": compared(1, 1, 1, 45.0)}, "cold start") is False
    assert met({"compare": compared(1, 1, 1, 1.0, ["--trials", "2"])}, "cold start") is None


def test_the_import_counts_beyond_bare_python():
    imports = {"python -c pass": spread(0.5), "import surefoot": spread(0.59)}
    record = {"start": part(**{"import": imports}, help={"surefoot --help": spread(0.6)}, first_step={})}
    assert met(record, "import surefoot") is True
    assert met(record, "--help") is False


def test_the_page_says_met_and_missed_and_gives_the_ratios():
    rows = [row("adam", "4 x 1k", 1e-5, default=2e-5, foreach=3e-5, fused=4.5e-5)]
    page = draw({"step": part(rows=rows, torch_default_is="a loop"), "compare": compared(1000, 100, 250, 44)})
    assert "| adam | 10 us | none | none | 20 us (2.00x) | 30 us (3.00x) | 45 us (4.50x) | 2.00x |" in page
    assert "| step, 4 x 1k: against the best of torch | at least 5x | 2.00x (adam) | MISSED |" in page
    assert "| one after another, torch.optim.Adam | 8 | 100 | 10.00x |" in page
    assert "| 44.000 s | met |" in page
