"""Whether an orbit that stands still does so only because its step is shorter than a last digit."""

import numpy as np
import sympy as sp

from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.orbits.simulation import Simulation
from surefoot.engines.sympy import Expr, exact, walk

_DIGITS = 60
#: A point where steps vanish exactly lies within so many last digits of where float64 comes to rest, or within this
#: part of the error.
_NEAR, _PART = 1e3, 1e-6
#: What stands still changes by this part at most.
_STILL = 1e-12


def would_move(quadratic: Quadratic, orbit: Simulation) -> bool:
    """Whether x, computed with sixty digits, would go on from where the orbit rests by more than a few last digits
    and a millionth of the error.

    Newton's step for the place where the move vanishes says how far. An orbit that still moves is not held by rounding.
    """
    if np.ptp(orbit.last) > _STILL * np.abs(orbit.last).max():
        return False
    error = sp.Float(float(orbit.last[-1]), _DIGITS)
    beside = abs(error) * sp.Float("1e-25", _DIGITS)
    here, there = (_move(quadratic, orbit, error + shift) for shift in (0, beside))
    if not (here.is_real and there.is_real) or here == 0:
        return False
    slope = (there - here) / beside
    size = abs(error) + abs(exact(quadratic.minimum))
    return bool(slope == 0 or abs(here / slope) > max(_NEAR * 2.0**-52 * size, _PART * abs(error)))


def _move(quadratic: Quadratic, orbit: Simulation, error: Expr) -> Expr:
    """By how much the next step from there moves x."""
    graph = quadratic.graph
    state = dict(zip(("x", *graph.state), (sp.Float(float(v), _DIGITS) for v in orbit.variables), strict=True))
    resting = sp.Float(float(orbit.last[-1]), _DIGITS)
    inputs = {**dict.fromkeys(graph.slots, sp.Float(0, _DIGITS)), **state}
    inputs["x"] = state["x"] + (error - resting)
    inputs |= {name: sp.N(exact(value), _DIGITS) for name, value in quadratic.hyper.items()}
    inputs |= {"g": sp.N(exact(quadratic.curvature), _DIGITS) * error, "t": sp.Integer(orbit.steps + 1)}
    return sp.N(walk(graph, inputs)[graph.outputs["x"]] - inputs["x"], _DIGITS)
