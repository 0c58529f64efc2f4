"""For whom the factors speak is found by running a rule, so a rule of one's own is placed as the built-in ones are."""

import pytest

from surefoot.compare.character import character
from surefoot.rules import Momentum, Rate, Rule, find, norm
from surefoot.rules.vocabulary import ema

# By what the papers say of each: whose steps are scaled by a parameter's own past gradients, and whether those fade.
PLAIN, KEEPING, FADING = (False, False), (True, False), (True, True)
KNOWN = {
    "sgd": PLAIN, "momentum": PLAIN, "adagrad": KEEPING, "amsgrad": KEEPING, "rmsprop": FADING,
    "rmsprop_momentum": FADING, "adam": FADING, "adamw": FADING, "lamb": FADING,
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_the_built_in_rules_are_as_their_papers_say(name: str) -> None:
    found = character(find(name))
    assert (found.adaptive, found.fading) == KNOWN[name]


def test_a_rule_that_scales_whole_tensors_is_not_adaptive() -> None:
    def normed(x, g, m, *, t, lr: Rate = 0.01, beta: Momentum = 0.9):
        m = ema(m, g, beta)
        return x - lr * m / norm(m), m

    found = character(Rule.of(normed))
    assert (found.adaptive, found.fading) == PLAIN
