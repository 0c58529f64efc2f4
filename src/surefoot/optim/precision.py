"""How many bits a parameter's state has and how its steps are rounded, from the options of its group."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.graph import Graph
from surefoot.engines.rewriting.precision import COMPENSATION, compensated, stochastic
from surefoot.optim.eager import new_state, working_dtype

_HALVES = {torch.bfloat16: "bfloat16", torch.float16: "float16"}


def stored(graph: Graph, p: Tensor, group: Mapping[str, Any]) -> Graph:
    """The graph by which one parameter of a group is stepped: the group's, with the roundings that its types call for.

    The parameter is rounded as `rounding` says, if it is in half precision. State in half precision is always rounded
    at random: rounded to nearest, a second moment would get stuck.
    """
    half = _HALVES.get(p.dtype)
    return _stored(graph, half, group.get("rounding", "nearest"), _HALVES.get(_state_dtype(p, group)))


@lru_cache(maxsize=512)
def _stored(graph: Graph, half: str | None, rounding: str, state: str | None) -> Graph:
    at_random = dict.fromkeys(graph.state, state) if state else {}
    if half and rounding == "stochastic":
        at_random = {"x": half, **at_random}
    if half and rounding == "kahan":
        graph = compensated(graph, half)
    return stochastic(graph, {slot: kind for slot, kind in at_random.items() if kind}) if at_random else graph


def new_slot(p: Tensor, group: Mapping[str, Any], slot: str, value: float = 0.0) -> Tensor:
    """A state slot for a parameter, in the type that it is kept in, filled with its first value."""
    dtype = torch.bfloat16 if slot == COMPENSATION else _state_dtype(p, group)
    return new_state(p, value).to(dtype) if not p.is_complex() else new_state(p, value)


def _state_dtype(p: Tensor, group: Mapping[str, Any]) -> torch.dtype:
    """As `state_dtype` says for what is computed in float32; complex and double parameters keep their own type."""
    chosen: torch.dtype | None = group.get("state_dtype")
    narrows = chosen is not None and not p.is_complex() and working_dtype(p) is torch.float32
    return chosen if chosen is not None and narrows else working_dtype(p)
