"""The table of docs/claims.md, every figure in it computed: `make docs` rewrites it, in about half a minute."""

from collections.abc import Mapping
from pathlib import Path

from docs.generate import code, table
from surefoot.diagnose.claims import Claim, Evidence, Figure, every, names
from surefoot.diagnose.claims.catalogue import KINDS
from surefoot.diagnose.claims.wording import figure

PAGE = Path(__file__).parent / "claims.md"
BEGIN, END = "<!-- claims: written by make docs -->\n", "<!-- end of claims -->\n"
HEADS = ("claim", "statement", "verdict", "measured", "source")


def written(evidence: Mapping[str, Evidence]) -> str:
    """A table for each kind of source, a line for each claim."""
    claims = every()
    parts = []
    for kind, title in KINDS.items():
        rows = [row(claims[name], evidence[name]) for name, of in names().items() if of == kind]
        parts += [f"## {title}", table(HEADS, rows)]
    return "\n\n".join(parts) + "\n"


def row(claim: Claim, evidence: Evidence) -> tuple[str, ...]:
    """One claim's line: one figure of either side stands for all."""
    measured = side(evidence.inside)
    if evidence.outside:
        measured += f"; else {side(evidence.outside)}"
    return (code(claim.name), *map(plain, (claim.statement, claim.verdict, measured, claim.source)))


def side(figures: tuple[Figure, ...]) -> str:
    """The first figure that disagrees, or the first if none does, and how many more there are."""
    shown = next((one for one in figures if not one.agrees), figures[0])
    more = f" (and {len(figures) - 1} more)" if len(figures) > 1 else ""
    return figure(shown) + more


def plain(text: str) -> str:
    """A text for a cell of a Markdown table, with no character that Markdown would read."""
    for mark, escaped in (("|", "&#124;"), ("<", "&lt;"), ("*", "\\*"), ("_", "\\_")):
        text = text.replace(mark, escaped)
    return text


def rewrite() -> None:
    """Compute every claim and put what comes out into the page."""
    head, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    evidence = {name: claim.compute() for name, claim in every().items()}
    PAGE.write_text(head + BEGIN + written(evidence) + END + tail)
    print(f"docs/{PAGE.name}: {len(evidence)} claims")


if __name__ == "__main__":
    rewrite()
