"""Whom each factor speaks for."""

from dataclasses import replace

from surefoot.compare.judging.factors import factors
from surefoot.compare.judging.wording import why
from tests.compare.invented import standing, verdict

RANKING = (standing("adam"), standing("momentum"), standing("sgd"))


def found(sparsity=0.1, drift=0.1, near=None, ranking=RANKING, adaptive=("adam",), fading=("adam",)):
    near = near or {"adam": (9, 12), "momentum": (3, 12), "sgd": (3, 12)}
    return factors(ranking, near, adaptive=adaptive, fading=fading, sparsity=sparsity, drift=drift)


def test_there_are_the_chapters_four() -> None:
    assert [f.name for f in found()] == ["sparsity of gradients", "non-stationarity", "cost per step", "ease of tuning"]
    assert [f.value for f in found()] == [0.1, 0.1, 0.0, 0.75]


def test_sparse_gradients_speak_for_the_adaptive() -> None:
    assert found(sparsity=0.82)[0].sentence == (
        "82% of the gradients' entries are zero: sparse, which speaks for steps of each parameter's own: adam."
    )
    assert found(sparsity=0.82, adaptive=())[0].sentence.endswith("own: none of those compared.")
    assert found()[0].sentence.endswith("dense, which speaks for none in particular.")


def test_a_moving_task_speaks_for_a_fading_memory() -> None:
    assert found(drift=2.34)[1].sentence == (
        "The gradients' mean square moved by 2.3 decades over a run: far from stationary, which speaks for a fading "
        "memory: adam."
    )
    assert found()[1].sentence.endswith("nearly stationary, which speaks for none in particular.")


def test_what_could_not_be_measured_speaks_for_none() -> None:
    sparsity, drift, *_ = found(sparsity=float("nan"), drift=float("inf"))
    assert sparsity.sentence == drift.sentence == "Not measured: no run of this task ended with finite gradients."


def test_the_least_state_speaks_for_the_cheapest() -> None:
    assert found()[2].sentence == "State takes from 0 to 8 bytes a parameter; the least speaks for sgd."
    assert found(ranking=RANKING[:1])[2].sentence.startswith("All keep 8 bytes of state a parameter")


def test_most_settings_near_the_best_speak_for_the_easiest() -> None:
    assert found()[3].sentence == "Most settings came near the best score for adam, 9 of 12."
    same = {"adam": (3, 12), "sgd": (3, 12)}
    assert found(near=same)[3].sentence == "As many settings came near the best score for each, 3 of 12."


def test_the_answer_names_the_factors_that_speak_for_the_winner() -> None:
    given = verdict({"adam": [0.9] * 10, "sgd": [0.5] * 10})
    measured = replace(given, recommended="adam", factors=found(sparsity=0.82, drift=2.34))
    assert [f.speaks_for for f in measured.factors] == [("adam",), ("adam",), ("sgd",), ("adam",)]
    told = why(measured)
    assert told.startswith("Why adam: 82% of the gradients' entries are zero")
    assert "State takes" not in told
    assert why(replace(measured, recommended="momentum")) == (
        "None of the four factors (sparsity of gradients, non-stationarity, cost per step and ease of tuning) speaks "
        "for momentum here."
    )
