"""One setting simulated: the orbit of a rule on a parabola, in error coordinates, and what it does in the end.

The contract for callers: `simulate(rule, settings, curvature=..., minimum=..., start=...)` returns a `Simulation`,
whose `kind` is one of `Kind` (its text is the verdict's word); nothing else of this file is needed for a verdict.

The orbit is that of e = x - x*, on (h/2) e^2: for a rule that does not look at x itself the minimum is put at 0, where
float64 has no last place to get stuck at. A rule that looks at x (decay, norms) is iterated where its minimum is.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.settling import MOST, Simulation, settle
from surefoot.engines.analysis.derivative import tangents
from surefoot.engines.field import Field
from surefoot.engines.graph import Graph
from surefoot.engines.orbits.composed import compose, tape_of
from surefoot.errors import UserError
from surefoot.rules.rule import Rule, Setting
from surefoot.rules.vocabulary import Value

__all__ = ["PARABOLA", "Kind", "Simulation", "ignores_place", "simulate"]


def parabola(x: Any, *, h: float = 1.0, at: float = 0.0) -> Any:
    """(h/2) (x - x*)^2."""
    return 0.5 * h * (x - at) * (x - at)


PARABOLA = Field.of(parabola)


def simulate(
    rule: Rule,
    settings: Mapping[str, Setting],
    *,
    curvature: float = 1.0,
    minimum: float = 0.0,
    start: float = 1.0,
    most: int = MOST,
) -> Simulation:
    """Iterate a rule on a parabola until it is clear what it does.

    Args:
        rule: the rule. settings: all its hyperparameters and static options (`Rule.settings` gives them).
        curvature: h > 0. minimum: x*. start: the first error, x - x*. most: how many steps at most.

    Raises:
        UserError: if the rule cannot be traced, the curvature is not above 0, or another number not finite.

    >>> from surefoot.rules import find
    >>> rule = find("rmsprop")
    >>> orbit = simulate(rule, rule.settings({"lr": 0.01, "beta": 0.9}), curvature=1.0)
    >>> str(orbit.kind), round(orbit.amplitude, 10)
    ('2-cycle', 0.0049989999)
    """
    check_parabola(curvature, minimum)
    if not isfinite(start):
        raise UserError(f"start must be finite, got {start}")
    map_ = compose(rule, PARABOLA, settings)
    hyper = {name: settings[name] for name in rule.hyper}
    shifts = ignores_place(rule, settings)
    place = 0.0 if shifts else minimum
    found = settle(map_, {**hyper, "field:h": curvature, "field:at": place}, place, start, most)
    if shifts and minimum != 0 and found.kind not in (Kind.MONOTONE, Kind.CONVERGES, Kind.DIVERGES, Kind.TRAPPED):
        there = settle(map_, {**hyper, "field:h": curvature, "field:at": minimum}, minimum, start, found.steps)
        if there.kind is Kind.TRAPPED or (there.kind in (Kind.MONOTONE, Kind.CONVERGES) and not there.last.any()):
            return replace(there, kind=Kind.ABSORBED, without_rounding=found.kind)
    return found


def check_parabola(curvature: float, minimum: float) -> None:
    """Raise UserError unless (h/2) (x - x*)^2 is a parabola that opens upwards."""
    if not (curvature > 0 and isfinite(curvature)):
        raise UserError(f"curvature must be above 0 and finite, got {curvature}")
    if not isfinite(minimum):
        raise UserError(f"minimum must be finite, got {minimum}")


def ignores_place(rule: Rule, settings: Mapping[str, Setting]) -> bool:
    """Whether the rule only adds to x and never looks at it, so that the error's orbit does not depend on x*."""
    graph = Graph.of(rule, settings)
    tape = tape_of(graph.nodes)
    along = tangents(tape, {tape.input("x").index: 1.0}, graph.outputs.values())
    if any(isinstance(tangent, Value) for tangent in along):
        return False
    return dict(zip(graph.outputs, along, strict=True)) == dict.fromkeys(graph.outputs) | {"x": 1.0}
