"""The catalogue: rules by name, by file, by function."""

from pathlib import Path

import pytest

from surefoot.errors import UserError
from surefoot.optim import Adam
from surefoot.rules import CHAPTER, RULES, Rule, find
from tests.rules.own import cautious

MINE = """
from surefoot.rules import Rate, Rule, sign

def signsgd(x, g, *, t, lr: Rate = 0.01):
    return x - lr * sign(g)

ready = Rule.of(signsgd)
number = 3
"""


def test_the_chapters_eight_are_in_the_catalogue_in_its_order() -> None:
    assert CHAPTER == ("sgd", "momentum", "adagrad", "rmsprop", "adam", "amsgrad", "adamw", "lamb")
    assert set(CHAPTER) <= set(RULES)


def test_every_file_of_a_rule_is_entered() -> None:
    import surefoot.rules

    files = Path(surefoot.rules.__file__).parent.glob("*.py")
    decorated = {file.stem for file in files if "\n@facts(" in file.read_text()}
    assert decorated == set(RULES)


def test_a_rule_is_found_by_name_function_and_file(tmp_path: Path) -> None:
    assert find("adam") is RULES["adam"]
    assert find(RULES["adam"]) is RULES["adam"]
    assert find(cautious).name == "cautious"
    assert find(Adam) is RULES["adam"]
    file = tmp_path / "mine.py"
    file.write_text(MINE)
    assert find(f"{file}:signsgd").name == "signsgd"
    assert isinstance(find(f"{file}:ready"), Rule)
    with pytest.raises(UserError, match=r"must be an update rule, a function .*, got int"):
        find(f"{file}:number")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("adma", "unknown optimizer 'adma'; did you mean 'adam'"),
        ("zzz", "unknown optimizer 'zzz'; known: adagrad, adam"),
        ("mine.py", r"unknown optimizer 'mine\.py'; a rule of your own is file\.py:function"),
        ("mine:rule", r"unknown optimizer 'mine:rule'; a rule of your own is file\.py:function"),
        ("no/such.py:rule", r"there is no file no/such\.py"),
        (3, r"an optimizer must be a name, file\.py:function or a rule, got int"),
    ],
)
def test_what_is_not_found_is_said(given: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        find(given)
