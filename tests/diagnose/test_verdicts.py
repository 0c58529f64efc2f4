"""Verdicts against what is known of each setting, and that nothing a user can give ends in a traceback."""

import json
import math
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from surefoot.diagnose.answer import wording
from surefoot.diagnose.answer.record import as_json, record, strict
from surefoot.diagnose.run import diagnose
from surefoot.errors import UserError
from surefoot.rules import Momentum, Rate, sign, where
from tests.diagnose import own_rules
from tests.rules.own import CHOSEN, named

SCHEMA = json.loads((resources.files("surefoot.diagnose.answer") / "schema.json").read_text())


@pytest.mark.parametrize(
    ("rule", "settings", "verdict", "evidence"),
    [
        ("sgd", {"lr": 0.5}, "converges monotonically", "proved"),
        ("sgd", {"lr": 1.5}, "converges monotonically", "proved"),
        ("sgd", {"lr": 2.5}, "diverges", "proved"),
        ("sgd", {"lr": 0.0}, "trapped", "proved"),
        ("sgd", {"lr": 1e-18}, "absorbed by rounding", "simulated"),
        ("momentum", {"lr": 3.7}, "converges", "proved"),
        ("momentum", {"lr": 3.9}, "diverges", "proved"),
        ("rmsprop", {"lr": 1e-4}, "converges monotonically", "proved"),
        ("rmsprop", {"lr": 1.9e-4}, "converges monotonically", "proved"),
        ("rmsprop", {"lr": 0.01}, "2-cycle", "from the linearisation"),
        ("rmsprop", {"lr": 1e-5, "centered": True}, "converges monotonically", "certified by interval arithmetic"),
        ("adagrad", {"lr": 5.0}, "converges", "proved"),
        ("adagrad", {"eps_at": "maximum"}, "converges monotonically", "proved"),
        ("adam", {"lr": 1e-3, "eps": 1e-2}, "converges", "from the linearisation"),
        ("adam", {}, "spikes or chaos", "simulated"),
        ("adam", {"minimum": 1.0}, "absorbed by rounding", "simulated"),
        (own_rules.decayed, {"minimum": 1.0}, "trapped", "simulated"),
        (own_rules.warmed, {"warm": 100.0}, "converges monotonically", "certified by interval arithmetic"),
    ],
)
def test_the_verdict_is_what_is_known(rule, settings, verdict, evidence):
    diagnosis = diagnose(rule, **settings)
    assert (diagnosis.verdict, diagnosis.evidence) == (verdict, evidence)
    assert diagnosis.agrees


def pushed(x, g, *, t, lr: Rate = 0.1):
    """A gradient that is 0.01 off: at rest where h e = -0.01, stable for lr h < 2."""
    return x - lr * (g + 0.01)


@pytest.mark.parametrize(("lr", "minimum"), [(1e-5, 0.0), (1.5, 0.0), (1.5, 1.0)])
def test_what_comes_to_rest_beside_the_minimum_is_trapped_however_slowly(lr, minimum):
    diagnosis = diagnose(pushed, 3.0, lr=lr / 3, start=0.1, minimum=minimum)
    assert diagnosis.verdict == "trapped"
    assert diagnosis.simulated.last[-1] == pytest.approx(-0.01 / 3, rel=1e-3)


def test_nought_by_nought_at_the_minimum_is_no_divergence():
    """Without eps LAMB's step is lr |x| sign(m): x shrinks by 1 - lr a step until it is nothing, and then comes 0/0."""
    diagnosis = diagnose("lamb", eps=0.0, lr=1e-3)
    assert diagnosis.verdict == "converges monotonically"
    assert diagnosis.simulated.rate == pytest.approx(0.999)
    assert diagnosis.simulated.undefined == pytest.approx(math.log(2.2e-308) / math.log(0.999), rel=1e-4)
    assert diagnosis.advice.startswith("Give eps a value above 0")
    assert {str(a.kind) for a in diagnosis.attractors} == {"converges"}


def test_a_state_that_fades_too_slowly_to_be_seen_does_not_make_the_minimum_attract():
    """Once v has faded, errors grow by lr h (1 - b1)/eps a step; 0.9999999 takes 10^8 steps for that."""
    diagnosis = diagnose("adam", beta2=0.9999999)
    assert (diagnosis.verdict, diagnosis.evidence) == ("spikes or chaos", "from the linearisation")
    assert not diagnosis.agrees
    assert "has not faded" in diagnosis.disagreements[0]
    assert diagnose("rmsprop", beta=0.9999999).verdict == "2-cycle"


def test_an_orbit_too_short_for_a_slow_convergence_has_not_the_word():
    """With eps large Adam is an averaged momentum, whose swings shrink by sqrt(beta1) a step."""
    diagnosis = diagnose("adam", lr=2e14, beta1=0.999999, eps=1e8)
    assert (diagnosis.verdict, diagnosis.evidence) == ("converges", "from the linearisation")
    assert diagnosis.rate == pytest.approx(math.sqrt(0.999999), abs=1e-9)
    assert "too short to tell" in diagnosis.disagreements[0]


def test_several_attractors_are_found_and_so_are_their_basins():
    """AMSGrad's window: near the minimum a 2-cycle; from farther away the maximum locks and it converges."""
    diagnosis = diagnose("amsgrad", lr=2.0133, eps=1.0, beta1=0.0, beta2=0.9)
    cycle, settled = sorted(diagnosis.attractors, key=lambda a: -a.amplitude)
    assert (str(cycle.kind), str(settled.kind)) == ("2-cycle", "converges")
    assert cycle.amplitude == pytest.approx(2.0133 / 2 - 1, rel=1e-2)
    assert cycle.largest < settled.smallest
    assert cycle.share + settled.share == 1
    assert cycle.interval[0] < cycle.share < cycle.interval[1]


def marching(x, g, *, t, lr: Rate = 0.01):
    """Steps of one length: from far it only ever comes nearer, and is not about to converge."""
    return x - lr * sign(g)


def test_what_comes_nearer_by_the_same_length_every_step_is_not_called_convergent():
    diagnosis = diagnose(marching, lr=2.3e-7)
    assert diagnosis.verdict == "2-cycle"
    assert {str(a.kind) for a in diagnosis.attractors} == {"2-cycle", "undecided"}


def begun(x, g, m, *, t, lr: Rate = 0.1, beta: Momentum = 0.9):
    """A heavy ball whose first step is its own: as t grows that makes no difference."""
    m = where(t <= 1, g, beta * m + g)
    return x - lr * m, m


def test_a_first_step_of_its_own_does_not_hinder_the_derivation():
    diagnosis = diagnose(begun, 2.0)
    assert diagnosis.threshold == pytest.approx(2 * 1.9 / 2.0)
    assert diagnosis.threshold_formula.text == "2*(beta + 1)/h"


def powers(x, g, *, t, lr: Rate = 0.1):
    """g (1 + g^2), mirrored with g: e, -e where lr h (1 + h^2 e^2) = 2."""
    return x - lr * (g + g**3)


def test_odd_powers_are_mirrored():
    diagnosis = diagnose(powers, lr=1.5)
    (cycle,) = diagnosis.cycles
    assert cycle.amplitude == pytest.approx(math.sqrt(2 / 1.5 - 1))


def swinging(x, g, z, mean, *, t, lr: Rate = 0.1, beta: Momentum = 0.9):
    """Schedule-free descent (Defazio et al. 2024): stable for lr < 2/((1 - beta) h), and slow to show it."""
    z = where(t <= 1, x, z) - lr * g
    mean = where(t <= 1, x, mean)
    mean = mean + (z - mean) / t
    return (1 - beta) * z + beta * mean, z, mean


def test_a_threshold_is_searched_for_though_errors_shrink_in_slow_swings():
    diagnosis = diagnose(swinging, 10.0, lr=1e-3)
    assert diagnosis.threshold == pytest.approx(2 / (0.1 * 10), rel=1e-2)
    assert diagnosis.verdict == "converges"


def uneven(x, g, *, t, lr: Rate = 1.0):
    """A step of 1 down from above 0, and of 2 up from below: e = 0.5, -0.5, 1.5, 0.5 from 0.5, of period 3."""
    return where(x > 0, x - lr, x + 2 * lr)


def test_a_cycle_that_is_not_e_minus_e_is_told_by_its_errors():
    diagnosis = diagnose(uneven, start=0.5)
    assert (diagnosis.verdict, diagnosis.simulated.period) == ("cycle", 3)
    assert sorted(diagnosis.simulated.last[-3:]) == [-0.5, 0.5, 1.5]
    assert "change by less than 0.2% a step" in diagnosis.because
    assert "e = " in wording.simulated(diagnosis)


def test_the_exercise_s_cycle():
    diagnosis = diagnose("rmsprop", curvature=1.0, lr=0.01, eps=1e-8, beta=0.9)
    assert diagnosis.amplitude == pytest.approx(0.0049989999, abs=5e-11)
    assert diagnosis.simulated.amplitude == pytest.approx(diagnosis.amplitude, rel=1e-9)
    assert diagnosis.margin == pytest.approx(0.02)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("rho", [2.5, 100.0])
def test_the_folded_jacobian_of_rmsprop(beta, rho):
    eps, h = 1e-4, 2.0
    diagnosis = diagnose("rmsprop", h, lr=rho * math.sqrt(eps) / h, eps=eps, beta=beta)
    (cycle,) = diagnosis.cycles
    values = [complex(*pair) for pair in cycle.eigenvalues]
    assert sum(values).real == pytest.approx(1 + beta - 8 * (1 - beta) * (0.25 - 1 / rho**2))
    assert (values[0] * values[1]).real == pytest.approx(beta, abs=1e-12)
    assert cycle.stable
    assert cycle.amplitude == pytest.approx(math.sqrt((rho * math.sqrt(eps) / h) ** 2 / 4 - eps / h**2))


@pytest.mark.parametrize("b1", [0.0, 0.5, 0.9])
def test_adam_s_cycle(b1):
    diagnosis = diagnose("adam", 2.0, lr=1.0, eps=1e-3, beta1=b1, beta2=0.9)
    (cycle,) = diagnosis.cycles
    assert cycle.amplitude == pytest.approx((1 - b1) / (1 + b1) / 2 - 1e-3 / 2.0)


def test_a_proof_stands_against_an_orbit_that_rounds_and_both_are_said():
    diagnosis = diagnose("rmsprop", lr=2e-4)  # at the threshold: decreasing, but ever more slowly
    assert diagnosis.evidence == "proved"
    assert diagnosis.verdict.startswith("converges")
    assert not diagnosis.agrees
    assert "disagree" in diagnosis.disagreements[0]


def test_where_the_linearisation_and_the_orbit_differ_the_orbit_has_the_word():
    diagnosis = diagnose(own_rules.nadam)
    assert any(cycle.stable for cycle in diagnosis.cycles)
    assert diagnosis.evidence == "simulated"
    assert not diagnosis.agrees


@pytest.mark.parametrize(("rule", "static"), CHOSEN, ids=named)
def test_every_rule_under_every_option_has_an_answer_that_fits_the_schema(rule, static):
    diagnosis = diagnose(rule, **static)
    Draft202012Validator(SCHEMA).validate(json.loads(as_json(diagnosis)))
    assert diagnosis.advice.endswith(".")
    assert "SymPy could not" not in " ".join(diagnosis.undone)


@pytest.mark.parametrize("rule", own_rules.EVERY)
def test_every_rule_never_seen_before_has_an_answer(rule):
    diagnosis = diagnose(rule, 3.0, minimum=0.5)
    Draft202012Validator(SCHEMA).validate(strict(record(diagnosis)))


def fading(x, g, v, *, t, lr: Rate = 0.1):
    """Every step shortens the error, but by parts whose sum is finite: it stops short of the minimum."""
    return x - lr * g / (1 + v), 2 * v + 1


def test_a_step_that_always_shortens_the_error_is_no_proof_that_it_tends_to_nought():
    diagnosis = diagnose(fading)
    assert not diagnosis.verdict.startswith("converges")
    stops_at = math.prod(1 - 0.1 / 2.0**k for k in range(60))  # the step uses the old v, 2^k - 1 before step k + 1
    assert diagnosis.amplitude == pytest.approx(stops_at, rel=1e-9)


def branching(x, g, *, t, lr: Rate = 0.1):
    return x - lr * g if g > 0 else x


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("sgd", 0.0), {}, "curvature must be a number from 1e-12 to 1e[+]12, got 0.0"),
        (("sgd", -1.0), {}, "curvature must be"),
        (("sgd", math.nan), {}, "curvature must be"),
        (("sgd", "steep"), {}, "curvature must be a number"),
        (("sgd",), {"lr": -1.0}, r"lr must be in \[0, inf\), got -1.0"),
        (("sgd",), {"lr": 1e200}, "lr must be .* of a size from 1e-150 to 1e150, got 1e[+]200"),
        (("sgd",), {"start": 0.0}, "start must not be 0"),
        (("sgd",), {"momentum": 0.9}, "sgd has no hyperparameter 'momentum'"),
        (("adma",), {}, "did you mean 'adam'"),
        ((branching,), {}, "cannot be traced: a rule cannot branch"),
    ],
)
def test_a_mistake_is_named_in_one_line(arguments, options, message):
    with pytest.raises(UserError, match=message) as caught:
        diagnose(*arguments, **options)
    assert "\n" not in str(caught.value)
