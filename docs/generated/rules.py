"""What docs/rules.md says of every rule, from the rules alone. `make docs` runs this file and rewrites the page."""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence

from docs.generated.part import Part, code, table
from surefoot.cli.rules import about
from surefoot.engines.graph import Graph
from surefoot.rules import RULES, Domain, Rule
from surefoot.rules.rule import Setting

PART = Part("rules")


def written(rules: Iterable[Rule]) -> str:
    """The generated part of the page: an overview, then a section a rule."""
    rules = tuple(rules)
    return "\n\n".join([overview(rules), *map(section, rules)]) + "\n"


def overview(rules: Iterable[Rule]) -> str:
    """A line a rule: name, class, bytes of state, facts, source."""
    rows = [
        (
            f"[`{rule.name}`](#{rule.title.lower()})",
            code(f"sf.optim.{rule.title}"),
            str(4 * len(Graph.of(rule).state)),
            code(str(rule.facts.first_step)),
            "yes" if rule.facts.scale_invariant else "no",
            rule.facts.source,
        )
        for rule in rules
    ]
    return table(("rule", "class", "bytes of state", "first step", "scale invariant", "source"), rows)


def section(rule: Rule) -> str:
    """Everything that one rule says of itself."""
    formula, prose = docstring(rule)
    heads = ("hyperparameter", "meaning", "allowed", "default", "searched", "from trial")
    parts = [f"## {rule.title}", about(rule), display(equations(formula)), *prose]
    parts += [f"Source: {rule.facts.source}. {state(rule)}", table(heads, hyperparameters(rule))]
    if rule.static:
        parts += [table(("static option", "choices", "default"), options(rule))]
    if rule.facts.forms:
        rows = [(code(library), code(arguments(form))) for library, form in rule.facts.forms.items()]
        parts += [table(("form", "settings that give it"), rows)]
    return "\n\n".join(parts)


def docstring(rule: Rule) -> tuple[str, list[str]]:
    """The formula, which is the docstring's first paragraph, and the prose after it with formulas in GitHub's marks."""
    formula, *prose = (" ".join(p.split()) for p in (inspect.getdoc(rule.function) or "").split("\n\n"))
    return formula, [re.sub(r"\$([^$]+)\$", r"$`\1`$", paragraph) for paragraph in prose]


def equations(formula: str) -> list[str]:
    r"""The equations of a formula, which `, \quad` separates and a full stop ends.

    >>> equations(r"m_t = g_t, \quad x_{t+1} = x_t - \eta m_t.")
    ['m_t = g_t', 'x_{t+1} = x_t - \\eta m_t']
    """
    return re.split(r",\s*\\quad\s*", formula.removesuffix("."))


def display(lines: Sequence[str]) -> str:
    """Equations one below another, aligned. A fenced block: between dollar signs Markdown would eat backslashes."""
    aligned = " \\\\\n".join(line.replace(" = ", " &= ", 1) for line in lines)
    return "\n".join(["```math", r"\begin{aligned}", aligned, r"\end{aligned}", "```"])


def state(rule: Rule) -> str:
    """The state slots that are kept, the choices under which there are others, and the slots that start elsewhere."""
    usual = Graph.of(rule).state
    sentences = [f"State: {slots(usual)}."]
    for name, choices in rule.static.items():
        kept = {choice: Graph.of(rule, {name: choice}).state for choice in choices}
        sentences += [f"With `{name}={choice!r}`: {slots(k)}." for choice, k in kept.items() if k != usual]
    sentences += [f"`{slot}` starts at `{name}`." for slot, name in rule.start.items()]
    return " ".join(sentences)


def slots(names: Sequence[str]) -> str:
    """Names of state slots in words."""
    return ", ".join(map(code, names)) or "none"


def hyperparameters(rule: Rule) -> list[tuple[str, ...]]:
    """A row for each hyperparameter."""
    return [
        (code(name), domain.meaning, code(domain.interval), number(rule.defaults[name]), *searched(rule, name, domain))
        for name, domain in rule.hyper.items()
    ]


def searched(rule: Rule, name: str, domain: Domain) -> tuple[str, str]:
    """The search range with its scale, and the first trial in which the hyperparameter moves."""
    if not domain.searched:
        return "no", ""
    low, high = domain.limits(float(rule.defaults[name]))
    return f"{number(low)} to {number(high)}, {domain.scale}", str(domain.opens_at)


def options(rule: Rule) -> list[tuple[str, ...]]:
    """A row for each static option."""
    return [
        (code(name), ", ".join(code(repr(choice)) for choice in choices), code(repr(rule.defaults[name])))
        for name, choices in rule.static.items()
    ]


def arguments(settings: Mapping[str, Setting]) -> str:
    """Settings as Python writes them.

    >>> arguments({"lr": 0.01, "eps_at": "outside"})
    "lr=0.01, eps_at='outside'"
    """
    return ", ".join(f"{name}={value!r}" for name, value in settings.items())


def number(value: Setting) -> str:
    """A number as short as it goes."""
    return f"{value:g}"


if __name__ == "__main__":
    PART.write(written(RULES.values()))
