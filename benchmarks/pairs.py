"""Which torch optimizer does the same as which of our rules in its form `torch`."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from surefoot.optim import CLASSES
from surefoot.optim import torch as drop_in
from surefoot.rules.catalogue import RULES

Make = Callable[[list[Tensor]], torch.optim.Optimizer]


@dataclass(frozen=True)
class Pair:
    """A rule and torch's class of it, with the options that its form `torch` stands for where they are no defaults."""

    rule: str
    torch_class: type[torch.optim.Optimizer]
    options: Mapping[str, Any] = field(default_factory=dict)

    def ours(self, parameters: list[Tensor]) -> torch.optim.Optimizer:
        settings: dict[str, Any] = dict(RULES[self.rule].form("torch"))
        return CLASSES[self.rule](parameters, **settings)

    def theirs(self, parameters: list[Tensor], implementation: str | None = None) -> torch.optim.Optimizer:
        return self.torch_class(parameters, **self.options, **_chosen(implementation))

    def dropped_in(self, parameters: list[Tensor], implementation: str | None = None) -> torch.optim.Optimizer:
        ours: type[torch.optim.Optimizer] = getattr(drop_in, self.torch_class.__name__)
        return ours(parameters, **self.options, **_chosen(implementation))

    @property
    def contenders(self) -> dict[str, Make]:
        """Every way to run this rule, by name: ours, our class under torch's name, torch's own choice and the others.

        With `fused`, our class follows torch's fused kernel; `foreach` makes no difference to it.
        """
        known = inspect.signature(self.torch_class).parameters
        makers: dict[str, Make] = {"surefoot": self.ours, "drop-in": self.dropped_in, "torch default": self.theirs}
        for name in ("foreach", "fused"):
            if name in known:
                makers[f"torch {name}"] = partial(self.theirs, implementation=name)
        if "fused" in known:
            makers["drop-in fused"] = partial(self.dropped_in, implementation="fused")
        return makers


def _chosen(implementation: str | None) -> dict[str, Any]:
    return {implementation: True} if implementation else {}


PAIRS = (
    Pair("sgd", torch.optim.SGD),
    Pair("momentum", torch.optim.SGD, {"momentum": 0.9}),
    Pair("adagrad", torch.optim.Adagrad),
    Pair("rmsprop", torch.optim.RMSprop),
    Pair("rmsprop_momentum", torch.optim.RMSprop, {"momentum": 0.9}),
    Pair("adam", torch.optim.Adam),
    Pair("amsgrad", torch.optim.Adam, {"amsgrad": True}),
    Pair("adamw", torch.optim.AdamW),
)
