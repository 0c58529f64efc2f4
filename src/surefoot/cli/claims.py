"""`surefoot diagnose --claims` and `--exercise`: what needs no rule."""

from collections.abc import Sequence
from pathlib import Path

from surefoot.errors import UserError


def claims(name: str | None, words: Sequence[str], json: bool) -> None:
    """Print all claims, or compute one of them.

    Args:
        name: of a claim. words: what else stood on the command line; nothing may. json: as JSON.
    """
    _alone("--claims", words)
    if json:
        from surefoot.diagnose.claims.record import as_json  # noqa: PLC0415 - loaded when it is asked for

        print(as_json(name))
    else:
        from surefoot.diagnose.claims import show  # noqa: PLC0415

        print(show(name))


def exercise(rule: str | None, words: Sequence[str], report: Path | None) -> None:
    """Write the exercise's page and say where it is."""
    _alone("--exercise", [*([rule] if rule else []), *words])
    from surefoot.diagnose.exercise import write  # noqa: PLC0415

    print(f"Exercise: {write(report or Path('exercise.html'))}")


def _alone(option: str, words: Sequence[str]) -> None:
    if words:
        raise UserError(f"{option} takes no {words[0]!r}: it is about no one rule and setting; leave it out")
