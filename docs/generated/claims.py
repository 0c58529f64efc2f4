"""The table of docs/claims.md, every figure in it computed: `make docs` rewrites it, in about half a minute."""

from collections.abc import Mapping

from docs.generated.part import Part, code, table
from surefoot.diagnose.claims import Claim, Evidence, Figure, every, names
from surefoot.diagnose.claims.catalogue import KINDS
from surefoot.diagnose.claims.wording import figure

PART = Part("claims")
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


if __name__ == "__main__":
    PART.write(written({name: claim.compute() for name, claim in every().items()}))
