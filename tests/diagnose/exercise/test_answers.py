"""What the exercise's page says, against closed forms."""

from math import log, sqrt

import numpy as np
import pytest
import sympy as sp

from surefoot.diagnose.exercise import comparisons, conditions, derivation, strides
from surefoot.diagnose.exercise.update import LR


def test_sympy_reduces_every_line_to_nothing():
    lines = (*derivation.lines(), derivation.decrease())
    assert len(lines) == 8
    assert [line.difference for line in lines] == ["0"] * 8


def test_a_line_that_is_false_is_seen():
    e = sp.Symbol("e", real=True)
    assert not derivation._line("", "", "", sp.sqrt(e**2) - e).holds


@pytest.mark.parametrize("beta", conditions.DECAYS)
@pytest.mark.parametrize(
    ("rho", "falls", "keeps"), [(0.99, True, True), (1.01, True, False), (2.0, True, False), (2.01, False, False)]
)
def test_walks_fall_from_every_start_up_to_twice_the_root_of_epsilon(rho, beta, falls, keeps):
    found = conditions.survey(rho, beta)
    assert (found.decreasing == 1.0) is falls
    assert (found.keeping == 1.0) is keeps


def test_intervals_prove_the_condition_and_lose_it_beyond():
    assert conditions.box(0.001, 2.0).proves
    assert not conditions.box(0.001, 2.001).proves


def test_a_walk_above_the_limit_can_fall_for_ever_without_converging():
    found = conditions.approach(1.001, 0.9)
    assert found.rho < conditions.node_until(0.9)
    assert found.falls
    assert found.last == pytest.approx(sqrt(found.rho**2 / 4 - 1), rel=1e-6)
    beyond = conditions.approach(1.05, 0.9)
    assert beyond.rho > conditions.node_until(0.9)
    assert not beyond.falls


@pytest.mark.parametrize("beta", [0.1, 0.9, 0.99])
def test_the_cycles_eigenvalues_are_real_up_to_there(beta):
    def discriminant(rho):
        trace = 1 + beta - 8 * (1 - beta) * (0.25 - 1 / rho**2)
        return trace**2 - 4 * beta

    edge = conditions.node_until(beta)
    assert discriminant(edge) == pytest.approx(0, abs=1e-12)
    assert discriminant(0.999 * edge) > 0 > discriminant(1.001 * edge)


def test_walks_end_on_the_branch():
    branch = conditions.branch(0.9)
    predicted = np.sqrt(np.maximum(branch.rho**2 / 4 - 1, 0))
    away = np.abs(branch.rho - 2) > 0.1  # at the edge itself convergence is slower than any rate
    assert np.allclose(branch.high[away], predicted[away], atol=1e-3)
    assert np.allclose(branch.low[away], predicted[away], atol=1e-3)


def test_walks_end_where_epsilon_says():
    for one in strides.strides():
        assert one.end == pytest.approx(one.predicted, abs=1e-9)
        assert one.limit == 2 * sqrt(one.eps)
        final = min(LR / sqrt(one.eps), 2.0)
        assert one.steps[-1] == pytest.approx(final, rel=1e-3)
    assert np.isnan(strides.without_epsilon())


def test_gradient_descent_arrives_when_its_closed_form_does():
    plain, scaled = comparisons.both()
    for h, arrival in zip(plain.curvatures, plain.arrivals, strict=True):
        factor = abs(1 - LR * h)
        closed = 1.0 if factor < 0.01 else np.ceil(log(0.01) / log(factor)) if factor < 1 else np.inf
        assert arrival == (closed if closed <= comparisons.MOST else np.inf)
    high = scaled.curvatures > 1
    assert np.ptp(scaled.arrivals[high]) <= 1
    assert np.allclose(scaled.ends[high], LR / 2, rtol=0.03)


def test_memories_recover_when_predicted_and_tremble_less_the_longer_they_are():
    memories = comparisons.memories()
    for one in memories:
        assert one.recovery == pytest.approx(one.predicted, abs=1.5)
    spreads = [one.spread for one in memories]
    assert spreads == sorted(spreads, reverse=True)
