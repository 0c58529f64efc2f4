"""What the step count comes to in the end, where it comes to anything."""

import math

import pytest

from surefoot.diagnose.run import diagnose
from surefoot.rules import Momentum, Rate, cos, where


def cyclic(x, g, *, t, lr: Rate = 0.1, period: float = 10.0):
    """A learning rate that rises and falls for ever: errors are multiplied by 0.9 to 1 a step, at t = 10 by 1."""
    return x - 0.5 * lr * (1 + cos(math.pi * t / period)) * g


def test_a_rate_without_a_limit_is_left_to_the_orbit() -> None:
    diagnosis = diagnose(cyclic)
    assert str(diagnosis) == "cyclic: converges (simulated)"


def pid(x, g, last, v, d, *, t, lr: Rate = 1e-2, beta: Momentum = 0.9, k: float = 0.1):
    """An et al. 2018: the change of the gradient counts from the second step on.

    With e = (-1)^t: d = 2 h (1 - beta)/(1 + beta), v = h/(1 + beta), and -1 = 1 - lr (v + k d) at the threshold.
    """
    d = where(t > 1, beta * d + (1 - beta) * (g - last), 0 * g)
    v = beta * v + g
    return x - lr * (v + k * d), g, v, d


def test_what_the_step_count_chooses_is_chosen_as_in_the_end() -> None:
    assert diagnose(pid, 0.5).threshold == pytest.approx(2 * 1.9 / (0.5 * (1 + 2 * 0.1 * 0.1)), rel=1e-9)
