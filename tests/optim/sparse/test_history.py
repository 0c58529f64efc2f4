"""The product of the factors of missed steps, against the product itself."""

from math import prod

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from surefoot.optim.sparse.history import History

FACTOR = st.one_of(st.sampled_from([0.0, 1.0, -1.0, 0.9]), st.floats(0.01, 2.0), st.floats(-2.0, -0.01))
RUN = st.tuples(st.tuples(FACTOR, FACTOR), st.integers(1, 5))


@given(st.lists(RUN, max_size=12))
def test_products_of_all_that_was_noted_since(runs: list[tuple[tuple[float, float], int]]) -> None:
    history, noted = History(2), []
    for factors, times in runs:
        for _ in range(times):
            history.note(factors)
            noted.append(factors)
    since = history.since(np.arange(len(noted) + 1))
    expected = [[prod(f[slot] for f in noted[k:]) for k in range(len(noted) + 1)] for slot in range(2)]
    np.testing.assert_allclose(since, expected, rtol=1e-12, atol=0)


def test_a_million_steps_of_one_factor_are_one_power() -> None:
    history = History(1)
    history.note((0.999999,))
    history.steps = 1_000_000
    np.testing.assert_allclose(history.since(np.array([0]))[0, 0], np.exp(1e6 * np.log1p(-1e-6)), rtol=1e-9)


def test_a_schedule_of_factors_that_never_repeat() -> None:
    history = History(1)
    factors = 1 - np.linspace(1e-3, 1e-5, 3000)
    for factor in factors:
        history.note((float(factor),))
    expected = [np.prod(factors[k:]) for k in (0, 1, 1500, 2999, 3000)]
    np.testing.assert_allclose(history.since(np.array([0, 1, 1500, 2999, 3000]))[0], expected, rtol=1e-12)
