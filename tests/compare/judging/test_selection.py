"""Which setting is best, and which come near it."""

import numpy as np
import pytest

from surefoot.compare.judging.selection import diverged, edge, learned, near, select, target
from surefoot.compare.trial import Trial
from tests.compare.invented import outcome, search

NAN = float("nan")


@pytest.mark.parametrize(("greater", "number"), [(True, 2), (False, 1)])
def test_the_best_final_score_is_selected(greater: bool, number: int) -> None:
    assert select(search("adam", [0.5, 0.3, 0.9, NAN, 0.4]), greater).number == number


@pytest.mark.parametrize("greater", [True, False])
def test_a_tie_goes_to_the_lower_loss_then_to_the_lower_number(greater: bool) -> None:
    runs = [(Trial("adam", n, {}, 0, "search"), outcome(0.9, loss=loss)) for n, loss in enumerate([0.7, 0.6, 0.6])]
    assert select(runs, greater).number == 1
    assert select(runs[::-1], greater).number == 1


@pytest.mark.parametrize("greater", [True, False])
def test_divergence_is_worse_than_any_score_and_the_default_stands_in_for_none(greater: bool) -> None:
    assert select(search("adam", [NAN, NAN, 1e9 if not greater else -1e9]), greater).number == 2
    assert select(search("adam", [NAN, NAN, NAN])[::-1], greater).number == 0


def test_an_infinite_score_is_a_divergence() -> None:
    assert diverged(outcome(np.inf))
    assert diverged(outcome(NAN))
    assert not diverged(outcome(0.5))


@pytest.mark.parametrize(
    ("finals", "greater", "bar", "hits"),
    [
        ([0.9, 0.87, 0.85, NAN], True, 0.1 + 0.95 * 0.8, [True, True, False, False]),
        ([0.01, 0.014, 0.02, NAN], False, 0.1 - 0.95 * 0.09, [True, True, False, False]),
        ([0.05, 0.02], True, 0.05, [True, False]),  # nothing learned: the least bad
        ([0.2, 0.3], False, 0.2, [True, False]),
        ([NAN, NAN], True, NAN, [False, False]),
    ],
)
def test_near_is_most_of_the_way_from_untrained_to_best(
    finals: list[float], greater: bool, bar: float, hits: list[bool]
) -> None:
    runs = search("adam", finals)
    assert target(runs, greater) == pytest.approx(bar, nan_ok=True)
    assert near(runs, target(runs, greater), greater) == hits
    assert learned(runs, greater) == (0.9 in finals or 0.01 in finals)


def test_a_range_of_one_value_has_no_edge() -> None:
    assert edge(0.1, (0.1, 0.1)) is None
    assert edge(2.0, (1e-2, 1.0)) == "high"
