"""A trial's key: the same for the same numbers, another for anything that changes them."""

from dataclasses import replace

import numpy as np
import pytest
from torch import nn

from surefoot.compare.keys import trial_key
from surefoot.compare.trial import Trial
from surefoot.rules import Rate, Rule, find, sign
from surefoot.tasks import Task

X = np.linspace(-1, 1, 30, dtype=np.float32).reshape(-1, 1)


def task(name: str = "line", slope: float = 2.0, width: int = 1) -> Task:
    return Task(name=name, model=lambda: nn.Linear(1, width), loss=nn.functional.mse_loss, train=(X, slope * X))


def first(x, g, *, t, lr: Rate = 0.1):
    return x - lr * sign(g)


def second(x, g, *, t, lr: Rate = 0.1):
    return x - lr * sign(g)


def third(x, g, *, t, lr: Rate = 0.1):
    return x - 2 * lr * sign(g)


def trial(rule: Rule, **settings: float) -> Trial:
    return Trial(rule.name, 0, rule.settings(settings), seed=0, phase="search")


ADAM = find("adam")
BASE = trial_key(task(), ADAM, trial(ADAM), 10, "lanes")


def test_the_same_trial_has_the_same_key_whatever_names_and_numbers_it_goes_by() -> None:
    assert trial_key(task("other name"), ADAM, replace(trial(ADAM), number=7, optimizer="b"), 10, "lanes") == BASE


@pytest.mark.parametrize(
    "key",
    [
        lambda: trial_key(task(slope=3.0), ADAM, trial(ADAM), 10, "lanes"),
        lambda: trial_key(task(width=2), ADAM, trial(ADAM), 10, "lanes"),
        lambda: trial_key(task().with_(batch_size=3), ADAM, trial(ADAM), 10, "lanes"),
        lambda: trial_key(task(), ADAM, trial(ADAM, lr=0.5), 10, "lanes"),
        lambda: trial_key(task(), ADAM, replace(trial(ADAM), seed=1), 10, "lanes"),
        lambda: trial_key(task(), ADAM, replace(trial(ADAM), phase="confirm"), 10, "lanes"),
        lambda: trial_key(task(), ADAM, trial(ADAM), 11, "lanes"),
        lambda: trial_key(task(), ADAM, trial(ADAM), 10, "one by one"),
        lambda: trial_key(
            task(), ADAM, Trial("adam", 0, ADAM.settings({"eps_at": "inside"}), 0, "search"), 10, "lanes"
        ),
    ],
)
def test_whatever_changes_the_numbers_changes_the_key(key) -> None:
    assert key() != BASE


def test_a_rule_counts_as_what_it_computes() -> None:
    one, same, other = (Rule.of(f) for f in (first, second, third))
    keys = [trial_key(task(), rule, trial(rule), 10, "lanes") for rule in (one, same, other)]
    assert keys[0] == keys[1] != keys[2]
