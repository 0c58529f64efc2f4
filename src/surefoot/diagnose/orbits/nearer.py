"""An orbit from nearer the minimum, where the one from the given start is still under way when its steps are spent."""

import math
from collections.abc import Mapping

from surefoot.diagnose.orbits.kinds import Kind
from surefoot.diagnose.orbits.simulation import Simulation, simulate
from surefoot.rules.rule import Rule, Setting

#: In how many steps, at the pace of the first orbit, the nearer one should arrive.
ARRIVES = 4096
#: Errors below this part of the minimum's place are a matter of float64's last digits.
LAST_DIGITS = 1e-9


def simulate_nearer(
    rule: Rule, settings: Mapping[str, Setting], far: Simulation, *, curvature: float, minimum: float
) -> Simulation | None:
    """The orbit from a start that is the given one over a power of ten, or None if that tells no more.

    Args:
        rule: the rule. settings: all its hyperparameters and static options. curvature: h. minimum: x*.
        far: an orbit of it that is undecided.
    """
    start, end = float(far.first[0]), float(far.last[-1])
    covered = abs(start - end) / abs(start) * ARRIVES / far.steps
    if not 0 < covered < 1:
        return None
    nearer = start * 10.0 ** math.floor(math.log10(covered))
    if abs(nearer) < LAST_DIGITS * abs(minimum):
        return None
    found = simulate(rule, settings, curvature=curvature, minimum=minimum, start=nearer)
    unmoved = float(found.last[-1]) == nearer
    return None if found.kind is Kind.UNDECIDED or unmoved else found
