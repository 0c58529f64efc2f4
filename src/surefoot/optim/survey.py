"""Whether everything that a step rests on is still what it was, asked in one call, below Python.

To ask one tensor one thing costs Python some 80 ns, and a step has to ask each parameter for its gradient, both for
type, layout, shape, strides and address, and the state for what it holds: more than the step of a small tensor itself.
A survey asks the same of torch's C interface and of CPython directly. What it reads off objects in memory is known of
the versions that were tried, and held against what torch says before it is relied on; elsewhere there is no survey.
"""

import ctypes
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from surefoot.engines.cpu.native import machine_code
from surefoot.optim.memory import Written
from surefoot.optim.survey_code import BLOCK, GRAD, PYTHON, SHIMS, source

#: Of other versions it is not known how their objects lie in memory.
TRIED = ("2.13.",)
#: Behind the two words that begin every Python object.
_BODY_AT = object.__basicsize__

Kind = Callable[[Tensor], tuple[int, int]]


class Place(NamedTuple):
    """What a batch works on.

    Attributes:
        parameters, state: the tensors, and those of each state slot.
        table: (slots, tensors) addresses of parameters, of gradients, and of each state slot, which are kept.
        bytes: (slots, tensors) how much memory each takes.
    """

    parameters: Sequence[Tensor]
    state: Sequence[Sequence[Tensor]]
    table: NDArray[np.int64]
    bytes: NDArray[np.int64]


class Survey:
    """What groups, state, parameters and gradients were like when it was made, to tell whether they are so still."""

    def __init__(self, groups: Sequence[Mapping[str, Any]], state: Any, places: Sequence[Place]) -> None:
        """`places`: the parameters that have gradients and are to be stepped, with their tables, which are kept."""
        code = _code()
        assert code is not None, "ask `available` first"
        self._code = code
        self._lists = [group["params"] for group in groups]
        self._state = state
        arrays = {**_things(self._lists, state), **_tensors(self._lists, places, code.kind)}
        counts = [len(arrays[name]) for name in ("lists", "entries", "parameters", "slots", "starts")]
        values = [arrays[name].ctypes.data for name in BLOCK[: -len(counts) - 1]]
        block = np.array([*values, id(state), *counts], np.int64)
        # What an address stands for must live as long as the survey.
        self._keep = (arrays, block, places, list(state.values()), [list(v.values()) for v in _dicts(state)])
        self._parameters = [p for group in self._lists for p in group]
        self._block = block.ctypes.data

    def stands(self, groups: Sequence[Mapping[str, Any]], state: Any) -> bool:
        """Whether all is as it was, gradients' addresses apart; those are in the tables then, and clear of the rest.

        It takes hold of the gradients; `release` must be called when they have been used, or if it does not stand.
        """
        lists = self._lists
        if state is not self._state or len(groups) != len(lists):
            return False
        for group, known in zip(groups, lists, strict=True):
            if group["params"] is not known:
                return False
        return bool(self._code.look(self._block))

    def release(self) -> None:
        """Let go of the gradients."""
        self._code.release(self._block)


def _dicts(state: Any) -> list[dict[Any, Any]]:
    return [value for value in state.values() if isinstance(value, dict)]


def _words(values: Sequence[int] | Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def _things(lists: Sequence[list[Tensor]], state: Any) -> dict[str, NDArray[np.int64]]:
    """The lists of parameters, and what the state holds."""
    entries = list(state.values())
    return {
        "lists": _words([id(group) for group in lists]),
        "lengths": _words([len(group) for group in lists]),
        "entries": _words([id(value) for value in entries]),
        "sizes": _words([len(value) if isinstance(value, dict) else -1 for value in entries]),
        "contents": _words([id(value) for values in _dicts(state) for value in values.values()]),
    }


def _tensors(lists: Sequence[list[Tensor]], places: Sequence[Place], kind: Kind) -> dict[str, NDArray[np.int64]]:
    """What each parameter and its gradient are like, and where their addresses are kept."""
    parameters = [p for group in lists for p in group]
    found: dict[int, tuple[int, ...]] = {}
    slots, slot_cells = [], []
    for members, state, table, sizes in places:
        row, first = table.strides[0], table.ctypes.data
        for i, p in enumerate(members):
            grad = p.grad
            assert grad is not None
            own = p.data_ptr() if p.dtype.itemsize == grad.dtype.itemsize else 0
            found[id(p)] = (first + 8 * i, first + row + 8 * i, int(sizes[1, i]), own, *kind(p), *kind(grad))
        for number, tensors in enumerate(state, start=2):
            slots += [id(v) for v in tensors]
            slot_cells += [first + number * row + 8 * i for i in range(len(tensors))]
    cells, grad_cells, grad_bytes, own, *kinds = _words([found.get(id(p), (0,) * 8) for p in parameters]).T.copy()
    forms = [(p.shape, p.stride()) if id(p) in found else None for p in parameters]
    shapes = {form: _words([*form[0], *form[1]]) for form in set(forms) if form is not None}
    where = {form: shape.ctypes.data for form, shape in shapes.items()}
    return {
        "parameters": _words([id(p) for p in parameters]),
        "bodies": _words([p._cdata for p in parameters]),
        "kinds": np.stack(kinds[:2], axis=1),
        "grad_kinds": np.stack(kinds[2:], axis=1),
        "dims": _words([p.dim() for p in parameters]),
        "shapes": _words([0 if form is None else where[form] for form in forms]),
        "cells": cells,
        "grad_cells": grad_cells,
        "grad_bytes": grad_bytes,
        "own": own,
        "held": _words([0] * len(parameters)),
        "slots": _words(slots),
        "slot_cells": _words(slot_cells),
        **_written(places),
        **{f"shape {i}": shape for i, shape in enumerate(shapes.values())},
    }


def _written(places: Sequence[Place]) -> dict[str, NDArray[np.int64]]:
    """The blocks of memory that a step writes: all but the gradients'."""
    rows = [np.arange(len(place.table)) != 1 for place in places]
    starts = np.concatenate([place.table[of].ravel() for place, of in zip(places, rows, strict=True)])
    sizes = np.concatenate([place.bytes[of].ravel() for place, of in zip(places, rows, strict=True)])
    written = Written(starts, sizes)
    return {"starts": written.starts, "ends": written.ends}


def available() -> bool:
    """Whether surveys can be made here."""
    return _code() is not None


class _Code:
    """The compiled functions, given where torch's tensor has its flags."""

    def __init__(self, addresses: dict[str, int], flags_at: int) -> None:
        self.engine = machine_code(source(addresses, _BODY_AT, flags_at, _nothing(addresses[GRAD])), effort=0)
        # Functions of this kind keep the GIL.
        self.look: Any = ctypes.PYFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(self.engine.get_function_address("look"))
        self.release: Any = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(self.engine.get_function_address("release"))
        self._flags_at = flags_at
        self._type: Any = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(addresses["get_dtype"])
        self._types: dict[torch.dtype, int] = {}

    def kind(self, x: Tensor) -> tuple[int, int]:
        """The flags and the type of a tensor."""
        if x.dtype not in self._types:
            code = ctypes.c_int64(0)
            self._type(id(x) + _BODY_AT, ctypes.byref(code))
            self._types[x.dtype] = code.value
        return _word(x._cdata + self._flags_at), self._types[x.dtype]


@cache
def _code() -> _Code | None:
    """The compiled code, if torch and Python are ones that it was written for."""
    if not torch.__version__.startswith(TRIED) or sys.implementation.name != "cpython" or not _has_gil():
        return None
    try:
        flags_at = _flags_at()
        return None if flags_at is None else _Code(_addresses(), flags_at)
    except (OSError, AttributeError, ValueError):
        return None


def _has_gil() -> bool:
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def _addresses() -> dict[str, int]:
    """Of all functions that the code calls."""
    folder = Path(str(torch.__file__)).parent / "lib"
    library, core = ctypes.CDLL(str(folder / "libtorch_cpu.so")), ctypes.CDLL(str(folder / "libc10.so"))
    found = {name: getattr(library, f"aoti_torch_{name}") for name in SHIMS}
    found |= {name: getattr(ctypes.pythonapi, name) for name in PYTHON} | {GRAD: getattr(core, GRAD)}
    return {name: int(ctypes.cast(function, ctypes.c_void_p).value or 0) for name, function in found.items()}


def _word(address: int) -> int:
    return ctypes.c_int64.from_address(address).value


def _nothing(grad: int) -> int:
    """What torch has for the gradient of a tensor without one.

    Raises:
        ValueError: if the function at this address does not give a tensor's gradient.
    """
    function = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(grad)
    x, y = torch.zeros(1, requires_grad=True), torch.zeros(1)
    x.grad = y
    if _word(function(x._cdata)) != y._cdata:
        raise ValueError
    return _word(function(y._cdata))


def _flags_at() -> int | None:
    """Where a tensor of torch's has its flags: the one word that plain tensors share, and a negation differs in a bit.

    None where Python's tensors do not hold torch's where they should.
    """
    x, y = torch.ones(3), torch.ones(2, 5)
    negated = torch._neg_view(x)
    if any(_word(id(v) + _BODY_AT) != v._cdata for v in (x, y, negated)):
        return None
    bits = {at: [_word(v._cdata + at) for v in (x, y, negated)] for at in range(16, 200, 8)}
    places = [at for at, (a, b, c) in bits.items() if a == b != c and (a ^ c).bit_count() == 1]
    return places[0] if len(places) == 1 else None
