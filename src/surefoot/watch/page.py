"""The explorer: one offline HTML file. Printed rules walk on printed landscapes, or recorded walks are played."""

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from surefoot.pages import shell
from surefoot.watch import page_live, page_recording
from surefoot.watch.scene import Recording, Scene

HERE = Path(__file__).parent
#: In the order in which they are run; each of one purpose. `explorer` starts the page.
SCRIPTS = (
    "numbers", "theme", "scene", "walk", "edge", "surface", "labels", "scales", "stage", "chart", "elements", "panels",
    "readout", "walkers", "player", "explorer",
)  # fmt: skip


def html(scene: Scene | Recording) -> str:
    """A whole page that opens from disk and needs no network. The same scene gives the same bytes.

    Raises:
        UserError: if a rule or a landscape of the scene cannot be printed.
    """
    if isinstance(scene, Scene):
        title, data, functions = scene.landscapes[0].title, page_live.data(scene), page_live.functions(scene)
    else:
        title, data, functions = scene.title, page_recording.data(scene), page_recording.FUNCTIONS
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    body = (
        shell.templates(HERE)
        .get_template("page.html.j2")
        .render(live=isinstance(scene, Scene), scene=Markup(text), **_said(scene))
    )
    own = "".join(_lean(shell.read(HERE / "static" / f"{name}.js")) for name in SCRIPTS)
    return shell.page(
        f"{title}: every parameter's own stride",
        Markup(body),
        footer="Made by surefoot. This page is one file and needs no network.",
        scripts=[f'(() => {{\n"use strict";\n{functions}\n{own}}})();\n'],
        styles=[shell.read(HERE / "static" / "page.css")],
    )


def _lean(script: str) -> str:
    """Without indentation and whole-line comments: a fifth of it, in a file that shall stay small."""
    lines = (line.strip() for line in script.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _said(scene: Scene | Recording) -> dict[str, Any]:
    """What is printed around a recording's map."""
    if isinstance(scene, Scene):
        return {"notes": (), "caption": "", "crosses": True}
    notes = tuple(note.replace("'", "’") for note in scene.notes)
    return {"notes": notes, "caption": scene.caption, "crosses": bool(scene.minima)}
