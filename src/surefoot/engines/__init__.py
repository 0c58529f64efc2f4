"""Ways to run a rule; each engine is derived from the one recorded graph."""

from collections.abc import Callable, Mapping

from surefoot.engines.graph import Graph
from surefoot.errors import UserError, did_you_mean
from surefoot.rules.rule import Rule, Setting


def _llvm(graph: Graph) -> str:
    from surefoot.engines.cpu import llvm  # noqa: PLC0415 - only who asks for it loads it

    return llvm.module(graph, "float32")


def _python(graph: Graph) -> str:
    from surefoot.engines import host  # noqa: PLC0415

    return host.source(graph)


def _latex(graph: Graph) -> str:
    from surefoot.engines.printing import latex  # noqa: PLC0415

    return latex.source(graph)


def _javascript(graph: Graph) -> str:
    from surefoot.engines.printing import javascript  # noqa: PLC0415

    return javascript.WORDS + javascript.step(graph)


#: What can be shown of a rule, and by whom it is printed.
VIEWS: dict[str, Callable[[Graph], str]] = {
    "graph": Graph.text,
    "llvm": _llvm,
    "python": _python,
    "latex": _latex,
    "js": _javascript,
}


def show(rule: Rule, what: str, static: Mapping[str, Setting] | None = None) -> str:
    """What an engine derives from a rule, as text.

    Args:
        rule: the rule.
        what: `graph` (the recorded operations), `llvm` (the float32 kernel), `python` (the host's share), `latex` (the
            formulas typeset) or `js` (the step as the explorer takes it).
        static: static options, defaults where not given.

    Raises:
        UserError: if nothing of that name can be shown.
    """
    if what not in VIEWS:
        raise UserError(f"show: unknown view {what!r}; {did_you_mean(what, VIEWS)}")
    return VIEWS[what](Graph.of(rule, static))
