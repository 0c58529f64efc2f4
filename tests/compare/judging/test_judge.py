"""The verdict on invented runs whose answer is known."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from surefoot.compare.judging.judge import judge
from surefoot.compare.verdict import Standing, Verdict
from tests.compare.invented import LIMITS, confirm, contender, outcome, protocol, search, verdict

NAN = float("nan")
NOISE = np.random.default_rng(0).normal(0, 0.01, (10, 4))
BASE = 0.9 + np.random.default_rng(1).normal(0, 0.05, 10)  # what a seed does to all alike


def row(found: Verdict, name: str) -> Standing:
    return next(s for s in found.ranking if s.optimizer == name)


def test_a_clear_winner_is_decided_and_recommended_though_it_costs_most() -> None:
    found = verdict({"sgd": BASE - 0.2 + NOISE[:, 0], "momentum": BASE - 0.1 + NOISE[:, 1], "adam": BASE + NOISE[:, 2]})
    assert (found.best, found.recommended, found.decided) == ("adam", "adam", True)
    assert found.indistinguishable == ("adam",)
    assert [s.optimizer for s in found.ranking] == ["adam", "momentum", "sgd"]
    assert row(found, "sgd").p == 2 / 2**10
    assert row(found, "sgd").loses == 1


def test_identical_optimizers_are_undecided_and_the_cheapest_is_recommended() -> None:
    found = verdict({"adam": BASE, "momentum": BASE, "sgd": BASE})
    assert (found.recommended, found.decided) == ("sgd", False)
    assert set(found.indistinguishable) == {"adam", "momentum", "sgd"}
    assert all(s.p == 1 and s.difference == 0 and s.loses == 0.5 for s in found.ranking)


def test_among_equals_in_memory_the_easier_to_tune_is_recommended() -> None:
    runs = [*confirm("momentum", BASE + 1e-4 * NOISE[:, 0]), *confirm("rmsprop", BASE)]
    runs += [*search("momentum", [0.9] * 3 + [0.2] * 9), *search("rmsprop", [0.9] * 9 + [0.2] * 3)]
    found = judge([contender("momentum"), contender("rmsprop")], runs, protocol(), sparsity=0, drift=0)
    assert not found.decided
    assert row(found, "rmsprop").lr_tolerance > row(found, "momentum").lr_tolerance
    assert found.recommended == "rmsprop"


@pytest.mark.parametrize(("errors", "recommended"), [(0.0, "sgd"), (0.99, "sgd"), (1.01, "adam"), (1.9, "adam")])
def test_a_cheaper_one_is_recommended_within_one_standard_error_of_the_best(errors: float, recommended: str) -> None:
    d = NOISE[:, 0] - NOISE[:, 0].mean()
    error = d.std(ddof=1) / np.sqrt(10)
    found = verdict({"adam": BASE, "sgd": BASE - errors * error + d})
    assert not found.decided
    assert row(found, "sgd").difference == pytest.approx(-errors * error)
    assert found.recommended == recommended


def test_a_cheaper_one_that_is_much_worse_is_not_recommended_though_nothing_tells_it_apart() -> None:
    # Five seeds can tell nothing apart by the exact test; its distance still keeps the much worse one from use.
    found = verdict({"sgd": BASE[:5] - 0.2 + NOISE[:5, 0], "adam": BASE[:5] + NOISE[:5, 1]})
    assert found.indistinguishable == ("adam", "sgd")
    assert found.recommended == "adam"


def test_no_measured_time_changes_the_verdict() -> None:
    runs = [run for name in ("sgd", "adam") for run in [*search(name, [0.9] * 12), *confirm(name, BASE)]]
    contenders = [contender("sgd", step_us=1000.0), contender("adam", step_us=1.0)]
    slow = judge(contenders, runs, protocol(), sparsity=0, drift=0)
    quick = judge([replace(c, step_us=5.0) for c in contenders], runs, protocol(), sparsity=0, drift=0)
    assert slow.recommended == "sgd"
    assert replace(slow, ranking=()) == replace(quick, ranking=())


@pytest.mark.parametrize("greater", [True, False])
def test_a_diverged_run_counts_as_the_worst_score_seen_and_ranks_last(greater: bool) -> None:
    good = [*search("adam", [0.5] * 12), *confirm("adam", BASE)]
    bad = [*search("lamb", [NAN] * 12), *confirm("lamb", [NAN] * 9 + [0.95])]
    first = 0.1 if greater else 2.3
    runs = [
        (t, replace(o, validation_score=np.append(np.float32(first), o.validation_score[1:]))) for t, o in good + bad
    ]
    found = judge(
        [contender("lamb"), contender("adam")], runs, protocol(greater_is_better=greater), sparsity=0, drift=0
    )
    lamb = found.ranking[-1]
    assert lamb.optimizer == "lamb"
    assert lamb.scores == (*[pytest.approx(first)] * 9, 0.95)
    assert (lamb.diverged, lamb.trials, lamb.diverged_seeds) == (12, 12, 9)
    assert lamb.difference < 0
    assert lamb.settings == {"lr": 0.01, "beta": 0.9}
    assert lamb.edge is None
    assert found.best == "adam"


def test_where_everything_diverges_there_is_no_answer_but_a_verdict() -> None:
    runs = [run for name in ("sgd", "adam") for run in [*search(name, [NAN] * 3), *confirm(name, [NAN] * 6)]]
    found = judge([contender("sgd"), contender("adam")], runs, protocol(6, 3), sparsity=NAN, drift=NAN)
    assert (
        found.sentence
        == "No answer. On toy, 300 steps of batch 16, every confirmation run of every optimizer diverged."
    )
    assert all(s.diverged_seeds == 6 and s.steps_to_target is None for s in found.ranking)


@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(2, 4))
def test_five_seeds_or_fewer_never_decide(seed: int, seeds: int, optimizers: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 10 ** rng.uniform(-4, 0), (optimizers, seeds)) + np.arange(optimizers)[:, None]
    found = verdict(dict(zip(("sgd", "momentum", "adam", "lamb")[:optimizers], scores.tolist(), strict=True)))
    assert not found.decided
    assert any(w.startswith("Few seeds") for w in found.warnings)


def test_one_seed_recommends_the_best_and_gives_no_interval() -> None:
    found = verdict({"sgd": [0.89], "adam": [0.9]})
    assert (found.recommended, found.decided) == ("adam", False)
    assert np.isnan(row(found, "sgd").difference_interval).all()
    assert np.isnan(row(found, "adam").interval).all()


def test_the_verdict_does_not_depend_on_the_order_of_runs_and_optimizers() -> None:
    names = ("sgd", "momentum", "adam", "lamb")
    runs = [
        run
        for i, name in enumerate(names)
        for run in [*search(name, np.linspace(0.2, 0.9 + i / 100, 12).tolist()), *confirm(name, BASE + NOISE[:, i])]
    ]
    contenders = [contender(name) for name in names]
    found = judge(contenders, runs, protocol(), sparsity=0.6, drift=2.0)
    for seed in range(5):
        random.Random(seed).shuffle(runs)
        random.Random(seed).shuffle(contenders)
        assert judge(contenders, runs, protocol(), sparsity=0.6, drift=2.0) == found


def test_a_row_states_what_scipy_computes_from_the_scores() -> None:
    x = {"adam": BASE + NOISE[:, 0] + 0.005, "sgd": BASE + NOISE[:, 1]}
    found = verdict(x)
    best, other = found.ranking
    assert best.score == pytest.approx(x["adam"].mean())
    assert best.interval == pytest.approx(stats.ttest_1samp(x["adam"], 0).confidence_interval())
    assert best.scores == pytest.approx(x["adam"])
    paired = stats.ttest_rel(x["sgd"], x["adam"])
    assert other.difference == pytest.approx(x["sgd"].mean() - x["adam"].mean())
    assert other.difference_interval == pytest.approx(paired.confidence_interval())
    flips = stats.permutation_test((x["sgd"] - x["adam"],), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert other.p == pytest.approx(flips.pvalue)
    assert other.loses == (x["adam"] > x["sgd"]).mean()
    assert (best.p, best.loses, best.difference, best.difference_interval) == (1, 0.5, 0, (0, 0))


def test_where_less_is_better_the_least_is_best_and_worse_is_negative() -> None:
    found = verdict({"adam": BASE, "sgd": BASE + 0.1 + NOISE[:, 0]}, greater_is_better=False, metric="loss")
    assert found.best == "adam"
    assert row(found, "sgd").difference == pytest.approx(-(0.1 + NOISE[:, 0].mean()))
    assert row(found, "sgd").score > row(found, "adam").score


def test_the_target_is_near_the_searchs_best_and_counts_steps() -> None:
    runs = [*search("adam", [0.5] * 11 + [0.9]), *confirm("adam", [0.9] * 6, at=2)]
    runs += [*search("sgd", [0.5] * 12), *confirm("sgd", [0.8] * 6)]
    found = judge([contender("sgd"), contender("adam")], runs, protocol(6), sparsity=0, drift=0)
    assert found.target == pytest.approx(0.1 + 0.95 * 0.8)
    assert (row(found, "adam").steps_to_target, row(found, "sgd").steps_to_target) == (200, None)
    assert row(found, "adam").seconds_to_target == pytest.approx(200 * (90 + 10) * 1e-6)
    assert row(found, "sgd").seconds_to_target is None


def test_the_edge_of_the_range_is_seen_by_the_best_setting() -> None:
    lrs = [0.01, 1e-4, 0.1, 0.95]
    runs = [*search("adam", [0.5, 0.9, 0.5, 0.5], lrs), *search("sgd", [0.5, 0.5, 0.5, 0.9], lrs)]
    runs += [*search("lamb", [0.5, 0.5, 0.9, 0.5], lrs)]
    runs += [run for name in ("adam", "sgd", "lamb") for run in confirm(name, [0.9] * 6)]
    found = judge([contender(n) for n in ("adam", "sgd", "lamb")], runs, protocol(6, 4), sparsity=0, drift=0)
    assert {s.optimizer: s.edge for s in found.ranking} == {"adam": "low", "sgd": "high", "lamb": None}


def test_an_optimizer_without_a_learning_rate_has_no_edge_and_no_tolerance() -> None:
    runs = [*search("adam", [0.9] * 3), *confirm("adam", [0.9] * 6)]
    runs = [(replace(t, settings={"beta": 0.9}), o) for t, o in runs]
    found = judge([contender("adam", lr_limits=None)], runs, protocol(6, 3), sparsity=0, drift=0)
    assert (found.ranking[0].edge, found.ranking[0].lr_tolerance) == (None, 0)
    assert found.code.endswith("sf.optim.Adam(model.parameters())")


def test_a_test_score_that_is_not_finite_is_a_divergence_too() -> None:
    runs = [*search("adam", [0.9] * 3), *confirm("adam", [0.9] * 6)]
    trial, _ = runs[-1]
    runs[-1] = trial, outcome(0.9, test=NAN)
    found = judge([contender("adam")], runs, protocol(6, 3), sparsity=0, drift=0)
    assert found.ranking[0].diverged_seeds == 1
    assert np.isfinite(found.ranking[0].score)


def test_the_whole_search_range_is_the_tolerance_of_a_flat_search() -> None:
    found = verdict({"sgd": BASE, "adam": BASE})
    decades = np.log10(LIMITS[1] / LIMITS[0])
    assert all(s.lr_tolerance == pytest.approx(decades) for s in found.ranking)
