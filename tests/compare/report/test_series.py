"""What the charts show, against closed forms and enumeration."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from surefoot.compare.findings import Findings
from surefoot.compare.report import series
from surefoot.compare.trial import Outcome
from tests.compare import synthetic

NAN = float("nan")


def with_scores(curves: dict[int, list[float]]) -> Findings:
    """The one-optimizer findings with confirmation runs of these validation scores, one for each seed."""
    found = synthetic.one()
    trial, outcome = next(run for run in found.runs if run[0].phase == "confirm")

    def run(scores: list[float]) -> Outcome:
        values = np.array(scores, np.float32)
        return replace(outcome, steps=np.arange(len(scores)), validation_score=values, train_loss=2 - values)

    return replace(found, runs=tuple((replace(trial, seed=seed), run(scores)) for seed, scores in curves.items()))


def test_a_band_is_the_median_and_the_quartiles() -> None:
    curves = np.random.default_rng(0).uniform(size=(6, 4)).astype(np.float32)
    (band,) = series.bands(with_scores(dict(enumerate(curves.tolist()))), "validation_score")
    low, median, high = np.percentile(curves, [25, 50, 75], axis=0)
    np.testing.assert_allclose([band.low, band.median, band.high], [low, median, high], rtol=1e-6)


def test_a_diverged_run_counts_as_the_worst_score() -> None:
    found = with_scores({0: [0.1, 0.8], 1: [0.1, NAN], 2: [0.1, 0.6], 3: [0.1, 0.7], 4: [0.1, 0.9]})
    (band,) = series.bands(found, "validation_score")  # after the update: diverged, .6, .7, .8, .9
    assert (band.low[1], band.median[1], band.high[1]) == pytest.approx((0.6, 0.7, 0.8))


def test_a_diverged_run_counts_as_the_highest_loss() -> None:
    found = with_scores({0: [0.1, 0.8], 1: [0.1, NAN], 2: [0.1, 0.6], 3: [0.1, 0.7], 4: [0.1, 0.9]})
    (band,) = series.bands(found, "train_loss")  # losses: 1.1, 1.2, 1.3, 1.4, diverged
    assert (band.low[1], band.median[1], band.high[1]) == pytest.approx((1.2, 1.3, 1.4))


def test_a_quartile_that_divergence_reaches_is_a_gap() -> None:
    found = with_scores({0: [0.1, 0.8, 0.9], 1: [0.1, 0.7, NAN], 2: [0.1, 0.9, 0.95]})
    (band,) = series.bands(found, "validation_score")
    assert np.isnan(band.low[2])
    assert band.median[2] == pytest.approx(0.9)


def test_an_optimizer_that_diverged_at_once_has_no_band() -> None:
    assert series.bands(synthetic.all_diverged(), "validation_score") == ()


def test_only_the_chosen_setting_is_in_a_band() -> None:
    found = with_scores({0: [0.1, 0.5]})
    ((trial, outcome),) = found.runs
    other = replace(outcome, validation_score=np.array([0.1, 0.9], np.float32))
    both = replace(found, runs=(*found.runs, (replace(trial, settings={"lr": 7.0}), other)))
    (band,) = series.bands(both, "validation_score")
    assert band.median[1] == pytest.approx(0.5)


def test_every_setting_tried_is_there_with_its_fate() -> None:
    found = synthetic.eight()
    for one in series.sensitivities(found):
        searched = {t.number: o for t, o in found.runs if (t.optimizer, t.phase) == (one.optimizer, "search")}
        assert len(one.tried) == 32
        assert sum(p.fate == "diverged" for p in one.tried) == sum(o.diverged_at is not None for o in searched.values())
        assert one.default is one.tried[0]
        assert one.chosen is not None
        assert one.chosen.score == max(p.score for p in one.tried if p.fate == "scored")


def test_worse_than_untrained_follows_the_direction_of_the_score() -> None:
    for found, worse in ((synthetic.eight(), np.less), (synthetic.falling(), np.greater)):
        baseline = series.untrained(found)
        points = [p for one in series.sensitivities(found) for p in one.tried]
        assert {p.fate for p in points} == {"scored", "beyond", "diverged"}
        assert all(worse(p.score, baseline) == (p.fate == "beyond") for p in points if p.fate != "diverged")


def test_a_rule_without_a_learning_rate_is_left_out() -> None:
    found = synthetic.one()
    runs = tuple((replace(t, settings={"step": 0.1}), o) for t, o in found.runs)
    assert series.sensitivities(replace(found, runs=runs)) == ()


def test_the_expected_best_is_the_mean_over_all_choices_with_divergence_as_the_worst() -> None:
    found = synthetic.eight()
    few = replace(found, runs=tuple(run for run in found.runs if run[0].phase == "confirm" or run[0].number % 6 == 5))
    finals = {
        name: [float(o.validation_score[-1]) for t, o in few.runs if (t.optimizer, t.phase) == (name, "search")]
        for name in few.optimizers
    }
    worst = np.nanmin(np.concatenate(list(finals.values())))
    assert any(np.isnan(scores).any() for scores in finals.values())
    for one in series.expectations(few):
        scores = np.nan_to_num(finals[one.optimizer], nan=worst)
        expected = [np.mean([max(c) for c in combinations(scores, k)]) for k in range(1, len(scores) + 1)]
        np.testing.assert_allclose(one.scores, expected)


def test_where_every_setting_diverged_nothing_is_expected() -> None:
    assert series.expectations(synthetic.all_diverged()) == ()


def test_what_is_not_the_default_is_the_change() -> None:
    found = synthetic.eight()
    defaults = synthetic.KINDS["adam"].defaults
    assert found.changed("adam", {**defaults, "lr": 0.5}) == {"lr": 0.5}
    assert found.changed("adam", {**defaults, "beta1": 0.5}) == {"lr": 1e-3, "beta1": 0.5}
    assert found.changed("adam", defaults) == {"lr": 1e-3}
