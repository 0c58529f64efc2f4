"""The part of a page that is written by machine, between two comments; and the Markdown it is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """The generated part of docs/`name`.md."""

    name: str

    def read(self) -> str:
        """What stands there now."""
        return self._split()[1]

    def write(self, text: str) -> None:
        """Put the text there; all around it stays."""
        before, _, after = self._split()
        self._page.write_text(before + text + after)

    @property
    def _page(self) -> Path:
        return Path(__file__).parents[1] / f"{self.name}.md"

    def _split(self) -> tuple[str, str, str]:
        begin, end = f"<!-- {self.name}: written by make docs -->\n", f"<!-- end of {self.name} -->\n"
        head, _, rest = self._page.read_text().partition(begin)
        middle, _, tail = rest.partition(end)
        return head + begin, middle, end + tail


def code(text: str) -> str:
    """Text set as code."""
    return f"`{text}`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    assert not any("|" in cell for line in lines for cell in line), "a bar would end its cell"
    return "\n".join(f"| {' | '.join(line)} |".replace("  ", " ") for line in lines)
