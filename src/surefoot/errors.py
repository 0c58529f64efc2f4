"""What a user did wrong, said in one line."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(ValueError):
    """A user's mistake. The message is one line: the argument, what must hold, what came, and what to do.

    From Python it is raised like any ValueError; the command line prints it and exits with code 2.
    """


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The tail of a message about an unknown name: a near miss if there is one, else all that is known.

    >>> did_you_mean("adma", ["adam", "sgd"])
    "did you mean 'adam'?"
    >>> did_you_mean("zzz", ["sgd", "adam"])
    'known: adam, sgd'
    """
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names) or 'none'}"
