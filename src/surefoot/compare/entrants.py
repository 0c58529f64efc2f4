"""Who takes part in a comparison: rules by the names they have in it."""

from collections.abc import Callable, Sequence
from typing import Any

from surefoot.errors import UserError
from surefoot.rules.catalogue import CHAPTER, find
from surefoot.rules.rule import Rule

Entrant = str | Callable[..., Any] | Rule


def entrants(optimizers: Sequence[Entrant] | str | None) -> dict[str, Rule]:
    """The rules to compare, by name; the chapter's eight unless told otherwise.

    Args:
        optimizers: names, `file.py:function`, functions or rules; a single text may hold several, with commas between.

    Raises:
        UserError: for an unknown name, a function that is no rule, a name given twice, or nothing at all.

    >>> list(entrants("sgd,adam"))
    ['sgd', 'adam']
    """
    if optimizers is None:
        optimizers = CHAPTER
    if isinstance(optimizers, str):
        optimizers = [name.strip() for name in optimizers.split(",")]
    found: dict[str, Rule] = {}
    for entrant in optimizers:
        rule = find(entrant)
        if rule.name in found:
            raise UserError(f"optimizers: {rule.name!r} stands twice; every optimizer needs a name of its own")
        rule.trace({option: rule.defaults[option] for option in rule.static})  # what cannot be traced is said here
        found[rule.name] = rule
    if not found:
        raise UserError("optimizers: at least one must be given, got none; leave it out for the chapter's eight")
    return found


def construction(entrant: Entrant, rule: Rule) -> str:
    """The Python expression for an entrant's optimizer class, with `surefoot` imported as `sf`.

    >>> construction("adam", find("adam")), construction("mine.py:lion", find("sgd"))
    ('sf.optim.Adam', "sf.optim.from_rule('mine.py:lion')")
    """
    if isinstance(entrant, str):
        return f"sf.optim.from_rule({entrant!r})" if ":" in entrant else f"sf.optim.{rule.title}"
    return f"sf.optim.from_rule({rule.name})"
