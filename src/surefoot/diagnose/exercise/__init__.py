"""The chapter's exercise on RMSProp's convergence, answered in full on one page, every answer checked by machine."""

from pathlib import Path

from surefoot.errors import UserError

__all__ = ["write"]


def write(path: str | Path = "exercise.html") -> Path:
    """Write the page and say where it is.

    Raises:
        UserError: if the file cannot be written.
    """
    from surefoot.diagnose.exercise import page  # noqa: PLC0415 - SymPy and SciPy load when the page is asked for

    file = Path(path)
    text = page.text()
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"--report: {file} cannot be written ({error.strerror}); name another file") from None
    return file
