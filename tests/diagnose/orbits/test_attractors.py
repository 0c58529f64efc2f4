"""Attractors of many starts: several at once, and how much of the starts each takes."""

from math import log10, sqrt
from typing import Any

import pytest

from surefoot.diagnose.orbits.attractors import Attractor, attractors, wilson
from surefoot.diagnose.orbits.kinds import Kind
from surefoot.errors import UserError
from surefoot.rules import Rule, find
from tests.diagnose.known import logistic, weakly


def found(rule: str | Rule, hyper: dict[str, Any] | None = None, **options: Any) -> tuple[Attractor, ...]:
    chosen = find(rule)
    return attractors(chosen, chosen.settings(hyper), **options)


def test_a_minimum_and_a_cycle_side_by_side() -> None:
    """e' = -e (3/4 + e^2/2): inside |e| = 1/sqrt 2 to 0, outside to the cap at 2."""
    near, far = sorted(found(Rule.of(weakly), sizes=(1e-2, 1e2), starts=400), key=lambda a: a.amplitude)
    assert (near.kind, far.kind, far.amplitude) == (Kind.CONVERGES, Kind.TWO_CYCLE, 2.0)
    assert near.largest < sqrt(0.5) < far.smallest
    share = (log10(sqrt(0.5)) + 2) / 4  # of starts uniform on a logarithmic scale
    assert near.interval[0] < share < near.interval[1]
    assert near.share + far.share == 1


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.999])
def test_rmsprop_has_one_attractor_on_either_side_of_its_threshold(beta: float) -> None:
    (below,) = found("rmsprop", {"lr": 1.9e-4, "beta": beta})
    (above,) = found("rmsprop", {"lr": 1e-2, "beta": beta})
    assert (below.kind, below.amplitude, below.share) == (Kind.CONVERGES, 0.0, 1.0)
    assert above.kind is Kind.TWO_CYCLE
    assert above.amplitude == pytest.approx(sqrt(1e-4 / 4 - 1e-8), rel=1e-4)


def test_default_adam_has_one_irregular_attractor_whatever_the_start() -> None:
    """Though float64 would hold orbits at 0, which repels."""
    (only,) = found("adam")
    assert only.kind is Kind.CHAOS
    assert only.exponent is not None
    assert only.exponent > 0


def test_starts_that_leave_the_numbers_are_counted() -> None:
    (gone,) = found("sgd", {"lr": 2.5})
    assert (gone.kind, gone.amplitude) == (Kind.DIVERGES, float("inf"))


def test_a_longer_cycle_beside_what_leaves() -> None:
    """Of the logistic map at 3.5: starts in (0, 1) come to a 4-cycle, negative ones leave."""
    both = {a.kind: a for a in found(Rule.of(logistic), {"r": 3.5}, sizes=(0.1, 0.9), starts=40)}
    assert set(both) == {Kind.CYCLE, Kind.DIVERGES}
    assert len({round(p, 6) for p in both[Kind.CYCLE].points}) == 4


def test_wilsons_interval_solves_its_equation() -> None:
    """The ends are the p with (share - p)^2 = z^2 p (1 - p) / n."""
    for count, of in ((3, 10), (1, 400), (250, 256)):
        for p in wilson(count, of):
            assert (count / of - p) ** 2 == pytest.approx(1.959963984540054**2 * p * (1 - p) / of, rel=1e-9)
    assert wilson(0, 5)[0] == 0
    assert wilson(5, 5)[1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"starts": 0}, "starts must be a whole number from 1, got 0"),
        ({"sizes": (1.0, 0.1)}, "sizes must be two positive numbers, the smaller first"),
        ({"sizes": (0.0, 1.0)}, "sizes must be two positive numbers"),
        ({"sizes": 1.0}, "sizes must be two positive numbers"),
        ({"curvature": 0.0}, "curvature must be above 0 and finite, got 0.0"),
    ],
)
def test_a_wrong_number_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        found("rmsprop", **options)
