"""`surefoot diagnose --claims` and `--exercise`: what they print, and how they say that something is wrong."""

import json

import pytest

from surefoot import cli
from surefoot.diagnose.claims import names


def test_all_claims_are_listed(capsys):
    assert cli.main(["diagnose", "--claims"]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in names())


def test_a_claim_is_computed_and_its_figures_printed(capsys):
    assert cli.main(["diagnose", "--claims", "threshold_of_heavy_ball"]) == 0
    assert "  beta = 0.9: 0.95, published 0.95" in capsys.readouterr().out


def test_a_claim_as_json_is_one_object(capsys):
    assert cli.main(["diagnose", "--claims", "epsilon_sets_the_threshold", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["found"] == "does not hold"
    assert record["stands"] is True
    assert record["inside"][0]["computed"] == pytest.approx(10, rel=1e-4)
    assert record["inside"][0]["agrees"] is False


def test_the_list_as_json_is_one_object(capsys):
    assert cli.main(["diagnose", "--claims", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["claims"]] == list(names())


@pytest.mark.slow
def test_the_exercise_is_written_where_it_is_asked_for(capsys, tmp_path):
    page = tmp_path / "answers.html"
    assert cli.main(["diagnose", "--exercise", "--report", str(page)]) == 0
    assert str(page) in capsys.readouterr().out
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--claims", "threshold_of_adma"], "unknown claim 'threshold_of_adma'; did you mean 'threshold_of_adam'?"),
        (["--claims", "threshold_of_adam", "--lr", "0.1"], "--claims takes no '--lr'"),
        (["--exercise", "adam"], "--exercise takes no 'adam'"),
        ([], "name a rule"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(capsys, words, complaint):
    assert cli.main(["diagnose", *words]) == 2
    seen = capsys.readouterr()
    assert complaint in seen.err
    assert seen.err.count("\n") == 1
    assert seen.out == ""
