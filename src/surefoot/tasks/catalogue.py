"""The built-in tasks by name, and how a user's own is found."""

from collections.abc import Callable

from surefoot.errors import UserError, did_you_mean
from surefoot.references import is_reference, load
from surefoot.tasks.breast_cancer import breast_cancer
from surefoot.tasks.diabetes import diabetes
from surefoot.tasks.digits import digits
from surefoot.tasks.task import Task

TASKS: dict[str, Callable[[], Task]] = {make.__name__: make for make in (digits, breast_cancer, diabetes)}


def about(name: str) -> str:
    """One line on a built-in task, without loading its data.

    >>> about("digits")
    '1,797 handwritten digits of 8 x 8 pixels: a network 64-64-10 with ReLU, cross entropy, scored by accuracy.'
    """
    return (TASKS[name].__doc__ or "").partition("\n")[0]


def find(task: str | Task) -> Task:
    """The task itself, a built-in one by name, or a user's own by `file.py:attribute`.

    The attribute is a Task, or a function of no arguments that returns one.

    Raises:
        UserError: if the name is unknown, the file does not import, or what it names is no task.
    """
    if isinstance(task, Task):
        return task
    if not isinstance(task, str):
        raise UserError(f"task: must be a name, a file.py:attribute or a surefoot.Task, got {type(task).__name__}")
    if task in TASKS:
        return TASKS[task]()
    if not is_reference(task):
        raise UserError(
            f"task: there is no {task!r}; {did_you_mean(task, TASKS)} (one of your own is file.py:attribute)"
        )
    return _called(task, load(task))


def _called(reference: str, found: object) -> Task:
    if callable(found) and not isinstance(found, type | Task):
        try:
            found = found()
        except UserError as error:
            raise UserError(f"{reference}: {error}") from error
        except Exception as error:
            cause = " ".join(f"{type(error).__name__}: {error}".split())
            raise UserError(f"{reference}: the function must return a surefoot.Task, it failed: {cause}") from error
    if not isinstance(found, Task):
        raise UserError(
            f"{reference}: must be a surefoot.Task or a function of no arguments that returns one, got "
            f"{type(found).__name__}"
        )
    return found
