"""docs/compare.md names what there is: columns, warnings, options, exit codes. Its code runs as a doctest."""

import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from surefoot.cli import answer, app
from surefoot.compare.judging import cautions
from surefoot.compare.verdict import Standing
from tests.compare.invented import verdict

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "compare.md").read_text()


def cells(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without the head."""
    below = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def test_the_table_of_columns_has_every_field_of_a_standing():
    named = [name for row in cells("How to read the answer") for name in re.findall(r"`(\w+)`", row[1])]
    assert sorted(named) == sorted(field.name for field in fields(Standing))


def test_the_columns_in_the_terminal_are_those_that_are_printed():
    printed = [str(c.header).strip() for c in answer._ranking(verdict({"sgd": [0.9] * 6, "adam": [0.8] * 6})).columns]
    (sample,) = re.findall(r"^  optimizer .*$", TEXT, re.MULTILINE)
    assert re.split(r"\s{2,}", sample.strip()) == printed
    explained = {row[0] for row in cells("How to read the answer")} - {"", "`=` or blank"}
    assert explained == set(printed)


def test_every_kind_of_warning_is_explained():
    kinds = set(re.findall(r'f?"([A-Z][a-z ]+): ', inspect.getsource(cautions)))
    assert len(kinds) == 6
    assert {row[0] for row in cells("What the warnings mean")} == kinds


@pytest.mark.parametrize(
    "option",
    [p.opts[0] for p in typer.main.get_command(app.app).commands["compare"].params if p.opts[0].startswith("--")],
)
def test_every_option_is_on_the_page(option):
    assert f"`{option}" in TEXT


def test_the_exit_codes_are_the_command_lines():
    codes = {row[0]: row[1] for row in cells("Exit codes")}
    assert list(codes) == ["0", "1", "2", str(app.INTERRUPTED)]
    assert app.main(["compare", "diabetis"]) == 2
