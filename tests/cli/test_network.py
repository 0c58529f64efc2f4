"""`surefoot diagnose TASK --optimizer RULE`, as a user calls it."""

import json
from pathlib import Path

import pytest

from surefoot.cli import main

TASK = """
import torch
from torch import nn
import surefoot as sf
X = [[2.0, 1.0], [-2.0, -1.0], [2.0, -1.0], [-2.0, 1.0]]
y = [[1.0], [-1.0], [1.0], [-1.0]]
task = sf.Task(name="bowl", model=lambda: nn.Linear(2, 1, bias=False), loss=nn.functional.mse_loss,
               train=(X, y), validation=(X, y), test=(X, y), batch_size=4, steps=40)
"""


@pytest.fixture
def task(tmp_path) -> str:
    (tmp_path / "bowl.py").write_text(TASK)
    return f"{tmp_path / 'bowl.py'}:task"


def test_the_answer_says_where_the_run_sits_and_what_it_cost(task, capsys) -> None:
    assert main(["diagnose", task, "--optimizer", "sgd", "--lr", "0.24"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "sgd at lr 0.24 on bowl sits at the edge of stability: stride times curvature is 0.96 of the 2" in said
    assert "run again at it, it stays below the edge" in said
    assert "Hessian-vector products on 4 rows" in said


def test_json_is_one_object_on_standard_output(task, capsys) -> None:
    assert main(["diagnose", task, "--optimizer", "adam", "--beta1", "0.5", "--steps", "8", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["edge"] == pytest.approx(6, rel=1e-6)
    assert found["settings"]["beta1"] == 0.5
    assert found["looks"][0]["stride_sharpness"] is None


def test_a_report_is_written(task, tmp_path, capsys) -> None:
    report = tmp_path / "run.html"
    assert main(["diagnose", task, "--optimizer", "sgd", "--steps", "8", "--report", str(report)]) == 0
    assert "bowl" in report.read_text()
    assert f"Report: {report}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["digit", "--optimizer", "adam"], "did you mean 'digits'"),
        (["digits", "--optimizer", "adma"], "did you mean 'adam'"),
        (["digits", "--optimizer", "adam", "--lr", "-1"], "lr must be in [0, inf), got -1"),
        (["digits", "--optimizer", "adam", "--gamma", "1"], "adam has no option --gamma"),
        (["adam", "--steps", "5"], "--steps is of a training run"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words, message, capsys) -> None:
    assert main(["diagnose", *words]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_report_that_cannot_be_written_is_said_before_the_run(task, capsys) -> None:
    assert main(["diagnose", task, "--optimizer", "sgd", "--report", str(Path("/nowhere/run.html"))]) == 2
    assert "cannot be written" in capsys.readouterr().err
