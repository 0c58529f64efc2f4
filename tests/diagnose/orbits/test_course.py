"""What is shown of an orbit: up to its end, with its extremes kept."""

import numpy as np
import pytest

from surefoot.diagnose.orbits.course import course, shown
from surefoot.diagnose.orbits.simulation import simulate
from surefoot.rules import find


def test_half_as_long_again_as_it_takes():
    assert shown(np.concatenate([np.linspace(10, 1, 101), np.ones(5000)])) == pytest.approx(150, abs=2)
    assert shown(0.9 ** np.arange(5000)) == pytest.approx(1.5 * 16 * np.log(10) / -np.log(0.9), abs=2)


def test_spikes_are_kept_when_points_are_left_out():
    sizes = np.ones(100_000)
    sizes[77_777] = 50.0
    points = course(sizes, whole=True)
    assert len(points) < 1000
    assert [77_777.0, 50.0] in points.tolist()
    assert points[0, 0] == 1  # on a logarithmic axis
    assert points[-1, 0] == 99_999


def test_the_spikes_of_adam_are_shown():
    """They come after tens of thousands of steps, when the second moment has faded."""
    rule = find("adam")
    steps, sizes = simulate(rule, rule.settings({"lr": 1e-3})).course.T
    assert sizes[steps > 1e5].max() > 1e-5
    assert sizes.min() < 1e-100
