"""Threads by the size of the model, and given back however the work ends."""

import pytest
import torch
from torch import nn

from surefoot.compare.runners import one_by_one
from surefoot.compare.runners.threads import is_small, suited
from surefoot.rules import RULES
from tests.compare.runners.lane_cases import Dropping, quiet, same_bits, task, trial


class Wide(nn.Sequential):
    """Few weights, but much to keep: they are used at every place of a large picture."""

    def __init__(self) -> None:
        layers = nn.Unflatten(1, (1, 4, 4)), nn.Upsample(scale_factor=32), nn.Conv2d(1, 4, 3), nn.ReLU()
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))


def test_small_is_little_work_and_little_to_keep() -> None:
    assert is_small(task(Dropping))
    assert not is_small(task(Wide))
    assert not is_small(task(lambda: nn.Sequential(nn.Linear(16, 8000), nn.Linear(8000, 3))))


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with suited(task(Dropping)):
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
        with pytest.raises(ZeroDivisionError), suited(task(Dropping)):
            _ = 1 / 0
        assert torch.get_num_threads() == 2
        with suited(task(Wide)):
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_small_trial_has_the_same_bits_whatever_torchs_threads() -> None:
    before, outcomes = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            outcomes += one_by_one.run(task(Dropping), [trial("adam")], RULES, 6, quiet)
    finally:
        torch.set_num_threads(before)
    assert same_bits(*outcomes)
