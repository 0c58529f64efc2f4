"""The sentence, case by case, and the code, which runs."""

import numpy as np
import pytest

from surefoot.compare.judging.answer import code, sentence
from tests.compare.invented import DEFAULTS, protocol, standing

SGD = standing("sgd", score=0.901, difference=-0.002)
MOMENTUM = standing("momentum", score=0.902, difference=-0.001)
RMSPROP = standing("rmsprop", score=0.902, difference=-0.001)
ADAM = standing("adam", score=0.903)
LAMB = standing("lamb", score=0.85, difference=-0.053, distinguishable=True)


def said(ranking, recommended, candidates, seeds=10):
    return sentence(ranking, recommended, candidates, DEFAULTS, protocol(seeds))


def test_undecided_names_the_set_and_why_one_is_picked() -> None:
    assert said([ADAM, MOMENTUM, SGD, LAMB], SGD, [ADAM, MOMENTUM, SGD]) == (
        "Use sgd (lr=0.03125). On toy, 300 steps of batch 16, nothing separates adam, momentum and sgd on 10 fresh "
        "seeds; sgd is the cheapest of them, with 0 bytes of state a parameter (accuracy 0.9010)."
    )


def test_among_the_cheapest_the_tolerance_decides_then_the_mean() -> None:
    easy = standing("momentum", lr_tolerance=2.345)
    assert "momentum has the widest range of good learning rates of the cheapest of them, 2.3 decades" in said(
        [ADAM, easy, RMSPROP], easy, [ADAM, easy, RMSPROP]
    )
    assert "momentum has the widest range of good learning rates of them, 2.3 decades" in said(
        [RMSPROP, easy], easy, [RMSPROP, easy]
    )
    assert "; rmsprop has the best mean of them (" in said([RMSPROP, MOMENTUM], RMSPROP, [RMSPROP, MOMENTUM])
    assert "; rmsprop has the best mean of the cheapest and easiest to tune of them (" in said(
        [ADAM, RMSPROP, MOMENTUM], RMSPROP, [ADAM, RMSPROP, MOMENTUM]
    )


def test_a_cheaper_one_left_out_by_its_interval_is_not_passed_over_in_silence() -> None:
    assert "momentum is the cheapest of those within a standard error of the best" in said(
        [ADAM, MOMENTUM, SGD], MOMENTUM, [ADAM, MOMENTUM]
    )
    assert "; adam has the best mean (" in said([ADAM, SGD], ADAM, [ADAM])


def test_decided_tells_the_lead() -> None:
    assert said([ADAM, LAMB], ADAM, [ADAM]) == (
        "Use adam (lr=0.03125). On toy, 300 steps of batch 16, it beats the other optimizer on 10 fresh seeds: "
        "accuracy 0.9030, next is lamb (−0.0530)."
    )
    assert "it beats each of the 2 others" in said([ADAM, LAMB, LAMB], ADAM, [ADAM])


def test_too_few_seeds_do_not_claim_that_nothing_separates() -> None:
    assert "16, 5 fresh seeds cannot separate adam and sgd; sgd is" in said([ADAM, SGD], SGD, [ADAM, SGD], seeds=5)
    assert "16, 1 fresh seed cannot separate adam and sgd; adam has the best mean" in said([ADAM, SGD], ADAM, [ADAM], 1)


def test_a_single_optimizer_is_compared_with_none() -> None:
    assert said([ADAM], ADAM, [ADAM]).endswith(
        "it reaches accuracy 0.9030 on 10 fresh seeds; it was the only optimizer compared."
    )


def test_only_what_differs_from_the_defaults_is_written_and_lr_always() -> None:
    text = said(
        [standing("adam", settings={"lr": 0.01, "beta": 0.5})], standing("adam", settings={"lr": 0.01, "beta": 0.5}), []
    )
    assert text.startswith("Use adam (lr=0.01, beta=0.5).")
    assert said([standing("adam", settings=DEFAULTS)], standing("adam", settings=DEFAULTS), []).startswith(
        "Use adam (lr=0.01)."
    )


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-8, np.pi * 1e-5, 3.0])
def test_the_code_gives_back_the_very_settings(value: float) -> None:
    text = code(
        "dict",
        ("import math",),
        {"lr": value, "beta": 0.5, "eps_at": "inside", "centered": True, "eps": 1e-8},
        {"eps": 1e-8},
    )
    first, *rest = text.splitlines()
    assert first == "import surefoot as sf"
    names: dict[str, object] = {}
    exec("\n".join(rest).replace("model.parameters(), ", ""), names)  # the rest is plain Python
    assert names["optimizer"] == {"lr": value, "beta": 0.5, "eps_at": "inside", "centered": True}


def test_a_rule_without_hyperparameters_is_named_alone() -> None:
    bare = standing("bare", settings={})
    assert said([bare], bare, [bare]).startswith("Use bare. On toy, 300 steps")
    once = sentence([bare], bare, [bare], {}, protocol(10, steps=1))
    assert once.startswith("Use bare. On toy, 1 step of batch 16")
