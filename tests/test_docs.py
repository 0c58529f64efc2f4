"""What the Markdown pages promise: links that lead somewhere, an index that misses nothing, commands that exist."""

import re
import tomllib
from pathlib import Path

import pytest
import torch

from surefoot.optim import from_rule
from surefoot.rules.catalogue import find

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changes/*.md")])


# A block of Python that begins with `# name.py` is a file, and is tried as one.
FILE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_into_a_page_lead_to_its_headings(page):
    for link, anchor in re.findall(r"\]\(([^)#]*\.md)?#([^)]+)\)", page.read_text()):
        headings = re.findall(r"^#+ (.*)$", ((page.parent / link) if link else page).read_text(), re.MULTILINE)
        assert anchor in [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_tests_that_a_page_names_exist(page):
    there = {
        name
        for path in ROOT.glob("tests/**/test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)
    }
    assert set(re.findall(r"`(test_\w+)`", page.read_text())) <= there
    assert all((ROOT / path).exists() for path in re.findall(r"`(tests/[\w/.]*)`", page.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named_targets = {
        word for words in re.findall(r"`make ((?:[a-z-]+ ?)+)", page.read_text()) for word in words.split()
    }
    assert named_targets <= targets


def test_the_index_of_decisions_misses_none():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert records
    assert re.findall(r"\]\((0[^)]+)\)", index) == records


def test_decisions_have_their_three_parts():
    for record in (ROOT / "docs" / "decisions").glob("0*.md"):
        text = record.read_text()
        positions = [text.find(f"**{part}.**") for part in ("Context", "Decision", "Consequences")]
        assert -1 not in positions, record.name
        assert positions == sorted(positions), record.name


def test_news_fragments_are_of_a_known_kind():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
    kinds = {kind["directory"] for kind in settings["type"]}
    fragments = [path for path in (ROOT / settings["directory"]).iterdir() if path.name != "README.md"]
    assert {path.name.split(".")[1] for path in fragments} <= kinds
    assert settings["start_string"] in (ROOT / settings["filename"]).read_text()


def test_the_rule_in_the_guide_works_as_the_guide_says(tmp_path):
    ((name, text),) = FILE.findall((ROOT / "CONTRIBUTING.md").read_text())
    (tmp_path / name).write_text(text)
    rule = find(f"{tmp_path / name}:signum")
    parameter = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.0]))
    optimizer = from_rule(rule)([parameter], lr=0.25)
    parameter.grad = torch.tensor([3.0, -1e-3, 0.0])
    optimizer.step()
    assert parameter.tolist() == [0.75, -1.75, 0.0]
