"""Each warning appears when it should, and none when nothing is wrong."""

import numpy as np
import pytest

from surefoot.compare.judging.cautions import cautions
from tests.compare.invented import LIMITS, protocol, standing

SPREAD = np.random.default_rng(0).normal(0, 0.01, 10)


def warned(*standings, seeds=10, trials=32, greater=True, learned=True):
    limits = {s.optimizer: LIMITS for s in standings}
    return cautions(standings, limits, protocol(seeds, trials, greater_is_better=greater), learned)


def test_a_sound_study_has_no_warning() -> None:
    assert warned(standing("sgd"), standing("adam")) == ()


def test_a_ranking_of_runs_that_learned_nothing_says_so() -> None:
    (only,) = warned(standing("sgd"), standing("adam"), learned=False)
    assert only.startswith("Nothing learned: no setting of any optimizer ended with a better validation score than the")
    (told,) = warned(standing("sgd", diverged=12, trials=12), learned=False)
    assert told.startswith("Divergence: all 12 settings")


def test_few_seeds_cannot_decide() -> None:
    (five,) = warned(standing("sgd"), standing("adam"), seeds=5)
    assert five == (
        "Few seeds: with 5 seeds the exact test cannot reach p < 0.05, whatever the scores, so nothing can be decided; "
        "it takes 6 or more."
    )
    (one,) = warned(standing("sgd"), standing("adam"), seeds=1)
    assert one.startswith("Few seeds: with 1 seed there is no interval and the exact test")
    assert warned(standing("sgd"), standing("adam"), seeds=6) == ()
    assert warned(standing("sgd"), seeds=1) == ()


def test_few_trials_are_a_search_of_the_learning_rate_alone() -> None:
    assert warned(standing("sgd"), trials=9)[0].startswith("Few trials: only 9 settings were tried")
    assert warned(standing("sgd"), trials=1)[0].startswith("Few trials: only one setting, the default, was tried")
    assert warned(standing("sgd"), trials=10) == ()


def test_an_edge_names_optimizer_value_and_end() -> None:
    (found,) = warned(standing("sgd"), standing("adam", edge="high", settings={"lr": 0.98, "beta": 0.9}))
    assert found == (
        "At the edge: the best lr of adam, 0.98, lies at the high end of the searched range 0.0001 to 1; a better one "
        "may lie beyond."
    )


def test_divergence_is_told_in_the_search_and_in_the_confirmation() -> None:
    assert warned(standing("lamb", diverged=12, trials=12)) == (
        "Divergence: all 12 settings of lamb diverged in the search; its default was confirmed instead.",
    )
    assert warned(standing("lamb", diverged_seeds=2)) == (
        "Divergence: lamb diverged on 2 of 10 confirmation seeds; such a run counts as the worst score seen.",
    )


@pytest.mark.parametrize("greater", [True, False])
@pytest.mark.parametrize(("small", "large"), [("momentum", "adam"), ("sgd", "momentum")])
def test_a_contained_optimizer_that_wins_means_that_tuning_has_not_converged(
    small: str, large: str, greater: bool
) -> None:
    ahead = 0.02 if greater else -0.02
    better, worse = tuple((0.9 + ahead + SPREAD).tolist()), (0.9,) * 10
    (found,) = warned(standing(small, scores=better), standing(large, scores=worse), greater=greater)
    assert found.startswith(f"Tuning has not converged: {small} beats {large} by +0.0")
    assert warned(standing(small, scores=worse), standing(large, scores=better), greater=greater) == ()
    close = tuple((0.9 + ahead / 10 + SPREAD).tolist())
    assert warned(standing(small, scores=close), standing(large, scores=worse), greater=greater) == ()
    assert warned(standing(small, scores=better), standing("lamb", scores=worse), greater=greater) == ()
