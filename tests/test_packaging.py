"""The ranges in pyproject.toml, the versions that are locked, and the oldest ones that are tried, agree."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
RANGES = [Requirement(r) for r in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]


def pins(name: str) -> dict[str, Version]:
    lines = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / name).read_text(), re.MULTILINE)
    return {package.lower(): Version(version) for package, version in lines}


@pytest.mark.parametrize("requirement", RANGES, ids=lambda r: r.name)
def test_the_locked_version_is_in_the_range(requirement: Requirement) -> None:
    assert pins("constraints.txt")[requirement.name] in requirement.specifier


@pytest.mark.parametrize("requirement", RANGES, ids=lambda r: r.name)
def test_the_oldest_version_in_the_range_is_the_one_that_is_tried(requirement: Requirement) -> None:
    (bound,) = [Version(s.version) for s in requirement.specifier if s.operator == ">="]
    tried = pins("constraints-lowest.txt")[requirement.name]
    assert tried.release[: len(bound.release)] == bound.release
    assert tried in requirement.specifier
