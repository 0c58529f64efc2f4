"""The latest record on a terminal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import isnan
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from surefoot.optim.telemetry.measures import RATES
from surefoot.optim.telemetry.outlets import Outlet
from surefoot.optim.telemetry.records import Record, Records

#: Lines of the terminal that are not tensors: title, head, rules, caption.
FRAME = 8
LOW, MIDDLE, HIGH = RATES[0], RATES[len(RATES) // 2], RATES[-1]


@contextmanager
def shown(outlets: list[Outlet], records: Records, console: Console | None = None) -> Iterator[None]:
    """Show each record as it is made, as long as the context lasts; where there is no terminal, nothing."""
    console = console or Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield
        return
    with Live(console=console, auto_refresh=False, transient=False) as live:

        def draw(record: Record) -> None:
            live.update(table(record, max(4, console.height - FRAME - len(record.by_group))), refresh=True)

        if records.kept:
            draw(records.kept[-1])
        outlets.append(draw)
        try:
            yield
        finally:
            outlets.remove(draw)


def table(record: Record, room: int) -> Table:
    """A record as a table: a line for each group, then for as many tensors as there is room for."""
    rows = list(record.rows("tensor"))
    trusted = any(not isnan(row["trust_ratio"]) for row in rows)
    shown_rows = rows
    caption = f"effective learning rate after step {record.step:,}: median, 5% and 95% quantile; drift of g² in decades"
    if len(rows) > room:
        largest = sorted(range(len(rows)), key=lambda k: -_or_zero(rows[k]["update_ratio"]))[:room]
        shown_rows = [rows[k] for k in sorted(largest)]
        caption += f"\n{room} of {len(rows)} tensors, those with the largest steps for their size"
    made = Table(caption=caption, caption_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    made.add_column(f"step {record.step:,}", ratio=1)
    for head in ("elements", "lr", "5%", "95%", "step/weight", "zeros", "drift", *(["trust"] if trusted else [])):
        made.add_column(head, justify="right", no_wrap=True)
    for row in record.rows("group"):
        made.add_row(Text(f"group {row['group']}"), *_cells(row, trusted), style="bold")
    made.add_section()
    for row in shown_rows:
        made.add_row(Text(row["tensor"]), *_cells(row, trusted))
    return made


def _cells(row: Mapping[str, Any], trusted: bool) -> list[str]:
    rates = [_number(row[name]) for name in (MIDDLE, LOW, HIGH)]
    drift = "–" if isnan(row["drift"]) else f"{row['drift']:.1f}"
    cells = [f"{row['elements']:,}", *rates, _number(row["update_ratio"]), f"{row['sparsity']:.0%}", drift]
    return [*cells, _number(row["trust_ratio"])] if trusted else cells


def _number(value: float) -> str:
    """Two digits.

    >>> _number(0.00123), _number(float("nan"))
    ('0.0012', '–')
    """
    return "–" if isnan(value) else f"{value:.2g}"


def _or_zero(value: float) -> float:
    return 0.0 if isnan(value) else value
