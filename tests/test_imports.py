"""`import surefoot` is light, its public names are what it says they are, and each is there when asked for."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import surefoot

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"torch", "numpy", "sympy", "plotly", "pandas", "sklearn", "scipy", "llvmlite", "typer", "rich", "jinja2"}
NAMES = [
    "Task", "UserError", "__version__", "compare", "diagnose", "optim", "rules", "tasks", "testing", "track", "watch",
]  # fmt: skip


def python(code: str) -> str:
    """What a fresh interpreter prints; it must end well."""
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.mark.parametrize("statement", ["import surefoot", "import surefoot; surefoot.UserError, dir(surefoot)"])
def test_importing_loads_nothing_heavy(statement):
    loaded = python(f"{statement}\nimport sys\nprint(*sys.modules)").split()
    assert "surefoot" in loaded
    assert HEAVY & set(loaded) == set()


def test_importing_loads_no_other_module_of_ours():
    loaded = python("import surefoot, sys\nprint(*[m for m in sys.modules if m.startswith('surefoot')])")
    assert loaded == "surefoot"


def test_the_command_line_builds_its_help_without_the_heavy():
    loaded = python("import sys, surefoot.cli\nsurefoot.cli.main(['--help'])\nprint('LOADED', *sys.modules)")
    assert (HEAVY - {"typer"}) & set(loaded.partition("LOADED")[2].split()) == set()


def test_the_public_names():
    assert surefoot.__all__ == NAMES
    assert set(NAMES) <= set(dir(surefoot))


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there_as_the_first_thing_asked_for(name):
    python(f"from surefoot import {name}\nimport surefoot\nassert {name} is surefoot.{name}")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'surefoot' has no attribute 'adam'"):
        surefoot.adam  # noqa: B018


def test_the_version_is_the_project_s():
    assert surefoot.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


FIRST = [
    "import surefoot",
    "import surefoot; surefoot.compare",
    "from surefoot import compare",
    "from surefoot.compare.store import Store",
    "import surefoot.compare.trial as trial",
    "from surefoot.compare.run import compare",
    "import surefoot.compare.run",
]


@pytest.mark.parametrize("first", FIRST)
def test_compare_is_function_and_package_whatever_was_imported_first(first):
    python(
        f"""
{first}
import surefoot as sf
from surefoot import compare
assert compare is sf.compare
from surefoot.compare.store import Store
import surefoot.compare.store as store
assert store.Store is Store is sf.compare.store.Store

import surefoot.compare.run
surefoot.compare.run.compare = lambda *arguments, **options: (arguments, options)
assert sf.compare("digits", trials=2) == (("digits",), {{"trials": 2}})
assert compare("digits") == (("digits",), {{}})
"""
    )
