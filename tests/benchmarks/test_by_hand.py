"""What is written by hand in NumPy are the orbits that it is held against."""

import numpy as np
import pytest

from benchmarks.by_hand import RULES
from benchmarks.orbit import MAPS
from surefoot.diagnose.orbits.simulation import PARABOLA
from surefoot.engines.orbits.orbit import Orbits, compose
from surefoot.rules.catalogue import find


@pytest.mark.parametrize("name", RULES)
def test_the_same_orbits(name):
    rng = np.random.default_rng(0)
    own = {"lr": rng.uniform(1e-3, 0.3, 50), MAPS[name]: rng.uniform(0.5, 0.99, 50)}
    fixed = {key: value for key, value in find(name).defaults.items() if key in ("beta2", "eps")}
    start = rng.uniform(-1, 1, 50)
    expected = Orbits(compose(find(name), PARABOLA)).run(start[np.newaxis], 100, own).x[0]
    np.testing.assert_allclose(RULES[name](start, 100, **fixed, **own), expected, rtol=1e-6, atol=1e-12)
