"""Certificates on a terminal, 80 columns wide."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from surefoot.diagnose.prove.boxes import Piece
from surefoot.diagnose.prove.run import Certificate, Proof

#: Boxes printed of one claim; --json has all.
MOST = 12


def show(proof: Proof) -> None:
    """Print every claim as it was put, and the boxes proved, refuted and undecided."""
    console = Console(markup=False, highlight=False, emoji=False)
    said = ", ".join(
        f"{name} in [{low:g}, {high:g}]" if name in proof.sides else f"{name} = {low:g}"
        for name, (low, high) in proof.box.items()
    )
    console.print(f"{proof.rule} with {said}")
    for certificate in proof.certificates:
        console.print(f"\n{certificate.claim}: {_summary(certificate)}", style="bold")
        console.print(Padding(certificate.statement, (0, 0, 0, 2)))
        console.print(_boxes(certificate, proof.sides))
        if len(certificate.pieces) > MOST:
            console.print(f"  and {len(certificate.pieces) - MOST} boxes more (--json has all)", style="dim")
    for line in proof.undone:
        console.print(f"\nnot put: {line}", style="dim")


def _summary(certificate: Certificate) -> str:
    parts = [(answer, certificate.part(answer)) for answer in ("proved", "refuted", "undecided")]
    return ", ".join(f"{answer} on {_percent(part)} of the box" for answer, part in parts if part)


def _percent(part: float) -> str:
    return "all" if part == 1 else f"{100 * part:.3g}%"


def _boxes(certificate: Certificate, sides: tuple[str, ...]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    largest = sorted(certificate.pieces, key=lambda piece: -piece.part)[:MOST]
    for piece in (p for p in certificate.pieces if p in largest):
        table.add_row(f"  {piece.answer}", _box(piece, sides), piece.witness)
    return table


def _box(piece: Piece, sides: tuple[str, ...]) -> str:
    ends = {name: piece.box[name] for name in sides if name in piece.box}
    return ", ".join(f"{name} in [{side.low:.6g}, {side.high:.6g}]" for name, side in ends.items())
