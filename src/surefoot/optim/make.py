"""Optimizer classes from rules: the rule's signature becomes the constructor's."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from surefoot.engines.graph import Graph
from surefoot.engines.rewriting.precision import COMPENSATION
from surefoot.errors import UserError
from surefoot.optim import options
from surefoot.optim.convention import Own
from surefoot.optim.optimizer import RuleOptimizer
from surefoot.optim.sparse.rows import SPARSE, Sparse
from surefoot.rules.catalogue import RULES, find
from surefoot.rules.rule import Rule


def from_rule(rule: str | Callable[..., Any] | Rule, name: str | None = None) -> type[RuleOptimizer]:
    """The optimizer class of a rule.

    Args:
        rule: a name, `file.py:function`, or an update rule of your own. name: of the class; the rule's by default.

    Returns:
        A subclass of torch.optim.Optimizer whose constructor takes `params`, then the rule's hyperparameters and static
        options in the rule's order with the rule's defaults, then `maximize`.

    Raises:
        UserError: if the function declares no rule, cannot be traced, or uses a name that is torch's own.

    >>> import torch
    >>> from surefoot.rules import Rate, sign
    >>> def signsgd(x, g, *, t, lr: Rate = 0.01):
    ...     return x - lr * sign(g)
    >>> w = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    >>> optimizer = from_rule(signsgd)([w], lr=0.5)
    >>> (w**2).sum().backward(); optimizer.step(); w.tolist()
    [0.5, -1.5]
    """
    return _made(rule, name)


@cache
def _made(rule: str | Callable[..., Any] | Rule, name: str | None) -> type[RuleOptimizer]:
    """One class for a rule and a name, however often it is asked for: copies of an optimizer have its class."""
    found = find(rule)
    Graph.of(found)  # what cannot be traced is said here
    own = {"self", "params", "maximize", "sparse", *options.OPTIONS}
    taken = {"step", COMPENSATION} & set(found.slots) | own & set(found.defaults)
    if taken:
        raise UserError(
            f"rule {found.name} must not use the name {min(taken)!r}, torch's own in an optimizer; rename it"
        )
    signature, class_name = _signature(found), name or found.name

    def initialise(self: RuleOptimizer, *args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(self, *args, **kwargs).arguments
        except TypeError as error:
            takes = ", ".join(list(signature.parameters)[1:])
            raise TypeError(f"{class_name}() {error}; it takes {takes}") from None
        bound.pop("self")
        settings = {**found.defaults, "maximize": False, "sparse": SPARSE[0], **options.DEFAULTS}
        RuleOptimizer.__init__(self, bound.pop("params"), settings | bound)

    initialise.__signature__ = signature  # type: ignore[attr-defined]
    members = {"__init__": initialise, "__doc__": _doc(found), "__module__": "surefoot.optim", "rule": found}
    members["convention"] = Own(found)
    if RULES.get(found.name) is not found:  # a class that no import leads to is pickled by its rule's function
        members["__reduce__"] = lambda self: (_bare, (found.function, name), self.__getstate__())
    return type(class_name, (RuleOptimizer,), members)


def _bare(function: Callable[..., Any], name: str | None) -> RuleOptimizer:
    """An optimizer of a user's rule without content, which unpickling fills."""
    made = _made(function, name)
    return made.__new__(made)


def _signature(rule: Rule) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    settings = [inspect.Parameter(n, kind, default=d, annotation=type(d)) for n, d in rule.defaults.items()]
    only = inspect.Parameter.KEYWORD_ONLY
    last = [
        inspect.Parameter("maximize", only, default=False, annotation=bool),
        inspect.Parameter("sparse", only, default=SPARSE[0], annotation=Sparse),
        *options.parameters(),
    ]
    return inspect.Signature([inspect.Parameter("self", kind), inspect.Parameter("params", kind), *settings, *last])


def _doc(rule: Rule) -> str:
    """A class docstring from the rule's declaration."""
    lines = [inspect.getdoc(rule.function) or f"The rule {rule.name}."]
    if rule.facts.source:
        lines += ["", f"Source: {rule.facts.source}"]
    lines += ["", "Args:", "    params: parameters, or groups of them, as for any torch optimizer."]
    for name, default in rule.defaults.items():
        if name in rule.hyper:
            lines.append(
                f"    {name}: {rule.hyper[name].meaning}, in {rule.hyper[name].interval}. Default {default!r}."
            )
        else:
            lines.append(f"    {name}: one of {', '.join(map(repr, rule.static[name]))}. Default {default!r}.")
    lines.append("    maximize: ascend instead of descend. Default False.")
    lines.append(
        f"    sparse: one of {', '.join(map(repr, SPARSE))}: whether a row that a sparse gradient did not name is made "
        f"good when one next does, misses the steps, or is stepped with the others. Default {SPARSE[0]!r}."
    )
    return "\n".join(lines + options.doc())
