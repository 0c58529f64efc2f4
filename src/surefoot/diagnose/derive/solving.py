"""Closed forms: equations of low degree in an unknown, or in one square root that it stands in alone.

SymPy's own `solve` finds these too, in ten times the time, and much else that is no help to a reader.
"""

from typing import Any

import sympy as sp

Expr = Any  # SymPy has no types


def positive_first(expression: Expr) -> Expr:
    """Factored, with 1 - b rather than b - 1."""
    sign, factors = sp.Integer(1), []
    for base, power in (factor.as_base_exp() for factor in sp.Mul.make_args(sp.factor(expression))):
        if base.is_Add and base.as_coeff_Add()[0].is_negative and power.is_odd:
            sign, base = -sign, -base  # noqa: PLW2901
        factors.append(base**power)
    return sp.Mul(sign, *factors)


def of_low_degree(numerator: Expr, unknown: Expr) -> list[Expr]:
    """The roots, other than nought, of a polynomial of first or second degree once factors of the unknown are off."""
    if not numerator.is_polynomial(unknown):
        return []
    coefficients = sp.Poly(numerator, unknown).all_coeffs()
    while len(coefficients) > 1 and sp.expand(coefficients[-1]) == 0:
        coefficients.pop()
    if len(coefficients) == 2:
        return [-coefficients[1] / coefficients[0]]
    if len(coefficients) == 3:
        a, b, c = coefficients
        spread = sp.sqrt(sp.factor(b * b - 4 * a * c))
        return [(-b - spread) / (2 * a), (-b + spread) / (2 * a)]
    return []


def solutions(left: Expr, unknown: Expr) -> list[Expr]:
    """Candidates for the roots of an expression; those that are none must be sorted out by putting them in.

    >>> e, h, a = sp.symbols("e h a", positive=True)
    >>> solutions(2 - a / sp.sqrt(h * e + 1), e)
    [(a**2/4 - 1)/h]
    """
    whole = sp.together(left)
    under = {p.base for p in whole.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2 and unknown in p.free_symbols}
    if not under:
        return of_low_degree(sp.fraction(whole)[0], unknown)
    if len(under) > 1:
        return []
    (base,) = under
    z = sp.Dummy("z", positive=True)
    replaced = whole.replace(lambda x: x.is_Pow and x.base == base, lambda x: z ** (2 * x.exp))
    if unknown in replaced.free_symbols:
        return []
    return [
        root
        for squared in of_low_degree(sp.fraction(sp.together(replaced))[0], z)
        for root in _of_square(base - squared**2, unknown)
    ]


def _of_square(left: Expr, unknown: Expr) -> list[Expr]:
    """Roots of what is linear in the unknown, or in its square."""
    expanded = sp.expand(left)
    linear = of_low_degree(expanded, unknown) if sp.degree(expanded, unknown) == 1 else []
    if linear:
        return linear
    square = sp.Dummy("s", positive=True)
    return [sp.sqrt(s) for s in of_low_degree(expanded.subs(unknown, sp.sqrt(square)), square)]
