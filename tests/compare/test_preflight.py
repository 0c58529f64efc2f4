"""How trials are run, and what a step costs."""

import numpy as np
import torch
from torch import nn

from surefoot.compare.preflight import choose_way, costs, pass_us
from surefoot.compare.store import Store
from surefoot.rules import RULES
from surefoot.tasks import Task

X = np.linspace(-1, 1, 60, dtype=np.float32).reshape(-1, 1)


def task(model=lambda: nn.Linear(1, 1), loss=nn.functional.mse_loss, **more) -> Task:
    return Task(name="line", model=model, loss=loss, train=(X, 2 * X), **more)


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


def test_a_pass_is_measured_once_and_touches_no_generator() -> None:
    before = torch.get_rng_state()
    with Store.open(None) as store:
        took = pass_us(task(model=lambda: nn.Sequential(nn.Dropout(0.5), nn.Linear(1, 1))), store)
        assert took > 0
        assert pass_us(task(model=lambda: nn.Sequential(nn.Dropout(0.5), nn.Linear(1, 1))), store) == took
    assert torch.equal(before, torch.get_rng_state())
