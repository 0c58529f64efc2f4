"""What a user's model, loss or score raises, said in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from surefoot.errors import UserError

#: Some of torch's lines are a paragraph.
LONGEST = 200


def first_line(error: BaseException) -> str:
    """An error's kind and the first line of what it says, without a closing full stop.

    >>> first_line(ValueError("no. Try again.\\nMore."))
    'ValueError: no. Try again'
    """
    text = str(error).strip().partition("\n")[0].rstrip(" .")
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def blame(task: str, part: str, data: str) -> Iterator[None]:
    """Turn an exception from a user's own code into a UserError that names it.

    >>> with blame("mine", "score", "the validation split"):
    ...     1 / 0
    Traceback (most recent call last):
    ...
    surefoot.errors.UserError: task mine: its score fails on the validation split: ZeroDivisionError: division by zero
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"task {task}: its {part} fails on {data}: {first_line(error)}") from error
