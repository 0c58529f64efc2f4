"""A rule is read off its signature; what a signature lacks is said in one line that names the rule."""

import functools
from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
import pytest

from surefoot.errors import UserError
from surefoot.rules import RULES, Accumulator, Domain, Epsilon, Facts, Rate, Rule, Start, facts, find
from surefoot.rules.vocabulary import Value
from tests.rules.own import EVERY, named


def whole(
    x: Value,
    g: Value,
    a: Annotated[Value, Start("first")],
    b: Value,
    *,
    t: Value,
    lr: Rate = 0.1,
    first: Accumulator = 0.5,
    plain: float = -3.0,
    bare=7,
    kind: Literal["one", "two"] = "two",
    bent: bool = True,
    guessed=False,
) -> tuple[Value, Value, Value]:
    return x - lr * g, a, b


def test_everything_is_read_off_the_signature() -> None:
    rule = Rule.of(whole)
    assert rule.name == "whole"
    assert rule.slots == ("x", "g", "a", "b")
    assert rule.state == ("a", "b")
    assert rule.start == {"a": "first"}
    assert list(rule.hyper) == ["lr", "first", "plain", "bare"]
    assert rule.static == {"kind": ("one", "two"), "bent": (False, True), "guessed": (False, True)}
    assert rule.defaults == {
        "lr": 0.1, "first": 0.5, "plain": -3.0, "bare": 7, "kind": "two", "bent": True, "guessed": False,
    }  # fmt: skip
    assert rule.facts == Facts()
    assert rule.title == "whole"
    assert not rule.hyper["plain"].searched
    assert rule.hyper["plain"].check("plain", -1e300) == -1e300


def test_facts_are_read_off_the_function_and_leave_it_as_it_was() -> None:
    @facts("Whole", "a book")
    def stated(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x

    assert Rule.of(stated).title == "Whole"
    assert stated(1, 2, t=3) == 1


def no_star(x, g, t, lr=0.1): ...
def no_count(x, g, *, lr: Rate = 0.1): ...
def other_slots(w, grad, *, t, lr: Rate = 0.1): ...
def swallows(x, g, *rest, t, lr: Rate = 0.1): ...
def swallows_names(x, g, *, t, **rest): ...
def no_default(x, g, *, t, lr: Rate): ...
def unknown_type(x, g, *, t, lr: str = "big"): ...
def unknown_mark(x, g, *, t, lr: Annotated[float, "a rate"] = 0.1): ...
def no_number(x, g, *, t, lr=None): ...
def bad_default(x, g, *, t, lr: Rate = -1.0): ...
def bad_choice(x, g, *, t, kind: Literal["a", "b"] = "c"): ...
def bad_start(x, g, a: Annotated[Value, Start("first")], *, t, lr: Rate = 0.1): ...
def engines_slot(x, g, rate, *, t, lr: Rate = 0.1): ...
def slot_default(x, g, a=0.5, *, t, lr: Rate = 0.1): ...
def no_star_but_marks(x, g, lr: Rate, *, t): ...
def bare_start(x, g, a: Start("lr"), *, t, lr: Rate = 0.1): ...
def start_class(x, g, a: Annotated[Value, Start], *, t, lr: Rate = 0.1): ...
def never_above_zero(x, g, *, t, lr: Annotated[float, Domain("a rate", -1, 1, decades=2)] = -0.5): ...
async def waits(x, g, *, t, lr: Rate = 0.1): ...
def yields(x, g, *, t, lr: Rate = 0.1):
    yield x


def unresolved(x, g, *, t, lr: "Missing" = 0.1): ...  # noqa: F821


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_star, r"rule no_star: slot lr cannot have a default; hyperparameters stand after the star"),
        (
            no_count,
            r"rule no_count must take the step count t after the star: def no_count\(x, g, ",
        ),
        (other_slots, r"rule other_slots must take \(x, g, then its state slots, .*\), got \('w', 'grad'\)"),
        (swallows, r"rule swallows must take \(x, g, then its state slots"),
        (swallows_names, r"rule swallows_names must take \(x, g, then its state slots"),
        (no_default, r"rule no_default: lr must have a default value, got none; write lr: Rate = 0.01"),
        (unknown_type, r"rule unknown_type: lr must be annotated with Rate, .* or a Literal, got <class 'str'>"),
        (unknown_mark, r"rule unknown_mark: lr must be annotated with Rate, .*'a rate'"),
        (no_number, r"rule no_number: lr must be annotated with Rate, .*, got the default None alone"),
        (bad_default, r"rule bad_default: the default of lr must be in \[0, inf\), got -1.0"),
        (bad_choice, r"rule bad_choice: the default of kind must be one of 'a', 'b', got 'c'"),
        (bad_start, r"rule bad_start: slot a starts at 'first', which must be a hyperparameter of it; .* where"),
        (engines_slot, "rule engines_slot: slot rate must have another name; rate .* are the engines' own"),
        (slot_default, r"rule slot_default: slot a cannot have a default"),
        (
            no_star_but_marks,
            "rule no_star_but_marks: lr is a hyperparameter by its annotation, and must stand after the s",
        ),
        (bare_start, r"rule bare_start: write a: Annotated\[Value, Start\("),
        (start_class, r"rule start_class: write a: Annotated\[Value, Start\("),
        (
            never_above_zero,
            r"rule never_above_zero: lr is searched around its default, which must be above 0, got -0.5",
        ),
        (waits, "rule waits must return its results: write it with def and return, without async and yield"),
        (yields, "rule yields must return its results: write it with def and return, without async and yield"),
        (unresolved, r"rule unresolved must have a readable signature: NameError: name 'Missing' is not def"),
        (np.add, r"rule add must be a function, got an object of the class ufunc"),
        (Facts, "rule Facts must be a function, got a class"),
        (
            functools.partial(whole),
            r"rule partial must be a function, got an object of the class partial; write one that calls it",
        ),
    ],
    ids=lambda a: getattr(a, "__name__", None) or "message",
)
def test_what_is_wrong_is_said_in_one_line(function: Callable[..., object], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        find(function)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rule", EVERY, ids=named)
def test_settings_fill_in_defaults_and_refuse_what_is_unknown_or_out_of_bounds(rule: Rule) -> None:
    assert rule.settings() == rule.settings({}) == dict(rule.defaults)
    with pytest.raises(UserError, match=f"{rule.name} has no hyperparameter 'lrr'; did you mean 'lr'"):
        rule.settings({"lrr": 1.0})
    for name, choices in rule.static.items():
        assert all(rule.settings({name: choice})[name] == choice for choice in choices)
        with pytest.raises(UserError, match=f"{name} must be one of {choices[0]!r}, .*, got 'sideways'"):
            rule.settings({name: "sideways"})


def test_the_outermost_domain_holds_and_a_choice_may_be_annotated() -> None:
    def narrowed(
        x: Value,
        g: Value,
        /,
        *,
        t: Value,
        lr: Annotated[Rate, Domain("a small rate", 0, 1)] = 0.1,
        kind: Annotated[Literal["one", "two"], "which"] = "two",
    ) -> Value:
        return x - lr * g

    rule = Rule.of(narrowed)
    assert rule.hyper["lr"].interval == "(0, 1)"
    assert rule.static == {"kind": ("one", "two")}


def test_a_choice_given_as_an_equal_thing_is_the_choice() -> None:
    assert RULES["rmsprop"].settings({"centered": 1})["centered"] is True


def test_an_unknown_form_is_named() -> None:
    with pytest.raises(UserError, match="sgd has no form 'tensorflow'; known: torch"):
        RULES["sgd"].form("tensorflow")
    assert RULES["rmsprop"].form("keras")["lr"] == 1e-3


def test_epsilon_may_be_zero_but_not_negative() -> None:
    assert isinstance(Epsilon.__metadata__[0], Domain)
    assert RULES["adam"].settings({"eps": 0})["eps"] == 0.0
    with pytest.raises(UserError, match="eps must be in"):
        RULES["adam"].settings({"eps": -1e-300})
