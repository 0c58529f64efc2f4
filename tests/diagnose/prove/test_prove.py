"""Certificates against closed forms: what is proved lies on the right side of every known threshold."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surefoot.diagnose.orbits.simulation import simulate
from surefoot.diagnose.prove.record import as_json
from surefoot.diagnose.prove.run import prove
from surefoot.engines import numpy as reference
from surefoot.engines.analysis.intervals import FLOATS, Interval, arb, table
from surefoot.errors import UserError
from surefoot.rules import Rate, find, minimum
from tests.diagnose import own_rules


def parts(proof, claim):
    (certificate,) = (c for c in proof.certificates if c.claim == claim)
    assert sum(piece.part for piece in certificate.pieces) == pytest.approx(1)
    return certificate.pieces


@pytest.mark.parametrize(
    ("rule", "box", "threshold"),
    [
        ("sgd", {"lr": (0.1, 3.0)}, 2.0),
        ("rmsprop", {"lr": (1e-5, 3e-4)}, 2e-4),
        ("rmsprop", {"lr": (1e-5, 3e-4), "centered": True}, 2e-4),
        (own_rules.warmed, {"lr": (0.1, 3.0)}, 2.0),
    ],
)
def test_contraction_is_proved_below_the_threshold_and_refuted_above(rule, box, threshold):
    for piece in parts(prove(rule, **box), "contraction"):
        low, high = piece.box["lr"].low, piece.box["lr"].high
        assert {"proved": high < threshold, "refuted": low >= threshold, "undecided": low < threshold * 1.001}[
            piece.answer
        ]
        if piece.answer == "undecided":
            assert high - low < 0.01 * threshold


@pytest.mark.parametrize(
    ("rule", "box", "threshold"),
    [
        ("momentum", {"lr": (0.1, 5.0)}, 3.8),
        ("momentum", {"lr": (0.1, 5.0), "form": "nesterov"}, 3.8 / 2.8),
        ("adam", {"lr": (0.01, 1.0), "eps": 1e-2}, 0.38),
    ],
)
def test_attraction_is_proved_below_the_threshold_and_refuted_above(rule, box, threshold):
    proof = prove(rule, **box)
    for piece in parts(proof, "the minimum attracts"):
        low, high = piece.box["lr"].low, piece.box["lr"].high
        assert {"proved": high < threshold, "refuted": low > threshold, "undecided": low <= threshold <= high}[
            piece.answer
        ]
    assert [p.answer for p in parts(proof, "contraction")] == ["refuted"], "a momentum carries past the minimum"


def test_rmsprop_s_cycle_attracts_for_every_beta_above_the_threshold():
    pieces = parts(prove("rmsprop", lr=(3e-4, 1.0), beta=(0.1, 0.999)), "the cycle e, -e attracts")
    assert [piece.answer for piece in pieces] == ["proved"]


@pytest.mark.parametrize(("beta1", "answer"), [(0.1, "proved"), (0.3, "refuted"), (0.9, "refuted")])
def test_adam_s_cycle_attracts_or_repels_as_orbits_do(beta1, answer):
    """Far above the threshold its own stability depends on the betas; what an orbit ends in says which."""
    setting = {"lr": 1e-2, "eps": 1e-6, "beta1": beta1, "beta2": 0.9}
    assert [p.answer for p in parts(prove("adam", **setting), "the cycle e, -e attracts")] == [answer]
    rule = find("adam")
    orbit = simulate(rule, rule.settings(setting), curvature=1.0, minimum=0.0, start=1e-2)
    assert (str(orbit.kind) == "2-cycle") == (answer == "proved")


def test_what_is_proved_holds_on_samples():
    """Over all t, states and signs: NumPy's steps from a thousand random states shrink."""
    rng = np.random.default_rng(5)
    rule = find("rmsprop")
    proof = prove(rule, lr=(1e-5, 1.5e-4), beta=(0.2, 0.99))
    assert [p.answer for p in parts(proof, "contraction")] == ["proved"]
    for _ in range(200):
        e, v = rng.choice([-1, 1]) * 10 ** rng.uniform(-8, 3, 50), 10 ** rng.uniform(-20, 5, 50)
        lr, beta = rng.uniform(1e-5, 1.5e-4), rng.uniform(0.2, 0.99)
        new = reference.run(rule, {"x": e, "g": e, "G": v, "m": 0 * e}, 1, lr=lr, beta=beta)["x"]
        assert (abs(new) <= abs(e)).all()


def test_a_refuted_contraction_names_a_state_from_which_the_error_grows():
    (piece,) = parts(prove("momentum", lr=0.1), "contraction")
    assert "e = 1e-08, m = 1" in piece.witness
    new = reference.run(find("momentum"), {"x": [1e-8], "g": [1e-8], "m": [1.0]}, 1, lr=0.1)["x"]
    assert abs(new[0]) >= 1e-8


def capped(x, g, *, t, lr: Rate = 0.1):
    return x - minimum(lr, 1.0) * g


def test_a_branch_that_changes_within_the_box_is_not_taken_for_all_of_it():
    """min(lr, 1) contracts for every lr, though one branch's formula has the threshold 2."""
    proof = prove(capped, lr=(0.5, 5.0))
    assert [p.answer for p in parts(proof, "contraction")] == ["proved"]
    assert len(proof.certificates) == 1
    assert "branches" in proof.undone[0]


@pytest.mark.parametrize("lr", [0.1, 1e-3])
def test_adagrad_shortens_every_error_from_starts_above_half_its_rate(lr):
    """Its first step is lr long and its sum never falls: |e1| < |e0| just if |e0| > lr/2, and so for ever."""
    for piece in parts(prove("adagrad", lr=lr, eps=1e-20, start=(lr / 100, 10.0)), "contraction from these starts"):
        low, high = piece.box["start"].low, piece.box["start"].high
        assert {"proved": low > lr / 2, "refuted": high < lr / 2, "undecided": low < lr / 2 < high}[piece.answer]


def test_what_is_refuted_of_a_start_is_seen_in_its_orbit():
    """The heavy ball runs past the minimum."""
    (piece,) = parts(prove("momentum", lr=0.1, start=(0.5, 2.0)), "contraction from these starts")
    assert piece.answer == "refuted"
    rule = find("momentum")
    errors = abs(simulate(rule, rule.settings({"lr": 0.1}), start=1.0).first)
    step = int(piece.witness.split()[1])
    assert errors[step] >= errors[step - 1]


def test_curvature_is_a_side_of_the_box():
    for piece in parts(prove("rmsprop", (0.5, 3.0), lr=1e-4), "the minimum attracts"):
        low, high = piece.box["curvature"].low, piece.box["curvature"].high
        assert {"proved": high <= 2, "refuted": low >= 2, "undecided": low <= 2 <= high}[piece.answer]


def test_json_has_every_box():
    proof = json.loads(as_json(prove("sgd", lr=(0.1, 3.0))))
    answers = [box["answer"] for box in proof["certificates"][0]["boxes"]]
    assert answers == ["proved", "undecided", "refuted"]
    assert set(proof["certificates"][0]["boxes"][0]["box"]) == {"lr"}


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ({"lr": (1.0, 0.1)}, "lr must be .low, high. with low below high"),
        ({"lr": (-1.0, 0.1)}, "lr must be in"),
        ({"beta": (0.5, 1.0)}, "beta must be in"),
        ({"start": (-1.0, 1.0)}, "start must be above 0"),
        ({"start": (2.0, 1.0)}, "start must be .low, high. with low below high"),
        ({"curvature": (0.0, 1.0)}, "curvature must be a number from 1e-12"),
    ],
)
def test_a_box_that_is_none_is_refused(box, message):
    with pytest.raises(UserError, match=message):
        prove("rmsprop", **box)


NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)
BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "maximum": max,
    "minimum": min,
}


@pytest.mark.parametrize("arithmetic", [FLOATS, arb()], ids=["floats", "arb"])
@given(ends=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), at=st.tuples(st.floats(0, 1), st.floats(0, 1)))
@settings(max_examples=150, deadline=None)
def test_an_interval_holds_what_its_points_give(arithmetic, ends, at):
    a = Interval(min(ends[:2]), max(ends[:2]))
    b = Interval(min(ends[2:]), max(ends[2:]))
    x = min(max(a.low + at[0] * (a.high - a.low), a.low), a.high)
    y = min(max(b.low + at[1] * (b.high - b.low), b.low), b.high)
    ops = table(arithmetic).ops
    for op, function in BINARY.items():
        assert function(x, y) in ops[op](a, b), op
    assert abs(x) in ops["abs"](a)
    assert x * x in ops["square"](a)
    assert math.sqrt(abs(x)) in ops["sqrt"](ops["abs"](a))
    if y != 0:
        assert x / y in ops["div"](a, b)
    assert ops["lt"](a, b) in (None, x < y)
    assert ops["le"](a, b) in (None, x <= y)


def test_intervals_reach_to_infinity_without_nan():
    ops = table(arb()).ops
    whole, positive = Interval(-math.inf, math.inf), Interval(0.0, math.inf)
    for op in ("add", "sub", "mul", "div", "maximum", "minimum"):
        for a in (whole, positive, Interval(0.0, 0.0), Interval(1.0, 2.0)):
            for b in (whole, positive, Interval(0.0, 0.0), Interval(1.0, 2.0)):
                result = ops[op](a, b)
                assert result.low <= result.high, (op, a, b)
    assert ops["div"](Interval(1.0, 1.0), positive) == positive
