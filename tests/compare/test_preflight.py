"""What is refused before any trial, how trials are run, and what a step costs."""

import numpy as np
import pytest
import torch
from torch import nn

from surefoot.compare.preflight import check_first_loss, choose_way, costs
from surefoot.compare.store import Store
from surefoot.errors import UserError
from surefoot.rules import RULES
from surefoot.tasks import Task

X = np.linspace(-1, 1, 60, dtype=np.float32).reshape(-1, 1)


def task(model=lambda: nn.Linear(1, 1), loss=nn.functional.mse_loss, **more) -> Task:
    return Task(name="line", model=model, loss=loss, train=(X, 2 * X), **more)


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (lambda output, y: (output - y).mean() / 0.0, "finite at step 0"),
        (lambda output, y: torch.log(-1 - output.abs()).mean(), "finite at step 0, got nan"),
        (lambda output, y: (output @ y).mean(), "fail on the first minibatch"),
        (lambda output, y: y.mean(), "does not depend"),
        (lambda output, y: (output - y) ** 2, "fail on the first minibatch"),
    ],
)
def test_a_loss_that_cannot_be_trained_on_is_refused_in_one_line(loss, words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        check_first_loss(task(loss=loss), 0)
    assert "\n" not in str(error.value)


def test_looking_leaves_the_generator_alone() -> None:
    before = torch.get_rng_state()
    check_first_loss(task(model=lambda: nn.Sequential(nn.Dropout(0.5), nn.Linear(1, 1))), 0)
    assert torch.equal(before, torch.get_rng_state())


def test_lanes_where_the_model_can_be_batched() -> None:
    with Store.open(None) as store:
        way = choose_way(task(), RULES, store)
    assert (way.runner, way.reason) == ("lanes", "")
    assert 2 <= way.at_once <= 256
    assert way.batch_bytes >= way.at_once * 2 * 4  # two parameters of four bytes, at the least


def test_one_by_one_with_the_reason_where_it_cannot() -> None:
    dropping = task(model=lambda: nn.Sequential(nn.Linear(1, 4), nn.Dropout(0.5), nn.Linear(4, 1)))
    with Store.open(None) as store:
        way = choose_way(dropping, RULES, store)
        assert choose_way(dropping, RULES, store) == way
    assert (way.runner, way.at_once) == ("one by one", 1)
    assert "random" in way.reason


def test_state_bytes_follow_from_the_rule_and_a_cost_is_measured_once() -> None:
    with Store.open(None) as store:
        found = costs(task(), RULES, store)
        assert [found[n].bytes_per_parameter for n in ("sgd", "momentum", "adam", "amsgrad")] == [0, 4, 8, 12]
        assert all(cost.step_us > 0 for cost in found.values())
        assert costs(task(), RULES, store) == found
