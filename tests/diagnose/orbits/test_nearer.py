"""Orbits from nearer, where the given start is too far for a small learning rate."""

import pytest

from surefoot.diagnose.run import diagnose


@pytest.mark.parametrize(
    ("rule", "curvature", "lr", "verdict"),
    [
        ("adam", 1.0, 1e-7, "converges"),  # below 2 (1 + b1) / (1 - b1) eps / h = 3.8e-7
        ("adam", 25.0, 1e-7, "spikes or chaos"),
        ("amsgrad", 1.0, 1e-9, "converges monotonically"),
    ],
)
def test_a_small_rate_is_confirmed_from_nearer(rule, curvature, lr, verdict):
    found = diagnose(rule, curvature, lr=lr)
    assert (found.verdict, found.agrees) == (verdict, True)
    assert found.start == 1.0
    assert found.under_way is not None
    assert found.simulated.first[0] < 1e-3


def test_where_nearer_is_no_quicker_the_given_start_stays():
    found = diagnose("sgd", lr=1e-9)  # the same shape at every scale
    assert found.under_way is None
    assert found.simulated.first[0] == 1.0
    assert not found.agrees
