"""`surefoot compare` from end to end on real data, as a user runs it: answers, resumes, is stopped, is used wrongly."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from importlib.resources import files

import jsonschema
import pytest

from surefoot import cli

SCHEMA = json.loads(files("surefoot.compare").joinpath("schema.json").read_text())

# Its forward looks at its data, so that vmap cannot take it and every trial is a batch of its own.
TASK = """
import torch
from torch import nn

import surefoot as sf

generator = torch.Generator().manual_seed(0)
X = torch.randn(120, 4, generator=generator)
y = (X @ torch.tensor([1.0, -2.0, 3.0, 0.5]) > 0).long()


class Looking(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)

    def forward(self, x):
        return self.layer(x) if x.sum().item() < 1e9 else x[:, :2]


def changed(**changes):
    options = {"name": "mine", "model": Looking, "loss": nn.functional.cross_entropy, "train": (X, y), "steps": 40}
    return sf.Task(**(options | changes))


task = changed()


def plain():
    return changed(model=lambda: nn.Linear(4, 2))


def nan_at_the_start():
    return changed(loss=lambda output, y: output.sum() * float("nan"))


def no_model():
    return changed(model=lambda: nn.Linear("four", 2))


def lengths_disagree():
    return changed(train=(X, y[:-1]))


def empty():
    return changed(train=(X[:0], y[:0]))


def no_task():
    return 3


def sign_descent(x, g, *, t, lr: sf.rules.Rate = 0.01):
    return x - lr * sf.rules.sign(g)


def no_rule(x, lr=0.1):
    return x


broken_rule = lambda x, g, *, t, lr=0.1: x - lr * torch.relu(g)
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory with `mine.py` in it."""
    (tmp_path / "mine.py").write_text(TASK)
    (tmp_path / "broken.py").write_text("import no_such_module_\n")
    (tmp_path / "notes.txt").write_text("no database\n" * 100)
    database = sqlite3.connect(tmp_path / "other.db")
    database.execute("CREATE TABLE somebody (s TEXT)")
    database.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def compare(here, capsys):
    """Run `surefoot compare` in this process: its exit code, standard output and standard error."""

    def compare(*words):
        code = cli.main(["compare", *words])
        return code, *capsys.readouterr()

    return compare


SMALL = ["--optimizers", "adam,sgd", "--trials", "2", "--seeds", "2", "--steps", "20"]


def findings(text):
    """An answer without what a clock has measured."""
    answer = json.loads(text)
    jsonschema.validate(answer, SCHEMA)
    for row in answer["ranking"]:
        del row["step_us"], row["seconds_to_target"]
    for name in ("pass_us", "trial_steps", "seconds"):
        del answer["protocol"][name]
    return answer


def test_the_same_command_again_runs_nothing_and_says_the_same(compare):
    code, first, _ = compare("digits", *SMALL, "--json")
    assert code == 0
    assert json.loads(first)["protocol"]["trial_steps"] == 2 * (2 + 2) * 20
    code, second, _ = compare("digits", *SMALL, "--json")
    assert code == 0
    assert json.loads(second)["protocol"]["trial_steps"] == 0
    assert findings(second) == findings(first)


def test_a_larger_budget_runs_only_what_is_new(compare):
    compare("digits", *SMALL, "--json")
    _, out, _ = compare("digits", *SMALL, "--seeds", "3", "--json")
    assert json.loads(out)["protocol"]["trial_steps"] == 2 * 1 * 20


def test_the_answer_and_the_report(compare, here):
    code, out, _ = compare("digits", *SMALL, "--report", "r.html")
    assert code == 0
    assert "optimizer = sf.optim." in out
    assert (here / "r.html").read_text().startswith("<!doctype html>")
    assert (here / "surefoot.db").exists()


def test_a_task_and_a_rule_of_one_s_own(compare):
    code, out, _ = compare("mine.py:plain", "--optimizers", "adam,mine.py:sign_descent", *SMALL[2:], "--json")
    answer = findings(out)
    assert code == 0
    assert answer["task"] == "mine"
    assert len(answer["ranking"]) == 2
    assert answer["protocol"]["runner"] == "lanes"


def test_a_model_that_vmap_cannot_take_runs_one_by_one_and_says_why(compare):
    code, out, err = compare("mine.py:task", *SMALL, "--json")
    protocol = findings(out)["protocol"]
    assert code == 0
    assert protocol["runner"] == "one by one"
    assert protocol["runner_reason"]
    assert protocol["runner_reason"] in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("digit", "did you mean 'digits'?"),
        ("digits --optimizers adma", "did you mean 'adam'?"),
        ("digits --optimizers ,", "at least one must be given"),
        ("digits --optimizers adam,adam", "adam"),
        ("digits --optimizers mine.py:no_rule", "no_rule"),
        ("digits --optimizers mine.py:broken_rule", "cannot be traced"),
        ("digits --optimizers mine.py:nothing", "mine.py has no 'nothing'"),
        ("nowhere.py:task", "there is no file nowhere.py"),
        ("broken.py:task", "No module named 'no_such_module_'"),
        ("mine.py:tsak", "did you mean 'task'?"),
        ("mine.py:no_task", "int"),
        ("mine.py:nan_at_the_start", "nan"),
        ("mine.py:no_model", "model cannot be built"),
        ("mine.py:lengths_disagree", "120"),
        ("mine.py:empty", "empty"),
        ("digits --trials 0", "trials: must be at least 1, got 0"),
        ("digits --seeds 0", "seeds: must be at least 1, got 0"),
        ("digits --steps 0", "steps: must be at least 1, got 0"),
        ("digits --trials -3", "trials: must be at least 1, got -3"),
        ("digits --store notes.txt", "notes.txt is not an SQLite database"),
        ("digits --store other.db", "other.db is an SQLite database of another program"),
        ("digits --store no/such.db", "no folder no"),
        ("digits --report no/such.html", "no/such.html cannot be written"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_before_anything_is_run(compare, words, message):
    code, out, err = compare(*words.split(), "--quiet")
    assert (code, out) == (2, "")
    assert err.startswith("surefoot: ")
    assert err.count("\n") == 1
    assert message in err


# ---- being stopped: in a process of its own, which can be killed

LONG = ["mine.py:task", "--optimizers", "adam,sgd,rmsprop", "--trials", "16", "--seeds", "6", "--json"]
ALL = 3 * (16 + 6) * 40


def started(*words):
    command = [sys.executable, "-m", "surefoot", "compare", *LONG, *words]
    # On a busy machine torch's threads wait for one another far longer than these small steps take.
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def finished(*words):
    process = started(*words)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


def commits(log):
    """The transactions that stand whole in SQLite's write-ahead log, by its salt: what survives a kill."""
    data = log.read_bytes()
    page, salt = int.from_bytes(data[8:12], "big"), data[16:24]
    frames = [data[at : at + 24] for at in range(32, len(data), 24 + page)] if page else []
    return salt, sum(frame[8:16] == salt and any(frame[4:8]) for frame in frames)


def until_a_trial_is_kept(process, store):
    """Wait for the first batch that this process keeps: its trials begin after it has said so."""
    log = store.with_name(f"{store.name}-wal")
    assert any(line.startswith("search") for line in process.stderr)
    before = commits(log)
    while (now := commits(log)) == before or now[1] == 0:
        assert process.poll() is None, "it ended before it was stopped"
        time.sleep(0.001)


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(here):
    process = started()
    until_a_trial_is_kept(process, here / "surefoot.db")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert err.startswith("surefoot: stopped in ")
    assert err.count("\n") == 1
    assert "the same command goes on from there" in err
    assert 0 < json.loads(finished())["protocol"]["trial_steps"] < ALL


@pytest.mark.slow
def test_killed_ten_times_it_comes_to_the_same_verdict(here):
    for round_ in range(10):
        process = started()
        until_a_trial_is_kept(process, here / "surefoot.db")
        time.sleep(0.001 * round_)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    killed, undisturbed = finished(), finished("--store", "another.db")
    # Each of the ten had kept a trial at least, and no other is run again.
    assert json.loads(killed)["protocol"]["trial_steps"] <= ALL - 10 * 40
    assert json.loads(undisturbed)["protocol"]["trial_steps"] == ALL
    assert findings(killed) == findings(undisturbed)
