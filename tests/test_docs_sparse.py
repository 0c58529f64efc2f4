"""docs/sparse.md: its table is current."""

from docs.generate_sparse import BEGIN, END, PAGE, written
from surefoot.rules import RULES


def test_the_table_is_current():
    text = PAGE.read_text()
    assert BEGIN + written(RULES.values()) + END in text, "docs/sparse.md is behind the source: run `make docs`"
