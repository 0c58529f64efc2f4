"""The optimizer: torch's interface around a rule. One class; `make.from_rule` gives it a rule and a name."""

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from inspect import unwrap
from itertools import chain, repeat
from operator import attrgetter, is_, itemgetter
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim import optimizer as torch_optimizer

from surefoot.engines.graph import Graph
from surefoot.errors import UserError
from surefoot.optim.eager import new_state
from surefoot.optim.layout import Column, Layout, Member
from surefoot.rules.rule import Rule

Closure = Callable[[], Any]
#: torch's own, without the wrapper that hides it from torch.compile: that one loads all of the compiler, a second's
#: work, when the first optimizer of a process is made.
_add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
_grad = attrgetter("grad")


class RuleOptimizer(torch.optim.Optimizer):
    """A torch optimizer that steps by a rule. Abstract: its subclasses, made by `from_rule`, only name the rule.

    Parameters are stepped in place. Plain dense float32 and float64 CPU tensors are stepped together by one kernel; all
    others one by one, with the same result. Half-precision parameters are stepped, and keep their state, in float32.
    `optimizer.state[p]` holds a tensor for each state slot of the rule, by the rule's own names, and `step`, the count.
    """

    rule: ClassVar[Rule]

    def __init__(self, params: Any, *, maximize: bool = False, **settings: Any) -> None:
        self._layout: Layout | None = None
        self._options: list[Any] = []
        self._contents: list[Any] = []
        super().__init__(params, {**self.rule.defaults, **settings, "maximize": maximize})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own; those not given are the optimizer's.

        Raises:
            UserError: for a setting outside its domain, naming it.
        """
        _plain(self.rule, {**self.defaults, **param_group})
        _add_param_group(self, param_group)
        for p in self.param_groups[-1]["params"]:
            if not (p.is_floating_point() or p.is_complex()):
                self.param_groups.pop()
                raise UserError(
                    f"params must be of a floating or complex type, got {p.dtype}; convert them, or leave them out"
                )
        self._layout = None

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a copy of the state and the settings that `state_dict` gave.

        Raises:
            UserError: if it was saved by an optimizer of another rule, or holds a setting outside its domain.
        """
        _check_saved(self.rule, state_dict)
        super().load_state_dict(state_dict)
        # torch casts state to its parameter's type, which loses what a half keeps in float32, and may share its memory.
        saved = [state_dict["state"].get(i, {}) for group in state_dict["param_groups"] for i in group["params"]]
        parameters = [p for group in self.param_groups for p in group["params"]]
        for p, values in zip(parameters, saved, strict=True):
            for slot in [s for s in self.rule.state if s in values]:
                self.state[p][slot] = new_state(p, 0.0).copy_(values[slot])
            if "step" in values:
                self.state[p]["step"] = torch.tensor(float(values["step"]), dtype=torch.float64)
        self._layout = None

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._layout = None

    def step(self, closure: Closure | None = None) -> Any:
        """Step every parameter that has a gradient once.

        Args:
            closure: evaluates the model anew and returns the loss, as in torch.

        Returns:
            The closure's loss, or None.
        """
        if _watched(self):
            return _step_watched(self, closure)
        return self._step(closure)

    step.hooked = True  # type: ignore[attr-defined]  # torch would wrap it in a profiler record, also when none is running

    def _step(self, closure: Closure | None = None) -> Any:
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        parameters = [p for group in self.param_groups for p in group["params"]]
        grads = list(map(_grad, parameters))
        if any(map(is_, grads, repeat(None))):
            parameters = [p for p, g in zip(parameters, grads, strict=True) if g is not None]
            grads = [g for g in grads if g is not None]
        options = list(map(self._options_of, self.param_groups))
        layout = self._layout
        kept = layout is not None and options == self._options and self._holds(self._contents)
        if layout is None or not kept or not layout.stands(parameters, grads):
            layout = self._layout = Layout(self._members(), grads)
            self._options, self._contents = options, self._held()
        layout.step(grads)
        return loss

    @cached_property
    def _options_of(self) -> Callable[[dict[str, Any]], Any]:
        """What of a group decides the graph: static options and direction."""
        return itemgetter(*self.rule.static, "maximize")

    def _held(self) -> list[Any]:
        """Everything that the state holds, in order."""
        return list(chain.from_iterable(map(dict.values, self.state.values())))

    def _holds(self, contents: list[Any]) -> bool:
        """Whether the state holds just these things still: a user may clear it, or put other tensors in their place."""
        held = self._held()
        return len(held) == len(contents) and all(map(is_, held, contents))

    def _members(self) -> list[Member]:
        """The parameters that have a gradient, with state, in columns of one group and one step count."""
        members = []
        for group in self.param_groups:
            graph = _graph(self.rule, tuple((name, group[name]) for name in self.rule.static), group["maximize"])
            columns: dict[int, Column] = {}
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                self._complete(state, p, graph, group)
                t = int(state["step"])
                if t not in columns:
                    columns[t] = Column(group, graph, t)
                state["step"] = columns[t].counter
                members.append(Member(p, state, columns[t]))
        return members

    def _complete(self, state: dict[str, Any], p: Tensor, graph: Graph, group: dict[str, Any]) -> None:
        """Give a parameter the state it lacks: all of it before its first step."""
        state.setdefault("step", 0)
        for slot in graph.state:
            if slot not in state:
                state[slot] = new_state(p, float(group[self.rule.start[slot]]) if slot in self.rule.start else 0.0)


def _plain(rule: Rule, settings: dict[str, Any]) -> None:
    """Check settings, a learning rate that is a tensor by its value; other keys of a group are not the rule's."""
    known = {name: settings[name] for name in settings if name in rule.defaults}
    rule.settings({name: v.item() if isinstance(v, Tensor) and v.numel() == 1 else v for name, v in known.items()})
    if not isinstance(settings.get("maximize", False), bool):
        raise UserError(f"maximize must be True or False, got {settings['maximize']!r}")


def _check_saved(rule: Rule, state_dict: dict[str, Any]) -> None:
    """Refuse what another rule's optimizer saved: it would be taken over in part, and step otherwise than before."""
    for group in state_dict["param_groups"]:
        missing = [name for name in rule.defaults if name not in group]
        if missing:
            raise UserError(f"state_dict: it is of another optimizer than {rule.title}; it lacks {', '.join(missing)}")
        _plain(rule, group)
    foreign = {slot for values in state_dict["state"].values() for slot in values} - {*rule.state, "step"}
    if foreign:
        raise UserError(
            f"state_dict: it is of another optimizer than {rule.title}; it holds {', '.join(sorted(foreign))}"
        )


@lru_cache(maxsize=256)
def _graph(rule: Rule, static: tuple[tuple[str, Any], ...], maximize: bool) -> Graph:
    return Graph.of(rule, rule.settings(dict(static)), maximize)


def _watched(optimizer: RuleOptimizer) -> bool:
    hooks: Iterable[Any] = (
        torch_optimizer._global_optimizer_pre_hooks,
        torch_optimizer._global_optimizer_post_hooks,
        optimizer._optimizer_step_pre_hooks,
        optimizer._optimizer_step_post_hooks,
    )
    return any(hooks) or torch._C._autograd._profiler_enabled()


#: torch's own wrapper: hooks before and after, and a record for the profiler.
_step_watched = torch.optim.Optimizer.profile_hook_step(RuleOptimizer._step)
