"""`file.py:attribute` gives the thing it names, or one line that says what stands in the way."""

import sys

import pytest

from surefoot.errors import UserError
from surefoot.references import is_reference, load


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    yield write
    for name in [name for name, module in sys.modules.items() if str(tmp_path) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


@pytest.mark.parametrize(
    "text", ["mine.py:rule", "/a/b c/mine.py:rule", "../mine.py:rule", "C:\\mine.py:rule", "a.py:"]
)
def test_a_file_and_an_attribute_are_a_reference(text):
    assert is_reference(text)


@pytest.mark.parametrize("text", ["adam", "mine.py", "mine:rule", "mine.txt:rule", "", ":", "pkg.mod:rule"])
def test_anything_else_is_a_name(text):
    assert not is_reference(text)


def test_it_gives_the_thing_itself(write):
    path = write("values = [1, 2]")
    assert load(f"{path}:values") == [1, 2]
    assert load(f"{path}:values") is load(f"{path}:values"), "the file is run once"


def test_a_relative_path_is_taken_from_here(write, monkeypatch):
    path = write("value = 3")
    monkeypatch.chdir(path.parent)
    assert load("mine.py:value") == 3


def test_files_beside_it_can_be_imported_and_the_path_is_left_as_it_was(write):
    write("answer = 42", "helper_beside.py")
    path = write(
        "from helper_beside import answer\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    x: int"
    )
    before = list(sys.path)
    assert load(f"{path}:answer") == 42
    assert load(f"{path}:A")(1).x == 1
    assert sys.path == before


def test_two_files_of_one_name_are_two(write, tmp_path):
    first = write("value = 1")
    (tmp_path / "other").mkdir()
    second = write("value = 2", "other/mine.py")
    assert (load(f"{first}:value"), load(f"{second}:value")) == (1, 2)


@pytest.mark.parametrize(
    ("text", "attribute", "message"),
    [
        ("def adam(x): ...", "adma", "mine.py has no 'adma'; did you mean 'adam'?"),
        ("import math\nfrom pathlib import Path\nmine = 1", "x", "mine.py has no 'x'; known: mine$"),
        ("import no_such_module_", "x", "does not import: ModuleNotFoundError: No module named 'no_such_module_'"),
        ("x = 1\ny = = 2", "x", r"does not import: SyntaxError: .* \(line 2\)"),
        ("raise ValueError('two\\nlines')", "x", r"does not import: ValueError: two \(line 1\)$"),
        ("1 / 0", "x", "does not import: ZeroDivisionError: division by zero"),
    ],
)
def test_what_stands_in_the_way_is_said_in_one_line(write, text, attribute, message):
    reference = f"{write(text)}:{attribute}"
    before = list(sys.path)
    for _ in range(2):  # a file that failed is not remembered as loaded
        with pytest.raises(UserError, match=message) as caught:
            load(reference)
        assert str(caught.value).startswith(f"{reference}: ")
        assert len(str(caught.value).splitlines()) == 1
    assert sys.path == before


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(UserError, match=r"there is no file .*nowhere\.py; give an existing file\.py:attribute"):
        load(f"{tmp_path / 'nowhere.py'}:x")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(UserError, match="there is no file"):
        load(f"{tmp_path / 'folder.py'}:x")


def test_a_mended_file_loads_after_it_failed(write):
    path = write("1 / 0")
    with pytest.raises(UserError):
        load(f"{path}:x")
    write("x = 1  # another length, so that no cached bytecode is taken for it")
    assert load(f"{path}:x") == 1


def test_ctrl_c_in_the_file_is_no_user_s_mistake(write):
    with pytest.raises(KeyboardInterrupt):
        load(f"{write('raise KeyboardInterrupt')}:x")


def test_a_file_that_exits_is_a_users_mistake(tmp_path):
    (tmp_path / "leaves.py").write_text("import sys\nsys.exit('no')\n")
    with pytest.raises(UserError, match="does not import: SystemExit: no"):
        load(f"{tmp_path / 'leaves.py'}:anything")
