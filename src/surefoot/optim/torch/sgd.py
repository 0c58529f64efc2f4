"""torch's SGD: gradient descent, and the rule `momentum`."""

from collections.abc import Mapping
from typing import Any, Unpack

from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.optim.options import Own
from surefoot.optim.torch import forms
from surefoot.optim.torch.arguments import given
from surefoot.optim.torch.optimizer import TorchOptimizer
from surefoot.optim.torch.spelling import Spelling, decay_of
from surefoot.rules.rule import Rule


def _choose(group: Mapping[str, Any]) -> tuple[str, str]:
    moving = "nesterov" if group["nesterov"] else "heavy ball"
    return (moving if group["momentum"] != 0 else "none", decay_of(group))


class SGD(TorchOptimizer):
    """`torch.optim.SGD` by the rules `sgd` and `momentum`.

    Args:
        params: parameters, named parameters, or groups of them.
        lr: learning rate, in [0, inf), or a tensor of one number. momentum: in [0, 1). dampening: in [0, 1].
        weight_decay: the L2 penalty's coefficient, in [0, inf). nesterov: step along g + momentum * buffer.
        maximize: ascend. differentiable: let autograd run through the step, by torch's own operations.
        foreach, fused: accepted; how a step is run is the memory's to decide (docs/use.md).
        own: `rounding`, `state_dtype`, `clip_norm`, `clip_value`, which torch has not (docs/use.md).

    Raises:
        UserError: a ValueError with torch's message, for a setting outside its domain.
        RuntimeError: for `fused` with `foreach` or `differentiable`.
    """

    rule = Rule.of(forms.sgd)
    convention = Spelling(rule, _choose)

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
        **own: Unpack[Own],
    ) -> None:
        super().__init__(params, given(locals()))

    def state_dict(self) -> dict[str, Any]:
        """The state and the settings as torch's SGD saves them: no count of steps, and nothing without momentum."""
        saved = super().state_dict()
        for key, values in list(saved["state"].items()):
            if isinstance(values, dict):
                values.pop("step", None)
                if not values:
                    del saved["state"][key]
        return saved

    def _complete(self, state: dict[str, Any], p: Tensor, graph: Graph, group: dict[str, Any]) -> None:
        """As any rule's; but the first step with momentum, which dampening spares, may come after some without."""
        if "momentum_buffer" in graph.state and "momentum_buffer" not in state:
            state["step"] = 0
        super()._complete(state, p, graph, group)
