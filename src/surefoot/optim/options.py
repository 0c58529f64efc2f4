"""What every optimizer can be told beside its rule's settings: rounding, types of state, clipping."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from typing import Any, Literal, TypedDict

import torch

from surefoot.errors import UserError

ROUNDINGS = ("nearest", "stochastic", "kahan")
STATE_DTYPES = (None, torch.float32, torch.bfloat16)


class Own(TypedDict, total=False):
    """The options, as keyword arguments of constructors that are otherwise torch's."""

    rounding: Literal["nearest", "stochastic", "kahan"]
    state_dtype: torch.dtype | None
    clip_norm: float | None
    clip_value: float | None


@dataclass(frozen=True)
class Option:
    """A key of a parameter group: its default, its type, what it must be, in words and as a test, and what it does."""

    default: Any
    annotation: Any
    must: str
    holds: Callable[[Any], bool]
    meaning: str


def _is_bound(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf)


OPTIONS: dict[str, Option] = {
    "rounding": Option(
        "nearest",
        str,
        "one of 'nearest', 'stochastic', 'kahan'",
        lambda value: isinstance(value, str) and value in ROUNDINGS,
        "how a half-precision parameter is rounded when it is stored; 'kahan' keeps what was cut off, 2 bytes more",
    ),
    "state_dtype": Option(
        None,
        torch.dtype | None,
        "None, torch.float32 or torch.bfloat16",
        lambda value: value in STATE_DTYPES,
        "the type in which state is kept; None is float32, and float64 for float64 parameters",
    ),
    "clip_norm": Option(
        None,
        float | None,
        "None or a finite number above 0",
        _is_bound,
        "scale the gradients so that the norm of all of them together is at most this",
    ),
    "clip_value": Option(
        None,
        float | None,
        "None or a finite number above 0",
        _is_bound,
        "hold every element of the gradients within plus and minus this",
    ),
}
DEFAULTS: dict[str, Any] = {name: option.default for name, option in OPTIONS.items()}


def check(settings: Mapping[str, Any]) -> None:
    """Refuse an option that is not what it must be.

    Raises:
        UserError: naming it and what it was.

    >>> check({"rounding": "up"})
    Traceback (most recent call last):
    ...
    surefoot.errors.UserError: rounding must be one of 'nearest', 'stochastic', 'kahan', got 'up'
    """
    for name, option in OPTIONS.items():
        if name in settings and not option.holds(settings[name]):
            raise UserError(f"{name} must be {option.must}, got {settings[name]!r}")


def check_plain(group: Mapping[str, Any]) -> None:
    """Refuse options that a differentiable step does not carry out: it would leave them out in silence.

    Raises:
        UserError: naming the option.
    """
    for name, option in OPTIONS.items():
        if group.get(name, option.default) != option.default:
            raise UserError(f"{name} must be {option.default!r} where steps are differentiable, got {group[name]!r}")


def deciding(group: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of a group's options decides how its parameters are stepped, numbers apart."""
    get = group.get
    return get("rounding"), get("state_dtype"), get("clip_norm") is None, get("clip_value") is None


def parameters() -> list[Parameter]:
    """The options as parameters of a constructor."""
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=option.default, annotation=option.annotation)
        for name, option in OPTIONS.items()
    ]


def doc() -> list[str]:
    """The options as lines of a constructor's docstring."""
    return [f"    {name}: {option.meaning}. Default {option.default!r}." for name, option in OPTIONS.items()]
