"""The conformance check of a rule names what is wrong with a bad one."""

from itertools import count

import pytest

from surefoot.errors import UserError
from surefoot.rules import Rate
from surefoot.rules.vocabulary import Value
from surefoot.testing.rules import check_rule

COUNTER = count()


def impure(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
    return x - lr * g * float(next(COUNTER))


def branching(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
    return x - lr * g if g > 0 else x


def half_untraceable(x: Value, g: Value, *, t: Value, lr: Rate = 0.1, wrong: bool = False) -> Value:
    return x.mean() if wrong else x - lr * g


def test_a_rule_that_changes_between_traces_is_named() -> None:
    with pytest.raises(AssertionError, match=r"impure \{\}: two traces differ"):
        check_rule(impure)


@pytest.mark.parametrize(
    ("function", "message"), [(branching, "cannot branch on a value"), (half_untraceable, r"has no \.mean")]
)
def test_a_rule_that_cannot_be_traced_under_every_option_is_the_users_mistake(function, message: str) -> None:
    with pytest.raises(UserError, match=message):
        check_rule(function)


def test_a_name_will_do() -> None:
    check_rule("sgd")
    with pytest.raises(UserError, match="unknown optimizer"):
        check_rule("sgdd")
