"""Paths that a user names for what is to be written."""

from pathlib import Path

from surefoot.errors import UserError


def check_writable(argument: str, path: Path) -> None:
    """Find out before the work, not after it, that a file cannot be written; what stands there is left as it is.

    Raises:
        UserError: naming the argument, the path and the system's reason.

    >>> check_writable("--report", Path("/none/a.html"))
    Traceback (most recent call last):
    ...
    surefoot.errors.UserError: --report: /none/a.html cannot be written (No such file or directory); name another file
    """
    existed = path.exists()
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        raise UserError(f"{argument}: {path} cannot be written ({error.strerror}); name another file") from None
    if not existed:
        path.unlink()
