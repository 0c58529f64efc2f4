"""`surefoot diagnose` as a user meets it: the answer, JSON, the page, certificates, and mistakes."""

import json
from pathlib import Path

import pytest

from surefoot.cli import main

RULE = """
from surefoot.rules import Rate

print("loading")

def mine(x, g, *, t, lr: Rate = 0.5, wide: bool = False):
    return x - lr * g * (2.0 if wide else 1.0)
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "mine.py"
    path.write_text(RULE)
    return f"{path}:mine"


def test_the_exercise_s_question(capsys):
    assert main(["diagnose", "rmsprop", "--lr", "0.01", "--curvature", "1"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("2-cycle, |e| = 0.004999 (from the linearisation; the simulated orbit agrees)")
    for said in (
        "lr < 0.0002 = 2*sqrt(eps)/h",
        "lr is 50 times too large",
        "0.0049989999",
        "e' = e - lr*h*e/sqrt(G' + eps)",
    ):
        assert said in text


def test_json_is_one_object_whatever_a_file_prints(own, capsys):
    assert main(["diagnose", own, "--lr=1.5", "--json", "--wide"]) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert (answer["verdict"], answer["settings"]) == ("diverges", {"lr": 1.5, "wide": True})
    assert answer["amplitude"] == "inf"
    assert "loading" in err


def test_options_are_the_rule_s_in_either_spelling(capsys):
    assert main(["diagnose", "rmsprop", "--eps-at", "outside", "--centered", "--json", "--eps", "1e-3"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(["diagnose", "rmsprop", "--eps_at=outside", "--centered", "true", "--json", "--eps=0.001"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert first["settings"]["centered"] is True


def test_certificates(capsys):
    assert main(["diagnose", "sgd", "--lr", "0.1:3", "--prove"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "contraction: proved on" in text
    assert "every e with 0 < |e| <= 1e+100" in text


def test_a_page_is_written(tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["diagnose", "rmsprop", "--report", str(page)]) == 0
    assert f"Report: {page}" in capsys.readouterr().out
    assert "<math" in page.read_text()


def test_curvature_and_starts_may_be_ranges_to_be_proved_about(capsys):
    assert main(["diagnose", "adagrad", "--lr", "0.1", "--curvature", "0.5:2", "--start", "0.2:1", "--prove"]) == 0
    out = capsys.readouterr().out
    assert "contraction from these starts: proved on all of the box" in out
    assert "curvature in [0.5, 2]" in out


def test_several_attractors_are_listed_with_their_shares(capsys):
    words = ["amsgrad", "--lr", "2.0133", "--eps", "1", "--beta1", "0", "--beta2", "0.9"]
    assert main(["diagnose", *words]) == 0
    out = capsys.readouterr().out
    assert "Where starts end" in out
    assert "95% interval" in out


def test_what_leaves_the_numbers_has_no_size(capsys):
    assert main(["diagnose", "sgd", "--lr", "3"]) == 0
    assert "|e| = inf" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["adma"], "did you mean 'adam'?"),
        (["digits"], "digits is a task; add the rule that is to train it: --optimizer adam"),
        (["examples/my_task.py:task"], "my_task.py:task is a task; add the rule"),
        (["adam", "--lrr", "1"], "adam has no option --lrr; did you mean 'lr'?"),
        (["adam", "--lr"], "--lr needs a value"),
        (["adam", "--lr", "much"], "--lr must be a number, got 'much'"),
        (["adam", "--lr", "-1"], "lr must be in [0, inf), got -1.0"),
        (["adam", "--lr", "0.1:1"], "which only --prove takes"),
        (["adam", "--eps-at", "top"], "--eps-at must be one of inside, outside, maximum, got 'top'"),
        (["adam", "0.1"], "'0.1' is no option"),
        (["adam", "--curvature", "steep"], "--curvature must be a number, got 'steep'"),
        (["adam", "--curvature", "1:2"], "which only --prove takes"),
        (["adam", "--prove", "--start", "1:2:3"], "--start must be LOW:HIGH with LOW below HIGH, got 1:2:3"),
        (["adam", "--prove", "--start", "-1:1"], "start must be above 0"),
        (["adam", "--curvature", "0"], "curvature must be a number from 1e-12"),
        (["adam", "--report", "/no/such/folder/x.html"], "cannot be written"),
        (["adam", "--lr", "1:0.1", "--prove"], "LOW:HIGH with LOW below HIGH"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words, said, capsys):
    assert main(["diagnose", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
