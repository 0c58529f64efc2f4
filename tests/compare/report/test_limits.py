"""How much of an axis is shown."""

from dataclasses import replace

import numpy as np
import pytest

from surefoot.compare.report import limits, series
from tests.compare import synthetic


@pytest.mark.parametrize("found", [synthetic.eight(), synthetic.falling()], ids=["higher", "lower"])
def test_the_ranking_shows_all_that_is_near(found: synthetic.Findings) -> None:
    low, high = limits.ranking_limits(found.verdict.ranking, found.protocol.greater_is_better)
    assert all(low < value < high for s in found.verdict.ranking for value in (s.score, *s.interval, *s.scores))


def test_one_poor_optimizer_does_not_squeeze_the_ranking() -> None:
    *good, last = synthetic.eight().verdict.ranking
    poor = replace(last, score=-1e6, interval=(-1e6, -1e6), scores=(-1e6,) * 10)
    low, high = limits.ranking_limits([*good, poor], True)
    assert low > 0
    assert all(low < s.score < high for s in good)


def test_imputed_scores_set_no_limits() -> None:
    assert limits.ranking_limits(synthetic.all_diverged().verdict.ranking, True) is None


def test_a_single_score_has_room_around_it() -> None:
    low, high = limits.ranking_limits(synthetic.one().verdict.ranking, True)
    score = synthetic.one().verdict.ranking[0].score
    assert low < score - 0.01
    assert high > score + 0.01


def test_every_curve_ends_in_sight() -> None:
    curves = [np.array([0.1, 0.5, 0.8, 0.9]), np.array([0.1, 0.2, 0.3, np.nan]), np.array([0.1, 0.6, 0.7, 0.95])]
    low, high = limits.curve_limits(curves, 0.5, True)
    assert low < 0.3
    assert 0.95 < high < 1.05
    low, high = limits.curve_limits([-curve for curve in curves], 0.5, False)
    assert -1.05 < low < -0.95
    assert high > -0.3


def test_nothing_finite_has_no_limits() -> None:
    assert limits.curve_limits([np.array([np.nan, np.nan])], 0.25, True) is None
    diverged = synthetic.all_diverged()
    assert limits.search_limits(series.sensitivities(diverged), 0.1, True) is None


def test_the_search_is_shown_from_the_untrained_model_to_the_best() -> None:
    for found in (synthetic.eight(), synthetic.falling()):
        better = found.protocol.greater_is_better
        untrained = series.untrained(found)
        low, high = limits.search_limits(series.sensitivities(found), untrained, better)
        best = (max if better else min)(
            p.score for s in series.sensitivities(found) for p in s.tried if p.fate == "scored"
        )
        assert low < min(untrained, best) < max(untrained, best) < high
