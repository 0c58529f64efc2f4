"""A user's mistake is a ValueError with one line, and a near miss is offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.errors import UserError, did_you_mean

KNOWN = ["sgd", "momentum", "adagrad", "rmsprop", "adam", "amsgrad", "adamw", "lamb"]


def test_it_can_be_caught_as_a_value_error():
    with pytest.raises(ValueError, match="lr must be"):
        raise UserError("lr must be positive, got -1")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("adma", "adam"), ("Adam", "adam"), ("RMSprop", "rmsprop"), ("sdg", "sgd"), ("momemtum", "momentum")],
)
def test_a_near_miss_is_offered(typed, meant):
    assert did_you_mean(typed, KNOWN) == f"did you mean {meant!r}?"


def test_all_that_is_known_is_listed_in_order_where_nothing_is_near():
    assert did_you_mean("quantum", KNOWN) == f"known: {', '.join(sorted(KNOWN))}"


@given(st.text(), st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)))
def test_it_is_one_line_for_any_text(typed, known):
    assert len(did_you_mean(typed, known).splitlines()) == 1


def test_where_nothing_is_known_that_is_said():
    assert did_you_mean("lr", []) == "known: none"
