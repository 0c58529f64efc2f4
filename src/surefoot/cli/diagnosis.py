"""A diagnosis on a terminal, 80 columns wide."""

import math
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from surefoot.diagnose.answer import wording
from surefoot.diagnose.answer.diagnosis import CycleRecord, Diagnosis, FixedPointRecord


def show(diagnosis: Diagnosis) -> None:
    """Print the verdict with its certainty, what to do, the numbers, and how they were derived, on standard output."""
    console = Console(markup=False, highlight=False, emoji=False)
    console.print(wording.headline(diagnosis), style="bold")
    for line in diagnosis.disagreements:
        console.print(f"warning: {line}", style="yellow")
    console.print(diagnosis.advice)
    console.print()
    console.print(_rows(_numbers(diagnosis)))
    if len(diagnosis.attractors) > 1:
        _section(console, "Where starts end", wording.attractors(diagnosis))
    _section(console, "The recurrence, on the loss (h/2) e^2", diagnosis.recurrence.text)
    if diagnosis.fixed_point is not None:
        _section(console, "At the minimum", _fixed_point(diagnosis.fixed_point))
    if diagnosis.cycles:
        _section(console, "Cycles e, -e", (_cycle(cycle) for cycle in diagnosis.cycles))
    if diagnosis.decrease is not None:
        _section(console, "One step", [diagnosis.decrease])
    _section(console, "Taken for granted", (f"{line}." for line in diagnosis.assumptions))
    if diagnosis.undone:
        _section(console, "Not derived", (f"{line}." for line in diagnosis.undone))


def _section(console: Console, title: str, lines: Iterable[str]) -> None:
    console.print(f"\n{title}", style="bold")
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 2)))


def _rows(rows: Sequence[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _numbers(d: Diagnosis) -> list[tuple[str, str]]:
    rows = [
        ("rule", f"{d.rule} with {wording.settings(d)}"),
        ("curvature", f"h = {d.curvature:g}"),
        ("because", d.because),
        ("threshold", wording.threshold(d)),
    ]
    if (size := wording.size(d)) is not None:
        form = f" = {d.amplitude_formula.text}" if d.amplitude_formula else ""
        rows.append(("amplitude", f"|e| = {wording.number(size)}{form}"))
    if d.rate is not None:
        rows.append(("rate", wording.rate(d)))
    rows.append(("simulated", wording.simulated(d)))
    if len(d.attractors) == 1:
        rows.append(("starts", wording.attractors(d)[0]))
    return rows


def _fixed_point(point: FixedPointRecord) -> Iterable[str]:
    if point.state:
        yield "state at rest: " + ", ".join(
            f"{slot} = {value:g}" if slot not in point.frozen else f"{slot} keeps what it has"
            for slot, value in point.state.items()
        )
    if point.jacobian:
        names = ["e" if slot == "x" else slot for slot in point.slots]
        rows = "; ".join(", ".join(entry.text for entry in row) for row in point.jacobian)
        yield f"Jacobian over ({', '.join(names)}): [{rows}]"
        yield f"eigenvalues: {wording.eigenvalues(point.eigenvalues)}"
    if point.polynomial is not None:
        yield f"characteristic polynomial: {point.polynomial.text}"
    for form, value in point.conditions:
        yield f"Jury: {form.text} > 0{'' if value > 0 else ' fails'} (it is {value:.4g})"


def _cycle(cycle: CycleRecord) -> str:
    form = f" = {cycle.formula.text}" if cycle.formula else ""
    stable = {True: "attracts", False: "repels", None: "its linearisation does not decide"}[cycle.stable]
    size = math.hypot(*cycle.eigenvalues[0])
    return f"|e| = {wording.number(cycle.amplitude)}{form}: {stable}, largest eigenvalue {size:.6g} in size"
