"""Maps with known dynamics, as rules: whatever the gradient, x becomes a function of x."""

from typing import Any

from surefoot.rules import Rate, where

Anything = Any


def tent(x: Anything, g: Anything, *, t: Anything, lr: Rate = 1.0) -> Anything:
    """The tent map on [0, 1] with slope 2 lr; 1.9999 in place of 2, as in binary numbers every orbit of 2 reaches 0."""
    return where(x < 0.5, 1.9999 * lr * x, 1.9999 * lr * (1 - x)) + 0 * g


def logistic(x: Anything, g: Anything, *, t: Anything, r: float = 4.0) -> Anything:
    """r x (1 - x): chaos with exponent ln 2 at r = 4, cycles of period 2, 4, ... below 3.57."""
    return r * x * (1 - x) + 0 * g


def turning(
    x: Anything, g: Anything, y: Anything, *, t: Anything, angle_cos: float = 0.8, angle_sin: float = 0.6
) -> Anything:
    """A rotation of the plane by an angle that is no fraction of the circle: both exponents 0."""
    return angle_cos * x - angle_sin * y + 0 * g, angle_sin * x + angle_cos * y


def henon(x: Anything, g: Anything, y: Anything, *, t: Anything, a: float = 1.4, b: float = 0.3) -> Anything:
    """Henon's map: exponents 0.4192 and -1.6232 (Sprott 2003), whose sum is ln b exactly."""
    return 1 - a * x * x + y + 0 * g, b * x


def weakly(x: Anything, g: Anything, *, t: Anything, lr: Rate = 0.5) -> Anything:
    """Near attracts, far cycles: e' = -e (3/4 + |e|^2/2) capped at size 2, so +-2 is a cycle beyond |e| = 1/sqrt 2."""
    stretched = -x * (0.75 + 0.5 * x * x)
    return where(stretched > 2, 2.0, where(stretched < -2, -2.0, stretched)) + 0 * g
