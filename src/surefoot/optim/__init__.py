"""torch.optim.Optimizer classes made from rules: one for each rule of the catalogue, and `from_rule` for your own.

>>> import torch
>>> from surefoot.optim import RMSProp
>>> model = torch.nn.Linear(2, 1)
>>> optimizer = RMSProp(model.parameters(), lr=1e-2)
>>> model(torch.ones(3, 2)).sum().backward()
>>> optimizer.step()
"""

from importlib import import_module
from typing import Any

from surefoot.errors import did_you_mean
from surefoot.optim.groups import param_groups
from surefoot.optim.make import from_rule
from surefoot.optim.optimizer import RuleOptimizer
from surefoot.optim.releasing import release
from surefoot.rules.catalogue import RULES

#: A rule's name to its class.
CLASSES: dict[str, type[RuleOptimizer]] = {name: from_rule(rule, rule.title) for name, rule in RULES.items()}

_BY_TITLE = {c.__name__: c for c in CLASSES.values()}

__all__ = ["CLASSES", "RuleOptimizer", "from_rule", "param_groups", "release", *_BY_TITLE]  # noqa: PLE0604 - titles are strings


def __getattr__(name: str) -> Any:
    if name == "torch":  # the module of torch's names, which nobody else needs
        return import_module("surefoot.optim.torch")
    if name not in _BY_TITLE:
        raise AttributeError(f"surefoot.optim has no {name!r}; {did_you_mean(name, _BY_TITLE)}")
    return _BY_TITLE[name]


def __dir__() -> list[str]:
    return sorted(__all__)
