"""The shell: what it lets in, and what it escapes."""

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from surefoot.pages import shell


class Reader(HTMLParser):
    """Collects scripts as a browser sees them, the policy, and every attribute that could load something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.links: list[str] = []
        self.policy = ""
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"] or ""
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def page(**changes: object) -> str:
    given = {"title": "T", "body": Markup("<p>body</p>"), "footer": "F", "scripts": ["let a = 1 < 2;\r\n"]}
    return shell.page(**(given | changes))  # type: ignore[arg-type]


def test_the_policy_allows_exactly_the_scripts_that_are_there() -> None:
    read = Reader(page())
    directives = dict(part.split(" ", 1) for part in read.policy.split("; "))
    hashes = {f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in read.scripts}
    assert len(read.scripts) == 2
    assert set(directives["script-src"].split()) == hashes
    assert directives["default-src"] == "'none'"


def test_nothing_is_loaded() -> None:
    assert Reader(page()).links == ["data:,"]


def test_title_and_footer_are_escaped() -> None:
    html = page(title="</title><script>alert(1)</script>", footer="<img src=x>")
    assert len(Reader(html).scripts) == 2
    assert "<img" not in html


@pytest.mark.parametrize("text", ["'</script>'", "'</SCRIPT >'", "'<!--'"])
def test_a_script_that_would_break_out_is_refused(text: str) -> None:
    with pytest.raises(AssertionError, match="script element"):
        page(scripts=[text])
