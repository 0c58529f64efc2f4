"""What the step count comes to in the end, where it comes to anything."""

import math

from surefoot.diagnose.run import diagnose
from surefoot.rules import Rate, cos


def cyclic(x, g, *, t, lr: Rate = 0.1, period: float = 10.0):
    """A learning rate that rises and falls for ever: errors are multiplied by 0.9 to 1 a step, at t = 10 by 1."""
    return x - 0.5 * lr * (1 + cos(math.pi * t / period)) * g


def test_a_rate_without_a_limit_is_left_to_the_orbit() -> None:
    diagnosis = diagnose(cyclic)
    assert str(diagnosis) == "cyclic: converges (simulated)"
