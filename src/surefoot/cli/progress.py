"""A comparison's progress on standard error: bars on a terminal, plain lines in a file or a pipe."""

import sys
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as RemainingColumn

from surefoot.compare import progress

#: Seconds after which a phase first says how long its rest will take.
PATIENCE = 3.0


class Bars:
    """A bar for each phase, with the time it still needs."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TaskProgressColumn(),
            RemainingColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._phase: TaskID | None = None

    def start(self, phase: str, total: int) -> None:
        """Add the phase's bar below those of the phases before, unless there is nothing to do in it."""
        self._bars.start()
        self._phase = self._bars.add_task(phase, total=total) if total else None

    def advance(self, units: int) -> None:
        """Move the present bar."""
        if self._phase is not None:
            self._bars.advance(self._phase, units)

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(line, markup=False, highlight=False)

    def done(self) -> None:
        """Leave the bars as they stand."""
        self._bars.stop()


class Lines:
    """A line for each phase and each message, without escape codes; some on the time a long phase still needs."""

    def start(self, phase: str, total: int) -> None:
        """Say what begins, unless there is nothing to do in it."""
        if total:
            self.say(f"{phase} ...")
        self._phase, self._total, self._done, self._next = phase, total, 0, PATIENCE
        self._start = monotonic()

    def advance(self, units: int) -> None:
        """Say how long the rest will take when that can be told, and again each time as long has passed once more."""
        self._done += units
        seconds = monotonic() - self._start
        if seconds > self._next and self._done < self._total:
            self._next = 2 * seconds
            rest = seconds * (self._total - self._done) / self._done
            self.say(f"{self._phase}: {self._done / self._total:.0%} done, about {rest:.0f} s to go")

    def say(self, line: str) -> None:
        """Print the line."""
        print(line, file=sys.stderr, flush=True)

    def done(self) -> None:
        """Nothing."""


def on_standard_error(quiet: bool) -> progress.Progress:
    """What fits where standard error goes, or silence."""
    if quiet:
        return progress.Silent()
    console = Console(stderr=True)
    return Bars(console) if console.is_terminal and not console.is_dumb_terminal else Lines()
