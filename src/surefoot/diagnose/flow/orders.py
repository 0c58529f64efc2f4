"""How closely update rules follow continuous time as the learning rate goes to 0: plain records, to be drawn.

At a learning rate lr the k-th step stands for the time k lr. The error is the largest distance, over a span of time,
between a rule's walk and a flow; how it falls with lr is measured by regression, never assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surefoot.diagnose.flow.equations import Equation, order, solve
from surefoot.diagnose.flow.losses import LOSSES, Loss
from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.rules.rule import Rule, Setting

Array = NDArray[np.floating[Any]]
#: Powers of two, so that the spans are whole numbers of steps.
RATES = tuple(2.0**-k for k in range(4, 14))
#: Of these, the smallest ones, from which the order is read.
ASYMPTOTIC = 5


@dataclass(frozen=True)
class Method:
    """A rule with settings that may depend on the learning rate.

    Attributes:
        name: for titles. settings: hyperparameters and static options other than lr.
        scaled: decays that are 1 - rate lr, with their rates: memories of a fixed length of time.
        squares: the hyperparameter that starts its average of squares, if any: it starts at the first gradient's.
    """

    name: str
    rule: Rule
    settings: dict[str, Setting]
    scaled: dict[str, float]
    squares: str = ""

    def walk(self, loss: Loss, lr: float) -> Array:
        """The parameter from the start on, a step each lr, until the loss's span is over."""
        steps = round(loss.span / lr)
        hyper = {name: value for name, value in self.settings.items() if name in self.rule.hyper}
        hyper |= {name: 1 - rate * lr for name, rate in self.scaled.items()} | {"lr": lr}
        if self.squares:
            hyper[self.squares] = loss.gradient(loss.start) ** 2
        path = _orbits(self, loss).run([[loss.start]], steps, hyper, every=1, threads=1).path
        assert path is not None
        return np.concatenate([[loss.start], path[:, 0, 0]])


@cache
def _compiled(rule: Rule, static: tuple[tuple[str, Setting], ...], loss: Loss) -> Orbits:
    return Orbits(compose(rule, loss.field, dict(static)))


def _orbits(method: Method, loss: Loss) -> Orbits:
    static = tuple((name, value) for name, value in method.settings.items() if name in method.rule.static)
    return _compiled(method.rule, static, loss)


@dataclass(frozen=True)
class Pair:
    """A method and the flow it is held against."""

    method: Method
    equation: Equation


@dataclass(frozen=True)
class Tracking:
    """How closely a method follows a flow on a loss.

    Attributes:
        rates: learning rates, descending. errors: the largest distance for each.
        order: the slope of log error by log rate over the smallest rates; about 0 where it does not follow at all.
    """

    loss: str
    method: str
    flow: str
    rates: tuple[float, ...]
    errors: tuple[float, ...]
    order: float

    @property
    def follows(self) -> bool:
        """Whether the error goes to 0 with the learning rate, as far as these rates show."""
        return self.order > 0.4


@dataclass(frozen=True)
class Course:
    """A curve over time: a flow's, or a walk's with a point each step."""

    name: str
    times: Array
    x: Array


def track(pair: Pair, loss: Loss, rates: Sequence[float] = RATES) -> Tracking:
    """Measure one method against one flow on one loss."""
    finest = min(rates)
    flow = solve(pair.equation, loss, finest * np.arange(round(loss.span / finest) + 1))
    errors = []
    for lr in rates:
        walk, every = pair.method.walk(loss, lr), round(lr / finest)
        errors.append(float(np.abs(walk - flow[::every][: len(walk)]).max()))
    smallest = np.array(rates[-ASYMPTOTIC:]), np.array(errors[-ASYMPTOTIC:])
    return Tracking(loss.name, pair.method.name, pair.equation.name, tuple(rates), tuple(errors), order(*smallest))


def flow_course(equation: Equation, loss: Loss, points: int = 400) -> Course:
    """A flow, for drawing."""
    times = np.linspace(0, loss.span, points)
    return Course(equation.name, times, solve(equation, loss, times))


def walk_course(method: Method, loss: Loss, lr: float) -> Course:
    """A walk, for drawing."""
    x = method.walk(loss, lr)
    return Course(method.name, lr * np.arange(len(x)), x)


def survey(pairs: Sequence[Pair], losses: Sequence[Loss] = LOSSES) -> tuple[Tracking, ...]:
    """Every pair on every loss."""
    return tuple(track(pair, loss) for loss in losses for pair in pairs)
