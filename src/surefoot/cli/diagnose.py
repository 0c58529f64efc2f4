"""`surefoot diagnose`: what its words mean, and where the answer goes."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.cli.options import number, number_or_range, settings
from surefoot.errors import UserError
from surefoot.paths import check_writable
from surefoot.rules.rule import Rule


@dataclass(frozen=True)
class Options:
    """What was asked for, as the command line has it; curvature and start are numbers, or ranges to be proved about."""

    curvature: str
    minimum: float
    start: str | None
    report: Path | None
    json: bool
    prove: bool


def run(rule: str, words: Sequence[str], options: Options) -> None:
    """Diagnose a rule and print the answer.

    Args:
        rule: a name or `file.py:function`. words: the rule's own options. options: the command's.
    """
    # What a file of the user's prints must not get into the answer.
    with redirect_stdout(sys.stderr):
        found = _rule(rule)
        chosen = settings(found, words, ranges=options.prove)
    if options.report is not None:
        check_writable("--report", options.report)
    if options.prove:
        _prove(found, options, chosen)
        return
    from surefoot.diagnose.run import diagnose  # noqa: PLC0415 - SymPy is loaded when it is needed

    curvature, start = number("curvature", options.curvature), number("start", options.start or "1")
    diagnosis = diagnose(found, curvature, minimum=options.minimum, start=start, **chosen)
    if options.report is not None:
        from surefoot.diagnose.derive.quadratic import rate_of  # noqa: PLC0415
        from surefoot.diagnose.page import report  # noqa: PLC0415

        options.report.write_text(report(diagnosis, found, rate_of(found)), encoding="utf-8")
    if options.json:
        from surefoot.diagnose.answer.record import as_json  # noqa: PLC0415

        print(as_json(diagnosis))
        return
    from surefoot.cli.diagnosis import show  # noqa: PLC0415

    show(diagnosis)
    if options.report is not None:
        print(f"\nReport: {options.report}")


def _rule(name: str) -> Rule:
    """The rule; a task in its place is told what is missing."""
    from surefoot.rules.catalogue import find  # noqa: PLC0415

    try:
        return find(name)
    except UserError:
        if _is_task(name):
            raise UserError(f"{name} is a task; add the rule that is to train it: --optimizer adam, say") from None
        raise


def _is_task(name: str) -> bool:
    from surefoot.tasks.catalogue import find as find_task  # noqa: PLC0415 - torch is loaded with a task of a file

    try:
        find_task(name)
    except UserError:
        return False
    return True


def _prove(rule: Rule, options: Options, chosen: Mapping[str, Any]) -> None:
    from surefoot.cli.proof import show  # noqa: PLC0415
    from surefoot.diagnose.prove.record import as_json  # noqa: PLC0415
    from surefoot.diagnose.prove.run import prove  # noqa: PLC0415

    if options.report is not None:
        raise UserError("--report is of a diagnosis; leave out --prove, or take --json")
    curvature = number_or_range("curvature", options.curvature)
    start = None if options.start is None else number_or_range("start", options.start)
    proof = prove(rule, curvature, minimum=options.minimum, start=start, **chosen)
    if options.json:
        print(as_json(proof))
    else:
        show(proof)
