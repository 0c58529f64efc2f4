"""What a diagnosis is about: a rule with its settings on the loss (h/2) (x - x*)^2, seen from the minimum x*."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any

from surefoot.engines.graph import Graph, Level
from surefoot.errors import UserError
from surefoot.rules.domains import Rate, get_domain
from surefoot.rules.rule import Rule, Setting

#: Beyond these, products of curvature, learning rate and error leave the range of float64.
CURVATURES = (1e-12, 1e12)
MINIMA = (-1e12, 1e12)


@dataclass(frozen=True, eq=False)
class Quadratic:
    """A rule on a parabola: x = x* + e, gradient h e.

    Attributes:
        rule: the rule. graph: its graph under the static options chosen.
        settings: every hyperparameter and static option.
        curvature: h. minimum: x*, which only matters to rules that look at x itself.
        start: the first error of the simulated orbit.
    """

    rule: Rule
    graph: Graph
    settings: Mapping[str, Setting]
    curvature: float
    minimum: float
    start: float

    @classmethod
    def of(cls, rule: Rule, curvature: float, minimum: float, start: float, hyper: Mapping[str, Any]) -> "Quadratic":
        """Check everything that a user gives.

        Raises:
            UserError: for a curvature or a hyperparameter outside its range, or a rule that cannot be traced.
        """
        curvature = _number("curvature", curvature, CURVATURES, "divide the loss by a constant to bring it there")
        minimum = _number("minimum", minimum, MINIMA, "it is the place of the minimum")
        start = _number("start", start, MINIMA, "it is the first error")
        if start == 0:
            raise UserError("start must not be 0, got 0; it is the first error, and from 0 nothing moves")
        settings = rule.settings(hyper)
        for name, domain in rule.hyper.items():
            value = float(settings[name])
            if value != 0 and not 1e-150 <= abs(value) <= 1e150:
                raise UserError(
                    f"{name} must be in {domain.interval} and of a size from 1e-150 to 1e150, got {value!r}"
                )
        return cls(rule, Graph.of(rule, settings), settings, curvature, minimum, start)

    @cached_property
    def hyper(self) -> dict[str, float]:
        """The hyperparameters' values."""
        return {name: float(self.settings[name]) for name in self.rule.hyper}

    @cached_property
    def rate(self) -> str | None:
        """The learning rate's name."""
        return rate_of(self.rule)

    @cached_property
    def rational(self) -> bool:
        """Whether the step has but one formula, made of the four operations: no root, no branch, no norm."""
        graph = self.graph
        ops = {graph.nodes[i].op for i in graph.needed if graph.levels[i] != Level.HOST}
        return ops <= {"input", "const", "add", "sub", "mul", "div", "neg"}

    @cached_property
    def branches(self) -> bool:
        """Whether the step is made of pieces, at which hyperparameters may have a say."""
        ops = {self.graph.nodes[i].op for i in self.graph.needed}
        return bool(ops & {"maximum", "minimum", "where", "abs", "sign", "norm"})

    @cached_property
    def autonomous(self) -> bool:
        """Whether the step is the same at every t."""
        nodes = self.graph.nodes
        return all(nodes[i].payload != "t" for i in self.graph.needed if nodes[i].op == "input")

    def first(self, slot: str) -> float:
        """The first value of a state slot."""
        return self.hyper[self.rule.start[slot]] if slot in self.rule.start else 0.0


def rate_of(rule: Rule) -> str | None:
    """The hyperparameter that is the learning rate: `lr`, or else the only one declared as a `Rate`."""
    rates = [name for name, domain in rule.hyper.items() if domain is get_domain(Rate)]
    return "lr" if "lr" in rule.hyper else rates[0] if len(rates) == 1 else None


def _number(name: str, value: object, limits: tuple[float, float], cure: str) -> float:
    low, high = limits
    allowed = isinstance(value, Real) and not isinstance(value, bool) and low <= float(value) <= high
    if not allowed or math.isnan(float(value)):  # type: ignore[arg-type]
        raise UserError(f"{name} must be a number from {low:g} to {high:g}, got {value!r}; {cure}")
    return float(value)  # type: ignore[arg-type]
