"""docs/sparse.md: its table is current."""

from docs.generated.sparse import PART, written
from surefoot.rules import RULES


def test_the_table_is_current():
    assert PART.read() == written(RULES.values()), "docs/sparse.md is behind the source: run `make docs`"
