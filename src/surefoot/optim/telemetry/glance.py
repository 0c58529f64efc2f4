"""One look at a step: samples before it, samples after it, and the figures made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.rewriting.intake import FACTOR
from surefoot.optim.column import Member
from surefoot.optim.optimizer import RuleOptimizer
from surefoot.optim.telemetry.measures import Array, Seen, Sums, of_group, of_tensors
from surefoot.optim.telemetry.reading import Reading, read, reading
from surefoot.optim.telemetry.sample import Sample, of_dense, of_sparse

#: Of each tensor at least and at most so many elements are looked at.
LEAST, MOST = 32, 1024


@dataclass(frozen=True)
class Look:
    """A tensor that is about to be stepped: which elements are looked at, and what they and their gradients are.

    `zeros` is the share of zeros in the gradient, or NaN where the sample has to say.
    """

    member: Member
    sample: Sample
    before: Array
    gradient: Array
    zeros: float


@dataclass(frozen=True)
class Figures:
    """What was measured; see `surefoot.optim.telemetry.records.Record`."""

    names: tuple[str, ...]
    groups: tuple[int, ...]
    elements: tuple[int, ...]
    tensors: Array
    by_group: dict[int, Array]


class Glance:
    """How an optimizer's tensors are looked at."""

    def __init__(self, names: Mapping[int, str], sample: int) -> None:
        """`names` by the id of the tensor, which come before the optimizer's own; `sample`: elements in all."""
        self._names = names
        self._budget = sample
        self._samples: dict[tuple[int, ...], Sample] = {}

    def before(self, members: Sequence[Member], grads: Sequence[Tensor]) -> list[Look]:
        """Take the samples that the step will change."""
        most = min(MOST, max(LEAST, self._budget // len(members)))
        return [self._look(member, grad, most) for member, grad in zip(members, grads, strict=True)]

    def _look(self, member: Member, grad: Tensor, most: int) -> Look:
        p = member.parameter
        if grad.is_sparse:
            sample, values, zeros = of_sparse(grad, p, most)
        else:
            key = (most, p.is_complex(), *p.shape)
            if key not in self._samples:
                self._samples[key] = of_dense(p, most)
            sample, zeros = self._samples[key], np.nan
            values = sample.take(grad)
        return Look(member, sample, np.array(sample.take(p), np.float64), np.array(values, np.float64), zeros)

    def after(self, looks: Sequence[Look], optimizer: RuleOptimizer) -> Figures:
        """Look again, now that the step has been made."""
        places = {id(group): number for number, group in enumerate(optimizer.param_groups)}
        groups = tuple(places.get(id(look.member.column.group), 0) for look in looks)
        seen = _together(looks)
        sums = Sums.of(seen)
        by_group = {g: of_group(seen, sums, np.flatnonzero(np.array(groups) == g)) for g in sorted(set(groups))}
        if not all(id(look.member.parameter) in self._names for look in looks):  # of groups that are new, say
            self._names = {**_names(optimizer), **self._names}
        names = tuple(self._names.get(id(look.member.parameter), "") for look in looks)
        elements = tuple(look.member.parameter.numel() for look in looks)
        return Figures(names, groups, elements, of_tensors(seen, sums), by_group)


def _names(optimizer: RuleOptimizer) -> dict[int, str]:
    """What the optimizer's tensors are called, by their id: as it was told, else by their places."""
    named: dict[int, str] = {}
    for g, group in enumerate(optimizer.param_groups):
        places = [f"group {g}, tensor {k}" for k in range(len(group["params"]))]
        named |= {id(p): name for p, name in zip(group["params"], group.get("param_names", places), strict=False)}
    return named


def _together(looks: Sequence[Look]) -> Seen:
    """The samples of all tensors side by side."""
    counts = np.array([len(look.before) for look in looks])
    shape = (len(looks), max(1, int(counts.max())))
    valid = np.arange(shape[1]) < counts[:, None]
    weights = np.array([look.sample.weight for look in looks])
    columns = {id(look.member.column): look.member.column for look in looks}
    hyper = {key: column.hyper() for key, column in columns.items()}
    gradient = _stacked([look.gradient for look in looks], shape)
    gradient *= np.array([hyper[id(look.member.column)].get(FACTOR, 1.0) for look in looks])[:, None]
    before = _stacked([look.before for look in looks], shape)
    rate, trust = np.empty(shape), np.empty(len(looks))
    kinds: dict[Reading, list[int]] = {}
    for k, look in enumerate(looks):
        kinds.setdefault(reading(look.member.column.formula), []).append(k)
    for of, indices in kinds.items():
        mine = [looks[k] for k in indices]
        size = (len(mine), shape[1])
        slots = {"x": before[indices], "g": gradient[indices]}
        for slot in set(of.slots) - {"x", "g"}:
            slots[slot] = _stacked([look.sample.take(look.member.state[slot]) for look in mine], size)
        uniforms = _uniforms(of, mine, hyper)
        rate[indices], trust[indices] = read(of, slots, uniforms, valid[indices], weights[indices])
    after = _stacked([look.sample.take(look.member.parameter) for look in looks], shape)
    shares, zeros = (np.array(values) for values in zip(*((k.sample.share, k.zeros) for k in looks), strict=True))
    elements = np.array([look.sample.numel for look in looks], np.float64)
    return Seen(before, after, gradient, rate, valid, elements, weights, shares, zeros, trust)


def _uniforms(of: Reading, looks: Sequence[Look], hyper: Mapping[int, Mapping[str, float]]) -> list[tuple[float, ...]]:
    """The host's numbers of each tensor; those of one column are computed once."""
    known: dict[int, tuple[float, ...]] = {}
    for look in looks:
        column = look.member.column
        if id(column) not in known:
            values = hyper[id(column)]
            known[id(column)] = of.uniforms(column.t, **{name: values[name] for name in column.formula.hyper})
    return [known[id(look.member.column)] for look in looks]


def _stacked(rows: Sequence[NDArray[np.floating]], shape: tuple[int, int]) -> Array:
    table = np.zeros(shape)
    for k, row in enumerate(rows):
        table[k, : len(row)] = row
    return table
