"""The optimizer: torch's interface around a rule. One class; `make.from_rule` gives it a rule and a name."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from inspect import unwrap
from itertools import chain, repeat
from operator import attrgetter, is_
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim import optimizer as torch_optimizer

from surefoot.engines.graph import Graph
from surefoot.engines.rewriting.precision import COMPENSATION
from surefoot.errors import UserError
from surefoot.optim import loading
from surefoot.optim.column import Column, Member
from surefoot.optim.convention import Convention
from surefoot.optim.differentiable import step_differentiably
from surefoot.optim.intake import Intake, inverse
from surefoot.optim.layout import Layout
from surefoot.optim.options import check, check_plain, deciding
from surefoot.optim.precision import new_slot, stored
from surefoot.optim.sparse.rows import Registry
from surefoot.optim.telemetry.rate import effective_lr
from surefoot.rules.rule import Rule

Closure = Callable[[], Any]
#: torch's own, without the wrapper that hides it from torch.compile: that one loads all of the compiler, a second's
#: work, when the first optimizer of a process is made.
_add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
_grad = attrgetter("grad")


class RuleOptimizer(torch.optim.Optimizer):
    """A torch optimizer that steps by a rule. Abstract: its subclasses name the rule, and how groups speak of it.

    Parameters are stepped in place. Plain dense CPU tensors of float64, float32 and half precision are stepped by one
    kernel for all of a type; all others one by one, with the same result. Half-precision parameters are stepped, and
    keep their state, in float32, unless `rounding` or `state_dtype` say otherwise.
    `optimizer.state[p]` holds a tensor for each state slot of the rule, by the rule's own names, and `step`, the count.
    With a sparse gradient only the rows that it names are stepped (`surefoot.optim.sparse.rows`).
    """

    rule: ClassVar[Rule]
    convention: ClassVar[Convention]
    #: Who looks on (surefoot.optim.telemetry.tracker), if anybody does.
    _observer: Any = None

    def __init__(self, params: Any, defaults: dict[str, Any] | None = None, **settings: Any) -> None:
        defaults = {**(defaults or {}), **settings}
        self._layout: Layout | None = None
        self._options: list[Any] = []
        self._contents: list[Any] = []
        self._repeats = False
        self._registry: Registry = {}
        self._intake = Intake(self.convention)
        self._release: Any = None  # surefoot.optim.releasing
        self.convention.check(defaults)
        check(defaults)
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own; those not given are the optimizer's.

        Raises:
            UserError: for a setting outside its domain, naming it.
        """
        if isinstance(param_group, dict):
            self.convention.check({**self.defaults, **param_group})
            check({**self.defaults, **param_group})
        _add_param_group(self, param_group)
        self._repeats |= _repeats(self.param_groups[-1])
        self._layout = None

    def state_dict(self) -> dict[str, Any]:
        """The state and the settings, as torch's: tensors are the optimizer's own, counters are copies."""
        self.catch_up()
        saved = super().state_dict()
        saved["state"] = {
            key: {k: v.clone() if k == "step" and isinstance(v, Tensor) else v for k, v in values.items()}
            if isinstance(values, dict)
            else values
            for key, values in saved["state"].items()
        }
        return saved

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a copy of the state and the settings that `state_dict` gave.

        Where both sides have the same names for their parameters (`optimizer(model.named_parameters())`), state goes to
        the parameter of the same name; else by place. Types are ours: float32 for halves, whatever was saved.

        Raises:
            UserError: if it was saved by an optimizer of another rule, or holds a setting outside its domain.
            ValueError: if its groups are not as many, or not as large.
        """
        saved = dict(state_dict)
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            saved = hook(self, saved) or saved
        groups = loading.new_groups(self.param_groups, saved["param_groups"])
        loading.check_saved(self.convention, type(self).__name__, self.param_groups, saved)
        pairs = loading.matched(self.param_groups, saved["param_groups"])
        states = loading.new_states(self.convention, groups, pairs, saved["state"])
        self.__setstate__({"state": states, "param_groups": groups})
        for after in self._optimizer_load_state_dict_post_hooks.values():
            after(self)

    def to(self, *args: Any, **kwargs: Any) -> "RuleOptimizer":
        """Move the state to a device, or to a type, as `torch.Tensor.to`; the parameters are the model's to move.

        Returns:
            The optimizer itself.
        """
        self.catch_up()
        for values in self.state.values():
            for slot in set(values) & {*self.rule.state, COMPENSATION}:
                values[slot] = values[slot].to(*args, **kwargs)
        self._layout = None
        return self

    def catch_up(self) -> None:
        """Make good what steps have left out in the rows that sparse gradients did not name.

        Saving and copying do it. Before a model is evaluated or saved it is to be done where the rule moves parameters
        without a gradient, as AdamW's decay does.
        """
        held = {p for group in self.param_groups for p in group["params"]}
        for p in list(self._registry):
            rows = self._registry[p] if p in held else self._registry.pop(p)  # of a table that was replaced
            rows.catch_up()

    def effective_lr(self, p: Tensor) -> Tensor:
        """The effective learning rate of every element of a parameter: how far it moves per unit of a steady gradient.

        It is read off the rule: lr / sqrt(G + eps) for AdaGrad and RMSProp, lr / (sqrt(v_hat) + eps) for Adam, with the
        state that the last step left and the settings as they are now.

        Args:
            p: one of the optimizer's parameters, after its first step.

        Returns:
            A new tensor of its shape, real, in the type it is stepped in; of a complex parameter with one more
            dimension, last, for the two parts.

        Raises:
            UserError: for another tensor, before the first step, and where the rule's rate depends on the gradient
                itself, as with signs, and there is none.

        >>> from surefoot.optim import AdaGrad
        >>> w = torch.nn.Parameter(torch.zeros(2))
        >>> optimizer = AdaGrad([w], lr=0.1, eps=0.0)
        >>> w.grad = torch.tensor([3.0, 4.0])
        >>> optimizer.step()
        >>> optimizer.effective_lr(w)
        tensor([0.0333, 0.0250])
        """
        return effective_lr(p, self.param_groups, self.state, self.convention, self._registry)

    @property
    def _step_supports_amp_scaling(self) -> bool:
        """Whether torch.amp.GradScaler sets `grad_scale` and `found_inf` and leaves it to the step to unscale.

        It does for float16, which it refuses to unscale. Others it may: it reads them all anyway, and trainers that
        clip by themselves refuse to for optimizers that unscale in the step.
        """
        return any(p.dtype is torch.float16 for group in self.param_groups for p in group["params"])

    def __getstate__(self) -> dict[str, Any]:
        self.catch_up()
        return super().__getstate__()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._layout = None
        self._repeats = any(map(_repeats, self.param_groups))
        self._registry = {}
        self._intake = Intake(self.convention)
        self._release = getattr(self, "_release", None)

    def step(self, closure: Closure | None = None) -> Any:
        """Step every parameter that has a gradient once.

        Args:
            closure: evaluates the model anew and returns the loss, as in torch.

        Returns:
            The closure's loss, or None.
        """
        if torch.compiler.is_compiling():
            return _step_uncompiled(self, closure)
        if _watched(self):
            return _step_watched(self) if closure is None else _step_watched(self, closure)
        return self._step(closure)

    step.hooked = True  # type: ignore[attr-defined]  # torch would wrap it in a profiler record, also when none is running

    def _step(self, closure: Closure | None = None) -> Any:
        loss = None
        if self._release is not None:
            self._release.close(closure)
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        if not self._unscale():
            return loss
        if self.defaults.get("differentiable"):
            self._step_differentiably()
            return loss
        if self._repeats:
            self._step_in_turns()
            return loss
        options: list[Any] = [(self.convention.options(group), deciding(group)) for group in self.param_groups]
        options.append(torch._C._len_torch_dispatch_stack() == 0)  # what a mode of torch's looks on at, it must see
        layout = self._layout
        if layout is not None and options == self._options and layout.unchanged(self.param_groups, self.state):
            try:
                self._go(layout, [])
            finally:
                layout.release()
        else:
            self._go(*self._laid_out(options))
        return loss

    def _go(self, layout: Layout, grads: list[Any]) -> None:
        """Step as laid out; for what goes through kernels alone, gradients need not be given again."""
        self._intake.measure(layout, grads)
        if self._observer is None:
            layout.step(grads)
        else:
            self._observer.around(layout, grads)

    def _laid_out(self, options: list[Any]) -> tuple[Layout, list[Any]]:
        """The layout of the step before, if it stands, or a new one; and the gradients."""
        parameters = [p for group in self.param_groups for p in group["params"]]
        grads = list(map(_grad, parameters))
        if any(map(is_, grads, repeat(None))):
            parameters = [p for p, g in zip(parameters, grads, strict=True) if g is not None]
            grads = [g for g in grads if g is not None]
        layout = self._layout
        kept = layout is not None and options == self._options and self._holds(self._contents)
        if layout is None or not kept or not layout.stands(parameters, grads):
            layout = self._layout = Layout(self._members(), grads, self._registry)
            self._options, self._contents = options, self._held()
        else:
            layout.settle(self.param_groups, self.state)
        return layout, grads

    def _alone(self, p: Tensor, group: dict[str, Any]) -> "RuleOptimizer":
        """An optimizer of one of the parameters, to step it by itself."""
        single = type(self).__new__(type(self))
        RuleOptimizer.__init__(single, [{**group, "params": [p]}], self.defaults)
        single._registry = self._registry
        return single

    def _unscale(self) -> bool:
        """Take up what torch.amp.GradScaler says: a loss scale, and whether any gradient was not finite."""
        found_inf, grad_scale = getattr(self, "found_inf", None), getattr(self, "grad_scale", None)
        if found_inf is not None and found_inf.item():
            return False
        if grad_scale is not None and not self._intake.scales:
            self._intake.scales, self._layout = True, None
        if self._intake.scales:
            self._intake.scale = inverse(grad_scale)
        return True

    def _step_in_turns(self) -> None:
        """Step a parameter that stands in its group several times as often, as torch does (and warns of)."""
        groups, seen = self.param_groups, Counter[Tensor]()
        turns: defaultdict[int, list[dict[str, Any]]] = defaultdict(lambda: [{**g, "params": []} for g in groups])
        for number, group in enumerate(groups):
            for p in (p for p in group["params"] if p.grad is not None):
                turns[seen[p]][number]["params"].append(p)
                seen[p] += 1
        try:
            for turn in sorted(turns):
                self.param_groups = turns[turn]
                members = self._members()
                grads = [_grad(member.parameter) for member in members]
                layout = Layout(members, grads, self._registry)
                self._intake.measure(layout, grads)
                layout.step(grads)
        finally:
            self.param_groups, self._layout = groups, None

    def _step_differentiably(self) -> None:
        """Step one parameter after the other, so that autograd can go back through it."""
        if self._intake.scales:
            raise UserError("grad_scale must be taken back before a differentiable step; call scaler.unscale_ first")
        for group in self.param_groups:
            check_plain(group)
            graph = self.convention.formula(self.convention.options(group))
            for p in (p for p in group["params"] if p.grad is not None):
                state = self.state[p]
                self._complete(state, p, graph, group)
                if isinstance(state["step"], Tensor) and state["step"].requires_grad:
                    raise RuntimeError("`requires_grad` is not supported for `step` in differentiable mode")
                t = float(state["step"]) + 1.0
                with torch.set_grad_enabled(True):
                    step_differentiably(graph, p, p.grad, state, self.convention.values(group), t)
                state["step"] = torch.tensor(t, dtype=self.convention.counter())

    def _held(self) -> list[Any]:
        """Everything that the state holds, in order."""
        try:
            return list(chain.from_iterable(map(dict.values, self.state.values())))
        except TypeError:  # a user's own entries beside the parameters'
            own = [values for values in self.state.values() if isinstance(values, dict)]
            return list(chain.from_iterable(map(dict.values, own)))

    def _holds(self, contents: list[Any]) -> bool:
        """Whether the state holds just these things still: a user may clear it, or put other tensors in their place."""
        held = self._held()
        return len(held) == len(contents) and all(map(is_, held, contents))

    def _members(self) -> list[Member]:
        """The parameters that have a gradient, with state, in columns of one group and one step count."""
        members = []
        for group in self.param_groups:
            graph, formula = self._intake.graph(group), self.convention.formula(self.convention.options(group))
            columns: dict[int, Column] = {}
            states: dict[int, list[dict[str, Any]]] = {}
            for p in group["params"]:
                if p.grad is None:
                    continue
                _check_type(p)
                self.convention.admit(p, group)
                state = self.state[p]
                self._complete(state, p, graph, group)
                t = int(state["step"])
                if t not in columns:
                    convention = self.convention
                    columns[t] = Column(
                        group, graph, t, self._intake.values, formula, convention.counter(), convention.scalar
                    )
                states.setdefault(t, []).append(state)
                members.append(Member(p, state, columns[t]))
            for t, column in columns.items():
                column.settle(states[t])
        return members

    def _complete(self, state: dict[str, Any], p: Tensor, graph: Graph, group: dict[str, Any]) -> None:
        """Give a parameter the state it lacks: all of it before its first step."""
        state.setdefault("step", 0)
        missing = [slot for slot in stored(graph, p, group).state if slot not in state]
        if missing:
            values = self.convention.values(group)
            for slot in missing:
                first = float(values[self.rule.start[slot]]) if slot in self.rule.start else 0.0
                state[slot] = new_slot(p, group, slot, first)


def _check_type(p: Tensor) -> None:
    """Refuse to step whole numbers. Frozen ones, as of a quantised model, may stand among the parameters."""
    if not (p.is_floating_point() or p.is_complex()):
        raise UserError(f"params must be of a floating or complex type, got {p.dtype}; convert them, or leave them out")


def _repeats(group: dict[str, Any]) -> bool:
    return len(set(group["params"])) < len(group["params"])


def _watched(optimizer: RuleOptimizer) -> bool:
    hooks: Iterable[Any] = (
        torch_optimizer._global_optimizer_pre_hooks,
        torch_optimizer._global_optimizer_post_hooks,
        optimizer._optimizer_step_pre_hooks,
        optimizer._optimizer_step_post_hooks,
    )
    return any(hooks) or torch._C._autograd._profiler_enabled()


@torch.optim.Optimizer.profile_hook_step  # torch's own wrapper: hooks around it, and a record for the profiler
def _step_watched(optimizer: RuleOptimizer, closure: Closure | None = None) -> Any:
    return optimizer._step(closure)


#: What a compiled training step calls: it is left for the step, which is compiled already, and goes on after it.
_step_uncompiled: Any = torch._disable_dynamo(RuleOptimizer.step)  # type: ignore[attr-defined]
