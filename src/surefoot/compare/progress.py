"""How a comparison tells whoever waits for it where it stands."""

from typing import Protocol


class Progress(Protocol):
    """Told by a comparison what it does. Phases follow one another: `start`, then any number of `advance`."""

    def start(self, phase: str, total: int) -> None:
        """A phase begins (`preflight`, `search`, `confirm`) that will take `total` units of work (trial-steps)."""

    def advance(self, units: int) -> None:
        """So many units of the present phase are done."""

    def say(self, line: str) -> None:
        """Something to know now, in one line: the plan, why lanes are not used, what came from the store."""

    def done(self) -> None:
        """The comparison ended, in whatever way; a second call does nothing."""


class Silent:
    """Tells nobody."""

    def start(self, phase: str, total: int) -> None:
        """Nothing."""

    def advance(self, units: int) -> None:
        """Nothing."""

    def say(self, line: str) -> None:
        """Nothing."""

    def done(self) -> None:
        """Nothing."""
