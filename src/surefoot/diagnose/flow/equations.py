"""The differential equations that update rules are said to discretise, solved by SciPy.

A flow's variables are the parameter and what it remembers of gradients. Where the gradient jumps, integration stops and
begins anew on the other side, or, where both sides lead back to the kink, the parameter rests there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import expm1, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.flow.losses import Loss

Array = NDArray[np.floating[Any]]
EPSILON = 1e-8
MOST_CROSSINGS = 60


@dataclass(frozen=True)
class Equation:
    """A flow.

    Attributes:
        name: for titles. first: the variables at time 0 given the first parameter and gradient, the parameter first.
        velocity: their rates of change, given the time, the variables and the gradient.
        rests: whether the parameter's velocity has the sign of the gradient at hand, so that a kink can hold it.
    """

    name: str
    first: Callable[[float, float], list[float]]
    velocity: Callable[[float, Array, float], list[float]]
    rests: bool = True


GRADIENT = Equation("gradient flow", lambda x, g: [x], lambda s, y, g: [-g])
SIGN = Equation("sign flow", lambda x, g: [x], lambda s, y, g: [-g / sqrt(g * g + EPSILON)])
#: With 1 - beta = lr: the average of squares has a memory of one unit of time.
ADAPTIVE = Equation(
    "adaptive flow",
    lambda x, g: [x, g * g],
    lambda s, y, g: [-g / sqrt(max(y[1], 0.0) + EPSILON), g * g - y[1]],
)


def _momentum(s: float, y: Array, g: float) -> list[float]:
    m, v = y[1] / -expm1(-MOMENTUM_RATE * s), max(y[2], 0.0) / -expm1(-s)
    return [-m / sqrt(v + EPSILON), MOMENTUM_RATE * (g - y[1]), g * g - y[2]]


#: With 1 - beta1 = 5 lr and 1 - beta2 = lr, bias corrections included (da Silva & Gazeau 2020, equation 2.2).
MOMENTUM_RATE = 5.0
EARLY = 1e-9  # the corrections are 0/0 at time 0
MOMENTUM = Equation(
    "adaptive flow with momentum", lambda x, g: [x, MOMENTUM_RATE * EARLY * g, EARLY * g * g], _momentum, rests=False
)


def solve(equation: Equation, loss: Loss, times: Array) -> Array:
    """The parameter along a flow at these times, which begin at 0 and ascend."""
    y = np.array(equation.first(loss.start, loss.gradient(loss.start)))
    now, found = EARLY, np.full(len(times), np.nan)
    found[times <= now] = loss.start
    sides = np.array([-np.inf, *loss.kinks, np.inf])
    for _ in range(MOST_CROSSINGS):
        side = int(np.searchsorted(sides, y[0], side="right")) - 1
        low, high = sides[side], sides[side + 1]
        solution = _smooth(equation, loss, now, y, times[-1], (low, high))
        reached = solution.t[-1]
        within = (times > now) & (times <= reached)
        found[within] = solution.sol(times[within])[0]
        if reached >= times[-1]:
            break
        now, y = reached, solution.y[:, -1]
        kink = low if abs(y[0] - low) < abs(y[0] - high) else high
        if equation.rests and _holds(loss, kink):
            found[times > now] = kink
            break
        y[0] = np.nextafter(kink, np.inf if kink == high else -np.inf)
    return found


def _smooth(equation: Equation, loss: Loss, now: float, y: Array, end: float, walls: tuple[float, float]) -> Any:
    """Integrate until the end or the first wall."""
    from scipy.integrate import solve_ivp  # noqa: PLC0415 - takes a while to load

    inside = np.nextafter(walls[0], np.inf), np.nextafter(walls[1], -np.inf)

    def velocity(s: float, y: Array) -> list[float]:
        # Trial steps may look beyond a wall; what they see there is this side's gradient.
        return equation.velocity(s, y, loss.gradient(min(max(float(y[0]), inside[0]), inside[1])))

    events = []
    for wall, direction in ((walls[0], -1), (walls[1], 1)):
        if np.isfinite(wall):

            def hit(s: float, y: Array, wall: float = wall) -> float:
                return float(y[0] - wall)

            hit.terminal, hit.direction = True, direction  # type: ignore[attr-defined]
            events.append(hit)
    return solve_ivp(velocity, (now, end), y, "LSODA", dense_output=True, events=events or None, rtol=1e-9, atol=1e-11)


def _holds(loss: Loss, kink: float) -> bool:
    left, right = loss.slopes(kink)
    return left <= 0 <= right


def order(rates: Array, errors: Array) -> float:
    """The slope of log error by log rate, by least squares.

    >>> order(np.array([0.1, 0.01]), np.array([0.3, 0.003]))
    2.0
    """
    return float(round(np.polyfit(np.log(rates), np.log(errors), 1)[0], 12))
