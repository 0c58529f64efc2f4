"""Whether a cycle that an orbit has come to attracts: the derivative of the whole step, once around it."""

import math
from collections.abc import Mapping

import numpy as np

from surefoot.diagnose.orbits.ensemble import Ensemble
from surefoot.diagnose.orbits.lyapunov import exponents
from surefoot.diagnose.orbits.settling import MEASURED, Simulation
from surefoot.rules.rule import Rule, Setting


def exponent_around(
    rule: Rule, settings: Mapping[str, Setting], orbit: Simulation, *, curvature: float, minimum: float
) -> float | None:
    """The largest Lyapunov exponent a step on the cycle; None where there is no derivative.

    Args:
        rule: the rule. settings: all its hyperparameters and static options. curvature: h. minimum: x*.
        orbit: one that has come to a cycle.
    """
    ensemble = Ensemble(rule, settings, curvature, minimum)
    variables = orbit.variables[:, np.newaxis]
    exponent = exponents(ensemble.map, variables, MEASURED, ensemble.parameters, first=orbit.steps + 1)[0, 0]
    return None if math.isnan(exponent) else float(exponent)
