"""All rules by name. Adding one is a file beside this and a line here."""

from collections.abc import Callable
from typing import Any

from surefoot.errors import UserError, did_you_mean
from surefoot.references import is_reference, load
from surefoot.rules.adagrad import adagrad
from surefoot.rules.adam import adam
from surefoot.rules.adamw import adamw
from surefoot.rules.amsgrad import amsgrad
from surefoot.rules.lamb import lamb
from surefoot.rules.momentum import momentum
from surefoot.rules.rmsprop import rmsprop
from surefoot.rules.rmsprop_momentum import rmsprop_momentum
from surefoot.rules.rule import Rule
from surefoot.rules.sgd import sgd

#: The eight of the chapter, in its order: what a comparison runs unless told otherwise.
CHAPTER = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "amsgrad", "adamw", "lamb")

RULES: dict[str, Rule] = {
    f.__name__: Rule.of(f) for f in (sgd, momentum, adagrad, rmsprop, rmsprop_momentum, adam, amsgrad, adamw, lamb)
}


def find(rule: str | Callable[..., Any] | Rule) -> Rule:
    """The rule that a name, a `file.py:function`, a function of one's own or an optimizer class of ours stands for.

    Raises:
        UserError: if there is none, with the nearest name.

    >>> find("adam").state
    ('m', 'v')
    >>> find("adma")
    Traceback (most recent call last):
    ...
    surefoot.errors.UserError: unknown optimizer 'adma'; did you mean 'adam'?
    """
    if isinstance(rule, Rule):
        return rule
    if isinstance(rule, str):
        if rule in RULES:
            return RULES[rule]
        if not is_reference(rule):
            is_own = rule.endswith(".py") or ":" in rule
            own = "a rule of your own is file.py:function" if is_own else did_you_mean(rule, RULES)
            raise UserError(f"unknown optimizer {rule!r}; {own}")
        found = load(rule)
        if not isinstance(found, Rule) and not callable(found):
            raise UserError(
                f"{rule} must be an update rule, a function (x, g, ..., *, t, lr=...), got {type(found).__name__}"
            )
        return find(found)
    if callable(rule):
        made_from = getattr(rule, "rule", None)  # an optimizer class knows its rule
        return made_from if isinstance(made_from, Rule) else Rule.of(rule)
    raise UserError(f"an optimizer must be a name, file.py:function or a rule, got {type(rule).__name__}")
