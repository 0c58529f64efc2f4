"""Saved state taken over: parameters matched by name where both sides have names, every slot in the type it is kept in.

torch's own loading casts state to its parameter's type, which loses what a half keeps in float32, and matches by place.
"""

import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from surefoot.engines.rewriting.precision import COMPENSATION
from surefoot.errors import UserError
from surefoot.optim import options
from surefoot.optim.convention import Convention
from surefoot.optim.precision import new_slot
from surefoot.rules.catalogue import RULES

Groups = Sequence[Mapping[str, Any]]
#: Hyperparameters of all our rules: a saved group that has one which the loading optimizer lacks is another rule's.
_SETTINGS = frozenset(chain.from_iterable(rule.defaults for rule in RULES.values()))

#: State slots of all our rules, and what the state of every one of them may hold besides.
_SLOTS = frozenset(chain.from_iterable(rule.state for rule in RULES.values()))
_COMMON = frozenset({"step", COMPENSATION})


def check_saved(convention: Convention, title: str, groups: Groups, saved: Mapping[str, Any]) -> None:
    """Refuse what another rule's optimizer saved: it would be taken over in part, and step otherwise than before."""
    other = f"state_dict: it is of another optimizer than {title}"
    for group in saved["param_groups"]:
        missing = [name for name in convention.needs() if name not in group]
        if missing:
            raise UserError(f"{other}; it lacks {', '.join(missing)}")
        strange = sorted(key for key in group if key in _SETTINGS and not any(key in own for own in groups))
        if strange:
            raise UserError(f"{other}; its groups set {', '.join(strange)}")
        convention.check(group)
        options.check(group)
    foreign = {
        slot for values in saved["state"].values() if isinstance(values, dict) for slot in _foreign(convention, values)
    }
    if foreign:
        raise UserError(f"{other}; it holds {', '.join(sorted(map(str, foreign)))}")


def _foreign(convention: Convention, values: Mapping[str, Any]) -> set[str]:
    """What in a parameter's saved state another rule put there; beside the own slots a user may keep things too."""
    own = {*convention.rule.state}
    rest = set(values) - own - _COMMON
    return rest & _SLOTS if own & set(values) else rest


def new_groups(groups: Groups, saved: Groups) -> list[dict[str, Any]]:
    """The saved groups with the parameters of ours, by place; names as ours.

    Raises:
        ValueError: if they are not as many, or not as large, as torch says it.
    """
    if len(groups) != len(saved):
        raise ValueError("loaded state dict has a different number of parameter groups")
    if any(len(own["params"]) != len(theirs["params"]) for own, theirs in zip(groups, saved, strict=True)):
        raise ValueError(
            "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
        )
    result = []
    for own, theirs in zip(groups, saved, strict=True):
        names = {"param_names": own["param_names"]} if "param_names" in own else {}
        kept = {name: own[name] for name in options.OPTIONS if name in own}  # torch's own groups have none of these
        result.append({**kept, **deepcopy(dict(theirs)), **names, "params": own["params"]})
    return result


def matched(groups: Groups, saved: Groups) -> list[tuple[Tensor, Any]]:
    """Our parameters, each with the key under which its state was saved: by name if both sides have the same names."""
    own = [p for group in groups for p in group["params"]]
    keys = [key for group in saved for key in group["params"]]
    names, known = _names(groups), _names(saved)
    if names is None or known is None or names == known:
        return list(zip(own, keys, strict=True))
    if sorted(names) == sorted(known) and len(set(names)) == len(names):
        key_of = dict(zip(known, keys, strict=True))
        return [(p, key_of[name]) for p, name in zip(own, names, strict=True)]
    lost = sorted(set(names) - set(known))[:3]
    warnings.warn(
        f"state_dict: its parameter names are not the optimizer's ({', '.join(lost)} not among them): matched by place",
        stacklevel=4,
    )
    return list(zip(own, keys, strict=True))


def _names(groups: Groups) -> list[str] | None:
    if not all("param_names" in group for group in groups):
        return None
    return [name for group in groups for name in group["param_names"]]


def new_states(
    convention: Convention, groups: Groups, pairs: Sequence[tuple[Tensor, Any]], saved: Mapping[Any, Any]
) -> Any:
    """The state of our parameters, copied from the saved; what was saved under no parameter's key is kept as it is."""
    state: defaultdict[Any, Any] = defaultdict(dict)
    group_of = {p: group for group in groups for p in group["params"]}
    for p, key in pairs:
        if key in saved:
            state[p] = _state_of(convention, group_of[p], p, saved[key])
    keys = {key for _, key in pairs}
    state.update({key: value for key, value in saved.items() if key not in keys})
    return state


def _state_of(convention: Convention, group: Mapping[str, Any], p: Tensor, saved: Mapping[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {}
    if "step" in saved:
        state["step"] = torch.tensor(float(saved["step"]), dtype=convention.counter())
    for slot in [s for s in (*convention.rule.state, COMPENSATION) if saved.get(s) is not None]:
        shape = tuple(saved[slot].shape)
        if shape != p.shape:
            raise UserError(f"state_dict: {slot} must have the shape {tuple(p.shape)} of its parameter, got {shape}")
        state[slot] = new_slot(p, group, slot).copy_(saved[slot])
    if state and "step" not in state:  # torch's SGD counts no steps: a buffer says that there was one
        state["step"] = torch.tensor(1.0, dtype=convention.counter())
    own = {*convention.rule.state} | _COMMON
    return state | {key: deepcopy(value) for key, value in saved.items() if key not in own}
