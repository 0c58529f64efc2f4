"""The examples run, and the README shows them as they are."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
QUICK = ["--trials", "2", "--seeds", "2", "--steps", "20", "--store", ":memory:", "--json", "--quiet"]


def code(path: Path) -> str:
    """A file without its docstring."""
    return re.sub(r'\A""".*?"""\s*', "", path.read_text(), flags=re.DOTALL)


def answer(*arguments: str) -> dict:
    command = [sys.executable, "-m", "surefoot", "compare", *arguments, *QUICK]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_task_in_the_readme_is_the_example() -> None:
    block = re.search(r"```python\n# my_task.py\n(.*?)```", README, re.DOTALL)
    assert block is not None
    assert block[1] == code(ROOT / "examples" / "my_task.py")
    assert len([line for line in block[1].splitlines() if line.strip()]) <= 15


def test_the_rule_in_the_readme_computes_what_the_example_does() -> None:
    from surefoot.engines.graph import Graph
    from surefoot.rules import Rule, find

    block = re.search(r"```python\n(from surefoot.rules.*?)```", README, re.DOTALL)
    assert block is not None
    names: dict = {}
    exec(block[1], names)
    example = find(f"{ROOT / 'examples' / 'my_rule.py'}:lion")
    assert Graph.of(Rule.of(names["lion"])).text() == Graph.of(example).text()


@pytest.mark.slow
def test_the_task_of_ones_own_is_compared() -> None:
    found = answer("examples/my_task.py:task", "--optimizers", "sgd,adam")
    assert found["task"] == "wine"
    assert {standing["optimizer"] for standing in found["ranking"]} == {"sgd", "adam"}


@pytest.mark.slow
def test_the_rule_of_ones_own_is_compared() -> None:
    found = answer("diabetes", "--optimizers", "adam,examples/my_rule.py:lion")
    assert {standing["optimizer"] for standing in found["ranking"]} == {"adam", "lion"}


def test_the_training_loop_learns() -> None:
    from runpy import run_path

    assert run_path(str(ROOT / "examples" / "train.py"))["train"]() < 1e-6
