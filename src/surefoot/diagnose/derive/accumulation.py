r"""Convergence for every learning rate, of rules that divide by a sum of squares: the argument, and what it asks for.

Let the step be e' = e (1 - h f(G')) with G' = G + c g^2, c > 0, where f > 0 falls to 0 as G grows, but so slowly that
its integral to infinity is infinite. Then e tends to 0, whatever the learning rate and the start.

Proof. If G stays bounded, the sum of g^2 is finite, and so g and e tend to 0. Suppose G grows without bound. From some
step on h f(G') <= 1; then |e| falls and e'^2 <= e^2 (1 - h f(G')), so that the sum of f(G') e^2 is finite, and with it
that of f(G_{k+1}) (G_{k+1} - G_k). As |e| falls, so do the increments of G, and that sum is at least the integral of f,
less a finite part: infinite. So G cannot grow without bound.
"""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from surefoot.diagnose.derive.decrease import falls, shrinkage
from surefoot.diagnose.derive.formulas import step
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.structure import Structure
from surefoot.diagnose.derive.symbols import Expr, Symbols


def accumulator(
    quadratic: Quadratic, symbols: Symbols, found: Structure, late: Mapping[int, Any], shifted: frozenset[str]
) -> str | None:
    """The slot that plays the part of G, if the rule meets everything that the argument asks for."""
    grows = [s for s in found.growing if quadratic.graph.state == (s,)]
    if not grows or not quadratic.autonomous or (symbols.minimum != 0 and found.shifted is None):
        return None
    (slot,) = grows
    new = step(quadratic, symbols, late, symbols.slots, shifted)
    squares = sp.cancel((new[slot] - symbols.slots[slot]) / symbols.error**2)
    shrink, moments = shrinkage(quadratic, symbols, late, shifted)
    letter = moments[slot]
    factor = shrink.subs(symbols.values)
    if not (squares.is_number and squares.is_positive) or factor.free_symbols != {letter}:
        return None
    return slot if _falls_slowly(shrink, factor, letter) else None


def _falls_slowly(shrink: Expr, factor: Expr, letter: Expr) -> bool:
    if not falls(shrink, letter):
        return False
    growing = factor.replace(
        lambda x: x.func == sp.Max, lambda x: sp.Add(*(a for a in x.args if letter in a.free_symbols))
    )
    if sp.limit(growing, letter, sp.oo) != 0:
        return False
    # At least as slowly as 1/G: its integral is infinite.
    return bool(sp.limit(growing * letter, letter, sp.oo).is_extended_positive)
