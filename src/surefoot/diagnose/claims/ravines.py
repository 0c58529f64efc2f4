"""Quadratics with one steep and one flat direction, along the axes or turned by 45 degrees."""

from surefoot.rules import Value

CONDITION = 1000.0
#: The start of each: 1 away along the flat direction, 0.4 along the steep one.
ALIGNED_START, ROTATED_START = (1.0, 0.4), (1.4 * 0.5**0.5, 0.6 * 0.5**0.5)


def aligned(x: Value, y: Value) -> Value:
    """Steep along y."""
    loss: Value = 0.5 * (x * x + CONDITION * y * y)
    return loss


def rotated(x: Value, y: Value) -> Value:
    """Steep along a diagonal."""
    flat, steep = (x + y) * 0.5**0.5, (x - y) * 0.5**0.5
    loss: Value = 0.5 * (flat * flat + CONDITION * steep * steep)
    return loss
