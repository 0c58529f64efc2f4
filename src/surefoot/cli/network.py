"""`surefoot diagnose TASK --optimizer RULE`: a training run against the edge of stability."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from json import dumps
from pathlib import Path
from typing import Any

from surefoot.cli.bar import bar
from surefoot.cli.options import settings
from surefoot.diagnose.network.run import on_task
from surefoot.diagnose.network.show import show
from surefoot.paths import check_writable
from surefoot.rules.catalogue import find
from surefoot.tasks.catalogue import find as find_task


def run(task: str, optimizer: str, words: Sequence[str], *, steps: int | None, report: Path | None, json: bool) -> None:
    """Diagnose a training run and print the answer.

    Args:
        task: a built-in task or `file.py:attribute`. optimizer: a rule. words: the rule's own options.
        steps: updates, or the task's own number. report: where to write a page. json: print one object.
    """
    if report is not None:
        check_writable("--report", report)
    # What a file of the user's prints must not get into the answer.
    with redirect_stdout(sys.stderr), bar("training") as advance:
        rule = find(optimizer)
        chosen: dict[str, Any] = settings(rule, words)
        finding = on_task(find_task(task), rule, steps=steps, progress=advance, **chosen)
    if report is not None:
        from surefoot.diagnose.network.page import page  # noqa: PLC0415 - plotly is loaded when a page is drawn

        report.write_text(page(finding), encoding="utf-8")
    if json:
        print(dumps(finding.record(), indent=2, allow_nan=False))
        return
    show(finding)
    if report is not None:
        print(f"\nReport: {report}")
