"""What docs/sparse.md says of every rule, read off the rules at g = 0. `make docs` rewrites the table by this file."""

from collections.abc import Iterable

from docs.generated.part import Part, code, table
from surefoot.engines.analysis.idle import Idle, idle
from surefoot.engines.graph import Graph
from surefoot.rules import RULES, Rule

PART = Part("sparse")


def written(rules: Iterable[Rule]) -> str:
    """The table: a line for each rule, and for each choice of options under which it is another."""
    heads = ("rule", "a missed step multiplies", "what is not made good", "as the dense step")
    return table(heads, [row for rule in rules for row in rows(rule)]) + "\n"


def rows(rule: Rule) -> list[tuple[str, ...]]:
    """The lines of one rule."""
    usual = Graph.of(rule)
    if not usual.elementwise:
        return [(code(rule.name), "every row is stepped: the rule takes norms", "", "yes")]
    lines = [(code(rule.name), *cells(idle(usual)))]
    for name, choices in rule.static.items():
        for choice in choices:
            line = (f"{code(rule.name)}, {code(f'{name}={choice!r}')}", *cells(idle(Graph.of(rule, {name: choice}))))
            if line[1:] not in [known[1:] for known in lines]:
                lines.append(line)
    return lines


def cells(found: Idle) -> tuple[str, str, str]:
    """What a step without gradient does, in three cells."""
    factors = ", ".join(
        f"{code(slot)} by {code(text)}" for slot, text in zip(found.factors, found.formulas, strict=True)
    )
    lost = [f"the rest of {code(s)}'s change" if s in found.factors else f"{code(s)}'s change" for s in found.lost]
    return factors or "nothing", ", ".join(lost) or "nothing", "no" if found.lost else "yes"


if __name__ == "__main__":
    PART.write(written(RULES.values()))
