"""What a rule's function did wrong while it was traced, in one line that names the place in its file."""

import inspect
import traceback
from collections.abc import Callable, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from surefoot.errors import UserError
from surefoot.rules.vocabulary import Value

WORDS = "a rule computes with + - * / **, comparisons and the functions of surefoot.rules alone"


def first_line(error: BaseException) -> str:
    """An error in one line, with its kind unless it is a user's own mistake already."""
    text = (str(error).splitlines() or [""])[0]
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}".removesuffix(": ")


def cannot_be_traced(rule: str, function: Callable[..., Any], error: BaseException) -> UserError:
    """The error to raise where the function itself raised one."""
    reason = first_line(error)
    if isinstance(error, TypeError) and "Value" in reason:  # a function of Python's or another library's
        reason = f"{reason.rstrip(':')}; {WORDS}"
    return UserError(f"rule {rule} cannot be traced: {reason}{_place(function, error)}")


def _place(function: Callable[..., Any], error: BaseException) -> str:
    """Where in the rule's own file it was; nothing where no frame is of that file."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    file = code.co_filename if code else None
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f" ({Path(str(file)).name}, line {lines[-1]})" if lines else ""


def wrong_results(rule: str, names: Sequence[str], results: object) -> UserError:
    """The error to raise where the function returned something other than one value for each of the names."""
    wanted = f"({', '.join(names)}), each" if len(names) > 1 else f"{names[0]},"
    return UserError(f"rule {rule} must return {wanted} computed from values; got {_described(results)}")


def _described(result: object) -> str:
    if isinstance(result, tuple):
        return f"({', '.join(map(_described, result))})"
    if isinstance(result, Value):
        return "a value"
    if result is None or isinstance(result, Real):
        return repr(result)
    return f"a {type(result).__name__}"
