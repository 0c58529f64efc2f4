"""A finding on a training run on a terminal, 80 columns wide."""

from math import isfinite

from rich.console import Console
from rich.table import Table

from surefoot.diagnose.network import wording
from surefoot.diagnose.network.finding import Finding


def show(finding: Finding) -> None:
    """Print the sentence, the advice, the looks along the run and what they cost, on standard output."""
    console = Console(markup=False, highlight=False, emoji=False)
    console.print(wording.sentence(finding), style="bold")
    console.print(wording.advice(finding))
    console.print()
    console.print(_table(finding))
    console.print(f"\n{wording.cost(finding)}", style="dim")
    for caveat in wording.caveats(finding):
        console.print(caveat, style="dim")


def _table(finding: Finding) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("step", "loss", "sharpness", "stride x sharpness", "of the edge"):
        table.add_column(heading, justify="right", no_wrap=True)
    for look in finding.looks:
        ratio = look.stride_sharpness / finding.edge
        numbers = [_number(value) for value in (look.loss, look.sharpness, look.stride_sharpness, ratio)]
        table.add_row(str(look.step), *numbers)
    return table


def _number(value: float) -> str:
    return f"{value:.3g}" if isfinite(value) else ""
