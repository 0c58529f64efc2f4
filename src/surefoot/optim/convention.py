"""How the keys of a parameter group say what a rule is to do: which options it has, and what its numbers are."""

from collections.abc import Hashable, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol

import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.errors import UserError
from surefoot.optim.sparse.rows import SPARSE
from surefoot.rules.catalogue import RULES
from surefoot.rules.rule import Rule

Options = tuple[Hashable, ...]
#: Settings of all our rules, and torch's names for them: in a group of a rule without it, each would do nothing.
FOREIGN = frozenset(chain.from_iterable(rule.defaults for rule in RULES.values())) | {
    "alpha", "amsgrad", "betas", "dampening", "lr_decay", "momentum", "nesterov"
}  # fmt: skip


class Convention(Protocol):
    """A spelling of a rule's settings in parameter groups; surefoot's own, or torch's (`surefoot.optim.torch`)."""

    @property
    def rule(self) -> Rule:
        """The rule, whose state slots are the keys of an optimizer's state."""

    def check(self, settings: Mapping[str, Any]) -> None:
        """Refuse settings of a group that the rule cannot work with, by name, with a UserError."""

    def options(self, group: Mapping[str, Any]) -> Options:
        """What of a group decides the graph. Asked at every step, so it must be quick."""

    def graph(self, options: Options) -> Graph:
        """The graph that is run under these options."""

    def formula(self, options: Options) -> Graph:
        """The graph as the rule's function was recorded: what it computes, whatever the order it is run in."""

    def values(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The rule's hyperparameters, each a number or a tensor of one number."""

    def scalar(self, value: Any) -> Any:
        """A hyperparameter as the host computes with it, in float64 or in the type of a tensor that it is."""

    def admit(self, p: Tensor, group: Mapping[str, Any]) -> None:
        """Refuse a parameter that cannot be stepped as its group says. Asked when a step is laid out."""

    def counter(self) -> torch.dtype:
        """The type of the step counts in the state."""

    def needs(self) -> tuple[str, ...]:
        """The keys that a saved group must have, unless another rule's optimizer saved it."""


class Own:
    """Surefoot's: a group has a key for each hyperparameter and each static option of the rule, and `maximize`."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._keys = (*rule.static, "maximize")

    def check(self, settings: Mapping[str, Any]) -> None:
        """Refuse what is outside its domain, and what other rules would heed; a learning rate may be a tensor."""
        for name in FOREIGN.intersection(settings).difference(self.rule.defaults):
            if number(settings[name]) not in (0, None):
                raise UserError(
                    f"{name} must be left out for {self.rule.name}, which has no such setting, got {settings[name]!r}; "
                    f"{_owners(name)}"
                )
        known = {name: settings[name] for name in settings if name in self.rule.defaults}
        self.rule.settings({name: number(value) for name, value in known.items()})
        if not isinstance(settings.get("maximize", False), bool):
            raise UserError(f"maximize must be True or False, got {settings['maximize']!r}")
        if settings.get("sparse", SPARSE[0]) not in SPARSE:
            raise UserError(f"sparse must be one of {', '.join(map(repr, SPARSE))}, got {settings['sparse']!r}")

    def options(self, group: Mapping[str, Any]) -> Options:
        """The static options, and the direction."""
        return tuple([group[key] for key in self._keys])

    def graph(self, options: Options) -> Graph:
        """The rule's function, recorded."""
        return self.formula(options)

    def formula(self, options: Options) -> Graph:
        """The rule's function, recorded."""
        return recorded(self.rule, options)

    def values(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The hyperparameters by their own names."""
        return {name: group[name] for name in self.rule.hyper}

    def scalar(self, value: Any) -> float:
        """A number of float64, whatever it was."""
        return float(value)

    def admit(self, p: Tensor, group: Mapping[str, Any]) -> None:
        """Any parameter will do."""

    def counter(self) -> torch.dtype:
        """float64, which counts any training to its end."""
        return torch.float64

    def needs(self) -> tuple[str, ...]:
        """Every setting of the rule."""
        return tuple(self.rule.defaults)


@lru_cache(maxsize=512)
def recorded(rule: Rule, options: Options) -> Graph:
    """The graph of a rule under a choice for each of its static options, in their order, then the direction."""
    *static, maximize = options
    return Graph.of(rule, rule.settings(dict(zip(rule.static, static, strict=True))), bool(maximize))


def _owners(name: str) -> str:
    rules = [rule.name for rule in RULES.values() if name in rule.defaults]
    return f"{', '.join(rules)} have it" if rules else "surefoot.optim.torch has torch's names"


def number(value: Any) -> Any:
    """The value of a tensor of one number; anything else as it is."""
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 else value
