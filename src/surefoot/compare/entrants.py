"""Who takes part in a comparison: rules by the names they have in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from surefoot.errors import UserError
from surefoot.optim.optimizer import RuleOptimizer
from surefoot.rules.catalogue import CHAPTER, RULES, find
from surefoot.rules.rule import Rule

#: What a user may name an optimizer by.
Named = str | Callable[..., Any] | Rule | type[RuleOptimizer]


@dataclass(frozen=True)
class Entrant:
    """A rule in a comparison, and the Python expression of its optimizer class, with surefoot imported as `sf`."""

    rule: Rule
    constructor: str


def entrants(optimizers: Sequence[Named] | str | None) -> dict[str, Entrant]:
    """Who is compared, by name; the chapter's eight unless told otherwise.

    Args:
        optimizers: names, `file.py:function`, functions, rules or our optimizer classes; a single text may hold
            several, with commas between.

    Raises:
        UserError: for an unknown name, a function that is no rule, a name given twice, or nothing at all.

    >>> {name: entrant.constructor for name, entrant in entrants("sgd,adam").items()}
    {'sgd': 'sf.optim.SGD', 'adam': 'sf.optim.Adam'}
    """
    if optimizers is None:
        optimizers = CHAPTER
    if isinstance(optimizers, str):
        optimizers = [name.strip() for name in optimizers.split(",")]
    if not isinstance(optimizers, Sequence):
        raise UserError(f"optimizers: must be a list of names or rules, got {type(optimizers).__name__}")
    found: dict[str, Entrant] = {}
    for named in optimizers:
        rule = find(named.rule if isinstance(named, type) and issubclass(named, RuleOptimizer) else named)
        if rule.name in found:
            raise UserError(f"optimizers: {rule.name!r} stands twice; every optimizer needs a name of its own")
        rule.trace({option: rule.defaults[option] for option in rule.static})  # what cannot be traced is said here
        found[rule.name] = Entrant(rule, _constructor(named, rule))
    if not found:
        raise UserError("optimizers: at least one must be given, got none; leave it out for the chapter's eight")
    return found


def _constructor(named: Named, rule: Rule) -> str:
    if RULES.get(rule.name) is rule:
        return f"sf.optim.{rule.title}"
    if not isinstance(named, str):
        return f"sf.optim.from_rule({rule.name})"
    return f"sf.optim.from_rule({named!r})"
