"""The shell of every page: one offline file with a strict content security policy, light and dark, phone to print."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from surefoot.pages import palette

HERE = Path(__file__).parent


def templates(folder: Path) -> Environment:
    """A jinja environment over a folder of ours: everything is escaped, and a missing name is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(title: str, body: Markup, *, footer: str, scripts: Sequence[str] = (), styles: Sequence[str] = ()) -> str:
    """A whole page that needs nothing but itself.

    Args:
        title: plain text, for the window and the tab.
        body: the content, already escaped.
        footer: plain text, one line.
        scripts: JavaScript texts, run in order at the end of the body, before the shell's own. The policy allows these,
            by their hashes, and no others; no network, frame, form or worker at all.
        styles: CSS texts beside the shell's own.
    """
    sources = [_script(text) for text in (*scripts, read(HERE / "shell.js"))]
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(_hash(source) for source in sources)}",
            "style-src 'unsafe-inline'",  # plotly and the charts' own sizes set styles on elements
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return (
        templates(HERE)
        .get_template("shell.html.j2")
        .render(
            title=title,
            body=body,
            footer=footer,
            policy=policy,
            scripts=[Markup(source) for source in sources],
            styles=[Markup(text) for text in (palette.css(), read(HERE / "shell.css"), *styles)],
        )
    )


@cache
def read(path: Path) -> str:
    """A text file of the package."""
    return path.read_text(encoding="utf-8")


def _script(text: str) -> str:
    """The text as it will stand between the tags, so that its hash is the one a browser computes."""
    assert "</script" not in text.lower(), "this text would end its script element"
    assert "<!--" not in text, "this text would open a comment in its script element"
    return text.replace("\r\n", "\n").replace("\r", "\n")


@cache
def _hash(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"
