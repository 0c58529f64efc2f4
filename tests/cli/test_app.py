"""The command line: what it asks of the library, what it prints where, and how it says that something is wrong."""

import inspect
import json
import math
import subprocess
import sys
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest

import surefoot
from surefoot.cli import app
from surefoot.compare import run
from surefoot.compare.execute import Interrupted
from surefoot.compare.protocol import Protocol
from surefoot.compare.verdict import Standing, Verdict
from surefoot.engines import VIEWS
from surefoot.errors import UserError
from surefoot.rules.catalogue import RULES
from surefoot.tasks.catalogue import TASKS

SCHEMA = json.loads(files("surefoot.compare").joinpath("schema.json").read_text())

PROTOCOL = Protocol(
    task="digits",
    data_hash="0a1b",
    model="Sequential, 4,810 parameters",
    rows=(1077, 360, 360),
    batch_size=64,
    steps=600,
    trials=32,
    seeds=10,
    metric="accuracy",
    greater_is_better=True,
    search_seed=0,
    confirm_seeds=tuple(range(1, 11)),
    runner="lanes",
    runner_reason="",
    versions={"python": "3.11.7", "torch": "2.13.0"},
    machine="2 cores",
    pass_us=300.0,
    trial_steps=207_360,
    seconds=21.5,
)


def standing(optimizer, score, difference=0.0, **changes):
    values = {
        "settings": {"lr": 0.0123456789, "beta1": 0.9, "eps_at": "outside"},
        "interval": (score - 0.004, score + 0.004),
        "scores": (score,) * 10,
        "difference_interval": (difference - 0.003, difference + 0.003),
        "p": 1.0 if difference == 0 else 0.0078,
        "loses": 0.5 if difference == 0 else 0.93,
        "distinguishable": difference < -0.005,
        "trials": 32,
        "diverged": 5,
        "diverged_seeds": 0,
        "edge": None,
        "lr_tolerance": 1.25,
        "step_us": 83.4,
        "bytes_per_parameter": 8.0,
        "steps_to_target": 240.0,
        "seconds_to_target": 0.1,
    }
    return Standing(optimizer=optimizer, score=score, difference=difference, **values | changes)


VERDICT = Verdict(
    recommended="adam",
    settings={"lr": 0.0123456789, "beta1": 0.9, "eps_at": "outside"},
    best="adamw",
    indistinguishable=("adamw", "adam"),
    decided=False,
    ranking=(standing("adamw", 0.9758), standing("adam", 0.9744, -0.0014), standing("sgd", 0.9612, -0.0146)),
    target=0.97,
    sentence="On digits (600 steps, batch size 64) use adam; adamw cannot be told apart from it on 10 seeds.",
    warnings=("sgd: its best lr lies at the high end of the range.",),
    code="from surefoot.optim import Adam\n\noptimizer = Adam(model.parameters(), lr=0.0123456789, beta1=0.9, "
    + "x" * 60
    + ")",
    factors=(),
)


@pytest.fixture
def asked(monkeypatch):
    """A comparison that is over at once: `asked.calls` is what was asked of it, `asked.behave` what it does instead."""
    asked = SimpleNamespace(calls=[], behave=lambda: None, verdict=VERDICT)

    def compare(task, **options):
        asked.calls.append((task, options))
        asked.behave()
        report = lambda path: path.write_text("a report")  # noqa: E731
        return SimpleNamespace(verdict=asked.verdict, protocol=PROTOCOL, report=report)

    monkeypatch.setattr(run, "compare", compare)
    return asked


@pytest.fixture
def surefoot_says(capsys):
    """Run the command line in this process: its exit code, standard output and standard error."""

    def says(*arguments):
        code = app.main([str(a) for a in arguments])
        return code, *capsys.readouterr()

    return says


def strictly(text):
    """The one JSON object in a text, refusing NaN and Infinity as the standard does."""

    def refuse(constant):
        pytest.fail(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def is_one_line(text):
    return text.startswith("surefoot: ") and text.endswith("\n") and text.count("\n") == 1


# ---- what is asked of the library


def test_every_option_reaches_the_library_under_its_own_name(asked, surefoot_says, tmp_path):
    store = tmp_path / "s.db"
    words = ["--optimizers", "adam, my.py:rule", "--trials", "0", "--seeds", "-1", "--steps", "7", "--quiet"]
    code, _, _ = surefoot_says("compare", "digits", *words, "--store", store)
    ((task, options),) = asked.calls
    del options["progress"]
    assert code == 0
    assert task == "digits"
    assert options == {"optimizers": ["adam", "my.py:rule"], "trials": 0, "seeds": -1, "steps": 7, "store": store}


def test_without_options_the_task_and_all_optimizers_are_taken_as_they_are(asked, surefoot_says):
    surefoot_says("compare", "mine.py:task")
    ((task, options),) = asked.calls
    assert task == "mine.py:task"
    assert options["optimizers"] is None
    assert options["steps"] is None


def test_defaults_are_the_library_s():
    library = {name: p.default for name, p in inspect.signature(run.compare).parameters.items()}
    command = {name: p.default for name, p in inspect.signature(app.compare).parameters.items()}
    assert {name: command[name] for name in ("optimizers", "trials", "seeds", "steps")} == {
        name: library[name] for name in ("optimizers", "trials", "seeds", "steps")
    }
    assert command["store"] == Path(run.STORE)


# ---- the answer in words


def test_the_answer_comes_in_its_order_within_80_columns_and_without_escape_codes(asked, surefoot_says, tmp_path):
    report = tmp_path / "r.html"
    code, out, err = surefoot_says("compare", "digits", "--report", report, "--store", "kept.db")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    parts = ["use adam", "95% interval", "warning: sgd:", "from surefoot.optim import Adam", "kept.db", str(report)]
    assert [out.index(part) for part in parts] == sorted(out.index(part) for part in parts)
    prose = [line for line in out.splitlines() if line not in VERDICT.code.splitlines() and str(report) not in line]
    assert max(map(len, prose)) <= 80
    assert VERDICT.code in out, "the lines to paste are not wrapped"
    assert report.read_text() == "a report"


def test_the_ranking_marks_the_recommended_and_those_that_cannot_be_told_apart(asked, surefoot_says):
    _, out, _ = surefoot_says("compare", "digits")
    rows = [line for line in out.splitlines() if "5/32" in line]
    by_name = {line[2:].split()[0]: line for line in rows}
    assert by_name["adam"].startswith("* adam")
    assert by_name["adamw"].startswith("= adamw")
    assert by_name["sgd"].startswith("  sgd")
    assert by_name["sgd"].split()[1:] == [
        "0.9612",
        "0.9572..0.9652",
        "−0.0146",
        "0.0078",
        "0.01235",
        "5/32",
        "83",
        "µs",
    ]
    assert by_name["adamw"].split()[4:] == ["0.01235", "5/32", "83", "µs"], "the best has no difference to itself"


def test_a_name_of_the_user_s_own_is_printed_as_it_is(asked, surefoot_says):
    name = "/a/rather/long/path/to/my/rules/[bold]mine.py:signsgd_with_momentum"
    row = standing(name, math.nan, settings={"rate": 0.1}, interval=(math.nan, math.nan))
    asked.verdict = replace(VERDICT, ranking=(row,), best=name, recommended=name)
    code, out, _ = surefoot_says("compare", "digits")
    folded = "".join(line.removeprefix("* ").removeprefix("= ").split("  ")[0] for line in out.splitlines())
    assert code == 0
    assert name in folded
    assert max(len(line) for line in out.splitlines() if line not in VERDICT.code.splitlines()) <= 80


# ---- the answer in JSON


def test_json_is_one_object_of_the_schema_and_all_else_is_on_standard_error(asked, surefoot_says):
    asked.behave = lambda: print("printed by a task of the user's own")
    code, out, err = surefoot_says("compare", "digits", "--json")
    answer = strictly(out)
    jsonschema.validate(answer, SCHEMA)
    assert code == 0
    assert "printed by a task" in err
    assert answer["task"] == "digits"
    assert answer["recommended"] == {"optimizer": "adam", "settings": dict(VERDICT.settings)}
    assert answer["indistinguishable"] == ["adamw", "adam"]
    assert answer["decided"] is False
    assert [row["optimizer"] for row in answer["ranking"]] == ["adamw", "adam", "sgd"]
    assert answer["ranking"][0]["settings"]["lr"] == 0.0123456789, "settings are given to the last digit"
    assert answer["protocol"]["confirm_seeds"] == list(range(1, 11))


def test_numbers_that_are_not_finite_become_null(asked, surefoot_says):
    row = standing("adam", math.nan, interval=(-math.inf, math.inf), steps_to_target=None, lr_tolerance=math.nan)
    asked.verdict = replace(VERDICT, ranking=(row,))
    _, out, _ = surefoot_says("compare", "digits", "--json", "--quiet")
    answer = strictly(out)
    jsonschema.validate(answer, SCHEMA)
    (row,) = answer["ranking"]
    assert (row["score"], row["interval"], row["lr_tolerance"]) == (None, [None, None], None)


def test_the_schema_is_one_and_says_of_every_field_what_it_is():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for part, record in (("standing", Standing), ("protocol", Protocol)):
        names = {field.name for field in fields(record)}
        assert set(SCHEMA["$defs"][part]["properties"]) == set(SCHEMA["$defs"][part]["required"]) == names
    assert set(SCHEMA["properties"]) == set(SCHEMA["required"])


@pytest.mark.parametrize("missing", ["task", "recommended", "indistinguishable", "decided", "ranking", "protocol"])
def test_the_schema_refuses_an_answer_that_lacks_a_part(asked, surefoot_says, missing):
    answer = strictly(surefoot_says("compare", "digits", "--json")[1])
    del answer[missing]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, SCHEMA)


# ---- mistakes


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("comprae digits", "'comprae'"),
        ("--fast", "--fast"),
        ("compare", "Missing argument"),
        ("compare digits more", "more"),
        ("compare digits --trails 3", "--trails"),
        ("compare digits --trials", "--trials"),
        ("compare digits --trials many", "'--trials'"),
        ("compare digits --seeds 1.5", "'--seeds'"),
        ("tasks digits", "digits"),
        ("rules adma", "unknown optimizer 'adma'; did you mean 'adam'?"),
        ("rules adam --show fortran", "fortran"),
        ("rules --show graph", "--show graph needs a rule's name"),
        ("rules nowhere.py:rule", "there is no file nowhere.py"),
    ],
)
def test_a_mistake_is_one_line_on_standard_error_and_code_2(surefoot_says, words, message):
    code, out, err = surefoot_says(*words.split())
    assert (code, out) == (2, "")
    assert is_one_line(err)
    assert message in err


def test_a_mistake_that_the_library_finds(asked, surefoot_says):
    def refuse():
        raise UserError("trials must be at least 1,\ngot 0")

    asked.behave = refuse
    assert surefoot_says("compare", "digits", "--trials", "0") == (
        2,
        "",
        "surefoot: trials must be at least 1, got 0\n",
    )


def test_a_report_that_cannot_be_written_is_refused_before_the_work(asked, surefoot_says, tmp_path):
    for path, reason in ((tmp_path, "Is a directory"), (tmp_path / "no" / "r.html", "No such file or directory")):
        code, out, err = surefoot_says("compare", "digits", "--report", path)
        assert (code, out) == (2, "")
        assert is_one_line(err)
        assert f"--report: {path} cannot be written ({reason})" in err
    assert asked.calls == []


def test_a_report_is_not_touched_before_it_is_there(asked, surefoot_says, tmp_path):
    old, new = tmp_path / "old.html", tmp_path / "new.html"
    old.write_text("yesterday's")

    def refuse():
        raise UserError("no")

    asked.behave = refuse
    for path in (old, new):
        assert surefoot_says("compare", "digits", "--report", path)[0] == 2
    assert old.read_text() == "yesterday's"
    assert not new.exists()


def test_an_error_of_ours_is_not_hidden(asked, surefoot_says):
    def fail():
        raise ZeroDivisionError

    asked.behave = fail
    with pytest.raises(ZeroDivisionError):
        surefoot_says("compare", "digits")


# ---- being stopped


def test_an_interrupted_comparison_says_how_to_go_on(asked, surefoot_says):
    def stop():
        raise Interrupted("stopped; 12 of 320 trials are kept in kept.db: the same command goes on from there")

    asked.behave = stop
    code, out, err = surefoot_says("compare", "digits")
    assert (code, out) == (130, "")
    assert is_one_line(err)
    assert "the same command goes on" in err


def test_ctrl_c_at_any_other_moment_is_quiet(asked, surefoot_says):
    def stop():
        raise KeyboardInterrupt

    asked.behave = stop
    assert surefoot_says("compare", "digits") == (130, "", "")


def started(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "surefoot", *arguments], stderr=subprocess.PIPE, text=True, **options
    )


def test_a_reader_who_leaves_is_no_error():
    process = started("rules", stdout=subprocess.PIPE)
    process.stdout.close()
    _, err = process.communicate()
    assert (process.returncode, err) == (1, "")


def test_in_a_process_of_its_own_a_mistake_is_one_line_too():
    process = started("compare", "digits", "--trials", "x", stdout=subprocess.PIPE)
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert is_one_line(err)


# ---- the rest


def test_the_version(surefoot_says):
    assert surefoot_says("--version") == (0, f"surefoot {surefoot.__version__}\n", "")


def test_alone_it_prints_its_help(surefoot_says):
    code, out, err = surefoot_says()
    assert (code, err) == (0, "")
    assert out == surefoot_says("--help")[1]
    assert all(command in out for command in ("compare", "tasks", "rules"))


def test_tasks_lists_every_built_in_task(surefoot_says):
    code, out, _ = surefoot_says("tasks")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(TASKS)


def test_rules_lists_every_built_in_rule_and_what_it_is(surefoot_says):
    code, out, _ = surefoot_says("rules")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(RULES)
    assert all(len(line.split()) > 3 for line in out.splitlines())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_described_by_its_own_declaration(surefoot_says, rule):
    code, out, _ = surefoot_says("rules", rule.name)
    assert code == 0
    assert rule.facts.source in out
    rows = {line.split()[0]: line for line in out.splitlines() if line}
    for name, domain in rule.hyper.items():
        assert f"{rule.defaults[name]:g}" in rows[name].split()
        assert domain.interval in rows[name]
        assert domain.meaning in rows[name]
    for name, choices in rule.static.items():
        assert all(str(choice) in rows[name] for choice in choices)


def test_a_rule_of_the_user_s_own_is_described_as_ours_are(surefoot_says, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from surefoot.rules import Rate\n\ndef plain(x, g, *, t, lr: Rate = 0.5):\n    return x - lr * g\n"
    )
    code, out, _ = surefoot_says("rules", f"{mine}:plain")
    assert code == 0
    assert "0.005 .. 50" in out


@pytest.mark.parametrize(
    ("view", "line"),
    [
        ("graph", "%26 element sqrt %25"),
        ("llvm", "define void @pass0("),
        ("python", "def uniforms(t, lr, beta1, beta2, eps):"),
    ],
)
def test_what_is_derived_from_a_rule_can_be_read(surefoot_says, view, line):
    code, out, err = surefoot_says("rules", "adam", "--show", view)
    assert (code, err) == (0, "")
    assert line in out


def test_the_help_names_every_view_there_is(surefoot_says):
    _, out, _ = surefoot_says("rules", "--help")
    assert all(view in out for view in VIEWS)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_in_one_line():
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [sys.executable, "-m", "surefoot", "tasks"], check=False, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (told.returncode, told.stderr) == (
        2, "surefoot: the answer cannot be written: No space left on device; make room\n"
    )  # fmt: skip
