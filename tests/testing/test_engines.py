"""The conformance check of an engine accepts the reference itself and names what is wrong with a bad engine."""

from collections.abc import Mapping

import numpy as np
import pytest

from surefoot.engines import numpy as reference
from surefoot.rules import RULES, Rule, find
from surefoot.rules.rule import Setting
from surefoot.testing.engines import HOSTILE, Array, Engine, cases, check_engine, is_exact, random_hyper, static_choices


def spoiled(how) -> Engine:
    def engine(rule: Rule, slots: Mapping[str, Array], t: int, dtype: str = "float32", **settings: Setting):
        return how(
            {slot: np.array(values) for slot, values in reference.run(rule, slots, t, dtype, **settings).items()}
        )

    return engine


def next_number(new):
    return {**new, "x": np.nextafter(new["x"], np.inf)}


def positive_zeros(new):
    return {slot: values + 0 for slot, values in new.items()}


def no_nan(new):
    return {slot: np.nan_to_num(values, posinf=np.inf, neginf=-np.inf) for slot, values in new.items()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", list(RULES.values()), ids=lambda r: r.name)
def test_the_reference_conforms(rule: Rule, dtype: str) -> None:
    check_engine(reference.run, rule, dtype)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (next_number, r"sgd .*: x\[0\] is .*, must be "),
        (positive_zeros, r"x\[\d+\] is np\.float32\(0\.0\), must be np\.float32\(-0\.0\)"),
        (no_nan, "must be np.float32.nan"),
        (lambda new: {}, r"sgd \{\}: slots set\(\), NumPy has \{'x'\}"),
        (lambda new: {"x": new["x"].astype("float64")}, "x has type float64, must be float32"),
        (lambda new: {"x": new["x"][:, None]}, r"x has shape \(0, 1\), must be \(0,\)"),
    ],
)
def test_a_bad_engine_is_named(how, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_engine(spoiled(how), find("sgd"))


def test_a_rule_with_norms_may_differ_in_the_last_digits_only() -> None:
    lamb = next(rule for rule in RULES.values() if not is_exact(reference.Graph.of(rule)))
    check_engine(spoiled(next_number), lamb)
    with pytest.raises(AssertionError, match="x"):
        check_engine(spoiled(lambda new: {**new, "x": new["x"] * np.float32(1.001)}), lamb)


def test_cases_meet_every_hostile_number_and_stay_in_the_domains() -> None:
    rule = find("adam")
    met: set[str] = set()
    for case in cases(rule, static_choices(rule)[0]):
        met |= {str(v) for v in case.slots["g"]}
        assert rule.settings(case.settings)
    assert {str(np.float32(v)) for v in HOSTILE} <= met
    rng = np.random.default_rng(0)
    assert all(rule.settings(random_hyper(rule, rng)) for _ in range(20))
