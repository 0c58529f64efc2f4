"""Who takes part: names, files, functions; and what is refused."""

from pathlib import Path

import pytest

from surefoot.compare.entrants import entrants
from surefoot.errors import UserError
from surefoot.rules import CHAPTER, Rate

MINE = """
from surefoot.rules import Rate, sign
def lion(x, g, *, t, lr: Rate = 0.01):
    return x - lr * sign(g)
def untraceable(x, g, *, t, lr: Rate = 0.01):
    return x - lr if g > 0 else x
"""


@pytest.fixture
def mine(tmp_path: Path) -> str:
    (tmp_path / "mine.py").write_text(MINE)
    return f"{tmp_path / 'mine.py'}"


def adam(x, g, *, t, lr: Rate = 0.1):
    return x - lr * g


def test_the_chapters_eight_by_default() -> None:
    assert tuple(entrants(None)) == CHAPTER
    assert len(CHAPTER) == 8


def test_a_file_and_a_name_together(mine: str) -> None:
    assert list(entrants(["adam", f"{mine}:lion"])) == ["adam", "lion"]
    assert list(entrants(f"adam, {mine}:lion")) == ["adam", "lion"]


@pytest.mark.parametrize(
    ("optimizers", "words"),
    [
        (["adma"], "did you mean 'adam'"),
        (["adam", "adam"], "'adam' stands twice"),
        (["adam", adam], "'adam' stands twice"),
        ([], "at least one"),
        ([3], "must be a name"),
        (3, "must be a list"),
    ],
)
def test_what_cannot_take_part_is_refused_in_one_line(optimizers: list, words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        entrants(optimizers)
    assert "\n" not in str(error.value)


def test_a_rule_that_cannot_be_traced_is_named(mine: str) -> None:
    with pytest.raises(UserError, match=r"untraceable.*branch"):
        entrants([f"{mine}:untraceable"])


@pytest.mark.parametrize("name", CHAPTER)
def test_the_code_to_paste_builds_the_class(name: str) -> None:
    import surefoot as sf

    assert eval(entrants(name)[name].constructor, {"sf": sf}).rule.name == name


def test_our_optimizer_classes_stand_for_their_rules() -> None:
    import surefoot as sf

    assert {name: e.constructor for name, e in entrants([sf.optim.LAMB]).items()} == {"lamb": "sf.optim.LAMB"}
