"""torch's spelling of a rule's settings: the keys of its parameter groups, and its checks, with some that it lacks."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.engines.rewriting.torch_order import in_torchs_order, with_torchs_root
from surefoot.errors import UserError
from surefoot.optim.convention import Options, number, recorded
from surefoot.rules.rule import Rule

#: How torch's messages call a setting, where it is not "{name} value".
_CALLED = {
    "lr": "learning rate",
    "eps": "epsilon value",
    "beta1": "beta parameter at index 0",
    "beta2": "beta parameter at index 1",
}
#: Where torch can run a fused step.
_FUSED = ["mps", "cuda", "xpu", "hpu", "cpu", "mtia", "xla"]
#: Two hyperparameters of a rule stand in one key.
_PLACES = {"beta1": ("betas", 0), "beta2": ("betas", 1)}


class Spelling:
    """A convention (`surefoot.optim.convention`): a rule in torch's form, under torch's keys.

    Args:
        rule: one of `forms`. choose: the rule's static options, in its order, as a group's keys say them.
    """

    def __init__(self, rule: Rule, choose: Callable[[Mapping[str, Any]], Options]) -> None:
        self.rule = rule
        self._choose = choose
        self._plain = tuple(name for name in rule.hyper if name not in _PLACES)
        self._paired = tuple((name, *_PLACES[name]) for name in rule.hyper if name in _PLACES)

    def options(self, group: Mapping[str, Any]) -> Options:
        """The rule's static options, the direction, and whether torch's fused kernel is to be followed."""
        return (*self._choose(group), group["maximize"], bool(group.get("fused")))

    def graph(self, options: Options) -> Graph:
        """The rule in torch's order of operations."""
        return _run(self.rule, options)

    def formula(self, options: Options) -> Graph:
        """The rule as it was recorded."""
        return recorded(self.rule, options[:-1])

    def values(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The hyperparameters by the rule's names."""
        values = {name: group[name] for name in self._plain}
        for name, key, place in self._paired:
            values[name] = group[key][place]
        return values

    def scalar(self, value: Any) -> Any:
        """As torch computes with it: a tensor of float32 and a number make a float32, which NumPy's do as well."""
        single = isinstance(value, Tensor) and value.dtype is torch.float32
        return np.float32(value.item()) if single else float(value)

    def counter(self) -> torch.dtype:
        """torch's: float32, or float64 where that is the default type."""
        return torch.float64 if torch.get_default_dtype() == torch.float64 else torch.float32

    def needs(self) -> tuple[str, ...]:
        """The keys of the hyperparameters; torch has added the others over the years."""
        return tuple(dict.fromkeys((*self._plain, *(key for _, key, _ in self._paired))))

    def admit(self, p: Tensor, group: Mapping[str, Any]) -> None:
        """Refuse a fused step of a parameter without memory, as torch does.

        Raises:
            RuntimeError: with torch's message.
        """
        if group.get("fused") and p.device.type not in _FUSED:
            raise RuntimeError(
                "`fused=True` requires all the params to be floating point Tensors of "
                f"supported devices: {_FUSED} but {p.dtype} and {p.device.type}"
            )

    def check(self, settings: Mapping[str, Any]) -> None:
        """Refuse what torch refuses, with its message, and what is outside the rule's domains."""
        lr, foreach = settings["lr"], settings.get("foreach") and not settings.get("capturable")
        if isinstance(lr, Tensor) and foreach and self._paired:
            raise UserError("lr as a Tensor is not supported for capturable=False and foreach=True")
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise UserError(f"Tensor lr must be 1-element, got shape {tuple(lr.shape)}")
        if self._paired:
            _check_betas(settings["betas"], bool(foreach))
        for name, value in self.values(settings).items():
            self._check(name, value)
        if settings.get("nesterov") and not (number(settings["momentum"]) > 0 and number(settings["dampening"]) == 0):
            raise UserError(
                "Nesterov momentum requires a momentum and zero dampening, "
                f"got momentum {settings['momentum']} and dampening {settings['dampening']}"
            )

    def _check(self, name: str, value: Any) -> None:
        called, domain = _CALLED.get(name, f"{name} value"), self.rule.hyper[name]
        plain = number(value)
        try:
            domain.check(name, plain)
        except UserError:
            where = "{}[{}]".format(*_PLACES[name]) if name in _PLACES else name
            finite = " and finite" if domain.high == math.inf else ""
            raise UserError(f"Invalid {called}: {plain}; {where} must be in {domain.interval}{finite}") from None


@lru_cache(maxsize=512)
def _run(rule: Rule, options: Options) -> Graph:
    *recording, fused = options
    graph = in_torchs_order(recorded(rule, tuple(recording)))
    return graph if fused else with_torchs_root(graph)  # the fused kernel has the processor's root


def _check_betas(betas: Any, foreach: bool) -> None:
    if not isinstance(betas, tuple | list) or len(betas) != 2:
        raise UserError(f"betas must be two numbers, got {betas!r}")
    tensors = [isinstance(beta, Tensor) for beta in betas]
    if tensors[0] != tensors[1]:
        raise UserError(f"betas must be either both floats or both Tensors, got {betas!r}")
    for place, beta in enumerate(betas):
        if isinstance(beta, Tensor) and foreach:
            raise UserError(f"betas[{place}] as a Tensor is not supported for capturable=False and foreach=True")
        if isinstance(beta, Tensor) and beta.numel() != 1:
            raise UserError(f"Tensor betas[{place}] must be 1-element, got shape {tuple(beta.shape)}")


def decay_of(group: Mapping[str, Any]) -> str:
    """Where a group's weight decay acts."""
    if not number(group["weight_decay"]):
        return "none"
    return "decoupled" if group.get("decoupled_weight_decay") else "coupled"
