"""What a value or a piece of code is, as a digest that is the same in every process.

Python's own `hash` changes from one process to the next, `repr` shows addresses, and a name does not tell that its body
was edited. A store that must never mix the results of two losses needs better: functions are read down to their
instructions, constants, defaults, closures and all the global names that they use, in whatever file of the user's those
are. What comes with Python or is installed is known by name.
"""

import functools
import hashlib
import re
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from surefoot.errors import UserError

_BY_NAME = sys.stdlib_module_names | {"torch", "numpy"}
_INSTALLED = ("site-packages", "dist-packages")
#: What torch keeps on every module for itself; parameters and buffers are read by way of it.
_TORCHS_OWN = vars(nn.Module()).keys() - {"training"}
#: What is read once, however many functions use it: these stay where they are while a digest is made.
_LASTING = (FunctionType, type, ModuleType, nn.Module)


def digest(*values: object) -> str:
    """Hexadecimal SHA-256 of values, arrays, modules and functions, by what they are rather than where they are.

    Raises:
        UserError: if they lie so deep in one another that Python cannot follow.

    >>> digest(lambda x: x + 1) == digest(lambda x: x + 1), digest(lambda x: x + 1) == digest(lambda x: x + 2)
    (True, False)
    """
    try:
        return _digest(values, frozenset(), {}).hex()
    except RecursionError:
        raise UserError(
            "task: what its model, loss or score uses lies too deep in one another to be told from other tasks; use "
            "plainer data"
        ) from None


def _digest(value: object, above: frozenset[int], known: dict[int, bytes]) -> bytes:
    """The digest of a value's kind and of its parts; a part that contains itself is cut where it comes round again."""
    if id(value) in above:
        return b"cycle"
    if id(value) in known:
        return known[id(value)]
    sink = hashlib.sha256(f"{type(value).__qualname__}\0".encode())
    below = above | {id(value)}
    for part in _parts(value, below):
        sink.update(part if isinstance(part, bytes) else _digest(part, below, known))
        sink.update(b"\0")
    if isinstance(value, _LASTING):
        known[id(value)] = sink.digest()
    return sink.digest()


def _parts(value: Any, below: frozenset[int]) -> Iterator[Any]:  # noqa: PLR0912 - one branch a kind of value
    """Bytes that tell a value apart, and the values it is made of; `below` are it and those it is part of."""
    match value:
        case None | bool() | int() | float() | complex() | str() | bytes():
            yield repr(value).encode()
        case tuple() | list():
            yield from value
        case set() | frozenset():
            yield from sorted(_digest(part, below, {}) for part in value)
        case dict():
            yield from sorted(_digest(item, below, {}) for item in value.items())
        case torch.Tensor():
            plain = value.detach().cpu().to_dense().contiguous()
            yield from (str(plain.dtype), tuple(plain.shape), plain.reshape(-1).view(torch.uint8).numpy().tobytes())
        case np.ndarray() if value.dtype.hasobject:
            yield from (str(value.dtype), value.shape, value.tolist())
        case np.ndarray():
            yield from (str(value.dtype), value.shape, np.ascontiguousarray(value).tobytes())
        case CodeType():
            yield from (value.co_code, value.co_consts, value.co_names, value.co_varnames, value.co_freevars)
        case FunctionType() | BuiltinFunctionType() | type() if _known_by_name(value):
            yield from (value.__module__, value.__qualname__)
        case FunctionType():
            yield from (value.__qualname__, value.__code__, value.__defaults__, value.__kwdefaults__)
            yield from (_contents(cell) for cell in value.__closure__ or ())
            yield from _reads(value)
        case MethodType():
            yield from (value.__func__, value.__self__)
        case functools.partial():
            yield from (value.func, value.args, value.keywords)
        case ModuleType():
            yield value.__name__
        case nn.Module():
            yield from (dict(value.named_parameters()), dict(value.named_buffers()))
            for name, layer in value.named_modules():
                own = {key: part for key, part in vars(layer).items() if key not in _TORCHS_OWN}
                yield from (name, type(layer), layer.training, own)
        case type():
            yield value.__qualname__
            yield from (item for item in vars(value).items() if _is_plain(item[1]) and not item[0].startswith("__"))
            yield from ((name, code) for name, part in vars(value).items() for code in _methods(part))
            yield from value.__bases__
        case _:
            yield type(value)
            yield _kept(value)


def _kept(value: object) -> object:
    """What pickle would keep of an object, without its parts being pickled: its slots, the blocks of a data frame."""
    try:
        kept = value.__reduce_ex__(4)
    except Exception:  # a lock, an open file, an object that refuses: what it holds, or else what it calls itself
        return vars(value) if hasattr(value, "__dict__") else re.sub(r"0x[0-9a-fA-F]+", "", repr(value))
    if isinstance(kept, str):  # the name of something that there is once
        return kept
    make, given, state, items, pairs, *_ = (*kept, None, None, None)
    return make, given, state, list(items or ()), list(pairs or ())


def _known_by_name(value: Any) -> bool:
    name = value.__name__ if isinstance(value, ModuleType) else value.__module__ or "builtins"
    root = str(name).partition(".")[0]
    if root == "__main__":
        return False
    file = getattr(sys.modules.get(root), "__file__", None) or ""
    return root in _BY_NAME or any(folder in file for folder in _INSTALLED)


def _methods(part: object) -> tuple[object, ...]:
    """The functions behind what stands in a class's body."""
    if isinstance(part, property):
        return (part.fget, part.fset)
    if isinstance(part, staticmethod | classmethod):
        return (part.__func__,)
    return (part,) if isinstance(part, FunctionType) else ()


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float | str | tuple | list | dict | np.ndarray | torch.Tensor)


def _contents(cell: Any) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not bound yet
        return None


def _reads(function: FunctionType) -> Iterator[tuple[str, object]]:
    """What a function takes from its module's names: the values, and of a user's module what is read off it."""
    names, codes = set[str](), [function.__code__]
    for code in codes:
        names.update(code.co_names)
        codes.extend(part for part in code.co_consts if isinstance(part, CodeType))
    for name in sorted(names & function.__globals__.keys()):
        value = function.__globals__[name]
        if isinstance(value, ModuleType) and not _known_by_name(value):
            value = {read: getattr(value, read) for read in names if hasattr(value, read)}
        yield name, value
