"""A comparison's answer on a terminal, 80 columns wide."""

from rich.console import Console
from rich.table import Table

from surefoot.compare.judging import wording
from surefoot.compare.protocol import Protocol
from surefoot.compare.verdict import Standing, Verdict


def show(verdict: Verdict, protocol: Protocol) -> None:
    """Print the sentence, the ranking, the warnings and the lines to paste on standard output."""
    console = Console(markup=False, highlight=False, emoji=False)
    console.print(verdict.sentence, style="bold")
    console.print()
    better = "higher" if protocol.greater_is_better else "lower"
    seeds = "1 fresh seed" if protocol.seeds == 1 else f"{protocol.seeds} fresh seeds"
    console.print(f"mean {protocol.metric} over {seeds}, on data not seen before; {better} is better")
    console.print(_ranking(verdict))
    console.print("* recommended  = cannot be told apart from the best; p is adjusted", style="dim")
    if verdict.factors:
        console.print(f"\n{wording.why(verdict)}")
    for warning in verdict.warnings:
        console.print(f"\nwarning: {warning}", style="yellow")
    console.print("\nTo use it:\n")
    # Lines to paste must not be wrapped.
    console.print(verdict.code, soft_wrap=True)


def _ranking(verdict: Verdict) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("  optimizer", overflow="fold", min_width=11)
    for heading in ("score", "95% interval", "vs best", "p", "lr", "diverged", "step"):
        table.add_column(heading, justify="right", no_wrap=True)
    for standing in verdict.ranking:
        table.add_row(*_row(standing, verdict), style="bold" if standing.optimizer == verdict.recommended else None)
    return table


def _row(standing: Standing, verdict: Verdict) -> tuple[str, ...]:
    is_best = standing.optimizer == verdict.best
    mark = "=" if standing.optimizer in verdict.indistinguishable else " "
    return (
        f"{'*' if standing.optimizer == verdict.recommended else mark} {standing.optimizer}",
        wording.score(standing.score),
        "..".join(wording.score(end) for end in standing.interval),
        "" if is_best else wording.difference(standing.difference, of=standing.score),
        "" if is_best else wording.p_value(standing.p),
        wording.setting(standing.settings["lr"]) if "lr" in standing.settings else "",
        f"{standing.diverged}/{standing.trials}",
        wording.duration(standing.step_us),
    )
