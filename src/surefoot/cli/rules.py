"""What the rules say of themselves, in plain text."""

import inspect
import sys
from collections.abc import Mapping

from surefoot.rules.catalogue import RULES
from surefoot.rules.domains import Domain
from surefoot.rules.rule import Rule


def listing() -> str:
    """All built-in rules, a line each."""
    width = max(map(len, RULES))
    return "\n".join(f"{name:<{width}}  {about(rule)}" for name, rule in RULES.items())


def about(rule: Rule) -> str:
    """The first line of the file that the rule stands in."""
    module = sys.modules.get(rule.function.__module__)
    return ((module and module.__doc__) or "").partition("\n")[0]


def describe(rule: Rule) -> str:
    """One rule: formula, source, state, each hyperparameter with its domain and search range, each option's choices.

    Raises:
        UserError: if it cannot be traced.
    """
    rule.trace({option: rule.defaults[option] for option in rule.static})
    lines = [about(rule) or rule.name]
    formula = inspect.getdoc(rule.function)
    lines += ["", formula, ""] if formula else []
    lines += [f"source: {rule.facts.source}"] if rule.facts.source else []
    slots = [f"{slot} (starts at {rule.start[slot]})" if slot in rule.start else slot for slot in rule.state]
    lines += [f"state: {', '.join(slots) or 'none'}", ""]
    rows: list[tuple[str, ...]] = [("hyperparameter", "default", "allowed", "searched", "meaning")]
    rows += [_hyperparameter(name, domain, rule) for name, domain in rule.hyper.items()]
    rows += [
        (name, str(rule.defaults[name]), " | ".join(map(str, choices)), "no", "changes the formula")
        for name, choices in rule.static.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines += ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if rule.facts.forms:
        width = max(map(len, rule.facts.forms))
        lines += ["", "forms of other libraries (what is not named stays at its default):"]
        lines += [f"  {library:<{width}}  {_settings(form)}" for library, form in rule.facts.forms.items()]
    return "\n".join(lines)


def _hyperparameter(name: str, domain: Domain, rule: Rule) -> tuple[str, ...]:
    default = rule.defaults[name]
    assert not isinstance(default, str)
    searched = "{:g} .. {:g}".format(*domain.limits(default)) if domain.searched else "no"
    return name, f"{default:g}", domain.interval, searched, domain.meaning


def _settings(form: Mapping[str, float | str | bool]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in form.items())
