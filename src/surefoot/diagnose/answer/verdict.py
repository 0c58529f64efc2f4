"""From what was derived to what will happen: the strongest ground first.

A proof for every start comes before the linearisation, which speaks of starts near the minimum or the cycle only, and
both before the simulated orbit, which speaks of one start and finitely many steps.
"""

import math
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from surefoot.diagnose.derive.cycles import Cycle
from surefoot.diagnose.derive.findings import Findings
from surefoot.diagnose.derive.jury import is_stable
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.symbols import Expr
from surefoot.diagnose.orbits.kinds import Kind

Evidence = Literal["proved", "certified by interval arithmetic", "from the linearisation", "simulated"]

SETTLES = frozenset({Kind.MONOTONE, Kind.CONVERGES})


@dataclass(frozen=True)
class Derived:
    """A prediction.

    Attributes:
        kind: what will happen. evidence: how sure that is. because: the ground, a sentence.
        amplitude: of the error in the end. formula: of the amplitude, or None.
        rate: factor per step by which the error shrinks in the long run, or grows near the minimum; None if unknown.
    """

    kind: Kind
    evidence: Evidence
    because: str
    amplitude: float | None = None
    formula: Expr | None = None
    rate: float | None = None


def predict(quadratic: Quadratic, found: Findings) -> Derived | None:
    """The prediction, or None where nothing derived decides."""
    if quadratic.rate is not None and quadratic.hyper[quadratic.rate] == 0 and found.structure.shifted is not None:
        return Derived(Kind.TRAPPED, "proved", "With a learning rate of 0 nothing moves.", None, None, None)
    if (everywhere := _everywhere(quadratic, found)) is not None:
        return everywhere
    grounds = (_linear, _accumulating, _near_the_minimum, _on_a_cycle)
    return next((prediction for ground in grounds if (prediction := ground(found)) is not None), None)


def _everywhere(quadratic: Quadratic, found: Findings) -> Derived | None:
    """A step that always shortens the error, by a part that does not tend to 0 since the state stays bounded.

    What was derived for t -> infinity must hold for every t to count here.
    """
    if found.point is None or not found.point.bounded:
        return None
    if quadratic.autonomous and found.decrease is not None and found.decrease.always:
        kept = found.decrease.keeps_sign
        because = f"Every step shortens the error{' and keeps its sign' * kept}, from every state."
        return Derived(Kind.MONOTONE, "proved", because, 0.0, None, _radius(found))
    within = found.shrinkage
    if within is not None and within.low > 0 and within.high < 2:
        because = (
            f"Interval arithmetic bounds 1 - e'/e by {within}, which is within (0, 2), at every step from every state."
        )
        return Derived(Kind.MONOTONE, "certified by interval arithmetic", because, 0.0, None, _radius(found))
    return None


def _linear(found: Findings) -> Derived | None:
    point = found.point
    if not found.linear or point is None:
        return None
    stable = exactly_stable(found)
    if stable:
        because = "The step is linear, with all eigenvalues inside the unit circle."
        return Derived(Kind.CONVERGES, "proved", because, 0.0, None, point.radius)
    if point.radius > 1 + 1e-12:
        because = "The step is linear, with an eigenvalue outside the unit circle."
        return Derived(Kind.DIVERGES, "proved", because, None, None, point.radius)
    return None


def _accumulating(found: Findings) -> Derived | None:
    if found.accumulator is None:
        return None
    because = (
        f"The step falls with {found.accumulator}, which adds up the squared gradients: if they did not tend to 0, "
        f"{found.accumulator} would grow until every step shortened the error, and then stop growing."
    )
    return Derived(Kind.CONVERGES, "proved", because, 0.0, None, None)


def _near_the_minimum(found: Findings) -> Derived | None:
    point = found.point
    if point is None or not point.smooth or not exactly_stable(found) or not all(v < 1 for v in point.own):
        return None
    kept = f", whatever {' and '.join(point.frozen)} keep{'s' * (len(point.frozen) == 1)}" if point.frozen else ""
    because = f"Near the minimum errors shrink by a factor of {point.radius:.6g} a step in the long run{kept}."
    return Derived(Kind.CONVERGES, "from the linearisation", because, 0.0, None, point.radius)


def _on_a_cycle(found: Findings) -> Derived | None:
    point = found.point
    if point is None or not point.smooth or point.radius <= 1 + 1e-12 or point.frozen:
        return None
    stable = [c for c in found.cycles if c.stable]
    if len(stable) != 1:
        return None
    (cycle,) = stable
    because = (
        f"The minimum repels (small errors grow {point.radius:.6g}-fold a step), and the cycle e, -e attracts: the "
        f"eigenvalues of its folded Jacobian are at most {cycle_radius(cycle):.6g} in size."
    )
    return Derived(Kind.TWO_CYCLE, "from the linearisation", because, cycle.amplitude, cycle.formula, None)


def leaves(found: Findings) -> bool:
    """Whether no orbit stays at the minimum: small errors grow there, once the state has faded, and it does fade."""
    point = found.point
    if point is None or not point.smooth or point.frozen or not all(v < 1 for v in point.own):
        return False
    return 1 + 1e-12 < point.radius < math.inf


def thrown_back(found: Findings) -> Derived:
    """What becomes of an orbit that comes to a minimum at which none stays, where no cycle attracts."""
    assert found.point is not None
    because = (
        f"Once the state has faded the minimum repels (small errors grow {found.point.radius:.6g}-fold a step), and no "
        "cycle e, -e attracts: an orbit that has come near is thrown back."
    )
    return Derived(Kind.CHAOS, "from the linearisation", because)


def cycle_radius(cycle: Cycle) -> float:
    """The largest eigenvalue's size."""
    return max(max(map(abs, values)) for values in cycle.eigenvalues)


def exactly_stable(found: Findings) -> bool:
    """Whether the matrix at the minimum is stable, decided in fractions."""
    point = found.point
    if point is None or not point.smooth:
        return False
    matrix = found.symbols.number(point.matrix.subs(point.kept), 40)
    if matrix.has(sp.zoo, sp.nan, sp.oo):
        return False
    fractions = matrix.applyfunc(lambda x: x if x.is_Rational else sp.Rational(str(x)))
    return is_stable(fractions.charpoly().all_coeffs())


def _radius(found: Findings) -> float | None:
    return found.point.radius if found.point is not None and found.point.smooth else None
