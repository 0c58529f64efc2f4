"""The command line: parses, calls, prints. A user's mistake is one line on standard error and exit code 2."""

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from errno import ENOSPC, EPIPE
from pathlib import Path
from typing import Annotated

import typer

from surefoot import __version__
from surefoot.cli.names import names
from surefoot.errors import UserError
from surefoot.paths import check_writable

# What is heavy (torch, pandas, the rules' engines) is imported by the command that needs it, so that help is quick.
# ruff: noqa: PLC0415

app = typer.Typer(
    name="surefoot",
    help="Choose, use and understand an optimizer.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# typer's own error for a wrong use of the command line; its public subclass leads to it in every version.
UsageError: type[typer.BadParameter] = typer.BadParameter.__bases__[0]
INTERRUPTED = 130  # 128 + SIGINT, what a shell reports


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: the words after `surefoot`; by default those of this process.
    """
    try:
        code = app(arguments, prog_name="surefoot", standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        return _complain(str(error))
    except UsageError as error:
        command = error.ctx.command_path if error.ctx else "surefoot"
        return _complain(f"{error.format_message()} (see {command} --help)")
    except (KeyboardInterrupt, typer.Abort):
        print("surefoot: stopped", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.errno not in (EPIPE, ENOSPC):
            raise
        # The reader left (`| head`), or the disk is full; what is still buffered must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1 if error.errno == EPIPE else _complain(f"the answer cannot be written: {error.strerror}; make room")
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    print("surefoot:", " ".join(message.split()), file=sys.stderr)
    return 2


def _version(asked: bool) -> None:
    if asked:
        print(f"surefoot {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def compare(
    task: Annotated[str, typer.Argument(help="A built-in task (surefoot tasks) or FILE.py:ATTRIBUTE.")],
    optimizers: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Rules (surefoot rules) or FILE.py:FUNCTION.  [default: all eight]"),
    ] = None,
    trials: Annotated[int, typer.Option(help="Settings to try for each optimizer, the default one first.")] = 32,
    seeds: Annotated[int, typer.Option(help="Fresh seeds on which each best setting is confirmed.")] = 10,
    steps: Annotated[int | None, typer.Option(help="Updates a trial.  [default: the task's own]")] = None,
    store: Annotated[Path, typer.Option(help="Keep all trials in this file, and resume from it.")] = Path(
        "surefoot.db"
    ),
    report: Annotated[Path | None, typer.Option(help="Write the answer as an HTML page.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, all else on standard error.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on standard error.")] = False,
) -> None:
    """Which optimizer, with which settings, and how sure."""
    if report is not None:
        _check_writable(report, store)
    from surefoot.cli.answer import show
    from surefoot.cli.progress import on_standard_error
    from surefoot.compare import run
    from surefoot.compare.execute import Interrupted
    from surefoot.compare.record import as_json

    progress = on_standard_error(quiet)
    try:
        # What a task of the user's own prints must not get into the answer.
        with redirect_stdout(sys.stderr):
            study = run.compare(
                task,
                optimizers=names(optimizers),
                trials=trials,
                seeds=seeds,
                steps=steps,
                store=store,
                progress=progress,
            )
    except Interrupted as stop:
        progress.done()
        print("surefoot:", stop, file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        progress.done()
    if report is not None:
        study.report(report)
    if json:
        print(as_json(study.verdict, study.protocol))
        return
    show(study.verdict, study.protocol)
    kept = "kept nowhere" if str(store) == ":memory:" else f"{store} (the same command again answers at once)"
    print(f"\nTrials: {kept}")
    if report is not None:
        print(f"Report: {report}")


@app.command()
def watch(
    landscape: Annotated[
        str,
        typer.Argument(
            help="terrain, ravine, quadratic, rosenbrock, beale, himmelblau, rastrigin, saddle, cliff, plateau, kink, "
            "drift, jump, sparse, noisy, or FILE.py:FUNCTION; or a task (surefoot tasks, FILE.py:ATTRIBUTE), whose "
            "network's paths are shown in one plane."
        ),
    ] = "terrain",
    optimizers: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Rules (surefoot rules) or FILE.py:FUNCTION.  [default: all eight]"),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="X,Y", help="Where to start.  [default: the landscape's]")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="How long to walk.  [default: the landscape's, or the task's]")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME.SETTING=VALUE", help="As adam.lr=0.01 or ravine.condition=10; repeatable."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write this file, .html, .gif, .mp4, .png or .svg, and open nothing.")
    ] = None,
    layers: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Of a task: whose rates to show, as 0.weight.  [default: first, middle, last weight]",
        ),
    ] = None,
    basins: Annotated[
        bool, typer.Option("--basins", help="With --save: which start ends in which minimum, as a picture.")
    ] = False,
    theme: Annotated[
        str, typer.Option(metavar="light|dark", help="With --save: colours of a film or a still.")
    ] = "light",
    opens: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Every parameter's own stride: optimizers on a landscape, live in one page, or as a film; or in a network."""
    from surefoot.cli import watch as the_watch

    options = the_watch.Options(optimizers, start, steps, settings or [], save, layers, theme)
    if basins:
        the_watch.basins(landscape, options)
    else:
        the_watch.run(landscape, options, opens)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def diagnose(
    context: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(help="A built-in rule (surefoot rules), FILE.py:FUNCTION, a task, or a claim.")
    ] = None,
    curvature: Annotated[str, typer.Option(metavar="H", help="The second derivative of the loss.")] = "1",
    minimum: Annotated[float, typer.Option(metavar="X", help="Where the minimum is.")] = 0.0,
    start: Annotated[
        str | None,
        typer.Option(metavar="E", help="The first error, from which an orbit is simulated.  [default: 1]"),
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            metavar="RULE", help="Train a task (surefoot tasks or FILE.py:ATTRIBUTE) and look at its curvature."
        ),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="With --optimizer: updates.  [default: the task's own]")] = None,
    prove: Annotated[
        bool,
        typer.Option(
            "--prove",
            help="Certificates by interval arithmetic; settings, curvature and start may be ranges: --lr 1e-5:1e-3.",
        ),
    ] = False,
    claims: Annotated[
        bool, typer.Option("--claims", help="List what is published of these methods; with a claim's name, compute it.")
    ] = False,
    exercise: Annotated[
        bool, typer.Option("--exercise", help="Write the chapter's exercise, answered, to --report or exercise.html.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write the answer as an HTML page.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, all else on standard error.")] = False,
) -> None:
    """Will it converge, cycle or spike at a given curvature; why; and how certain is that.

    Every hyperparameter and option of the rule is an option here: --lr 0.01 --eps-at outside (surefoot rules RULE).
    With --optimizer, a real training run is held against the rule's edge of stability.
    """
    if claims or exercise:
        from surefoot.cli import claims as the_claims

        if claims:
            the_claims.claims(rule, context.args, json)
        else:
            the_claims.exercise(rule, context.args, report)
        return
    if rule is None:
        raise UserError("diagnose what? name a rule (surefoot rules), a task with --optimizer, --claims or --exercise")
    if optimizer is not None:
        from surefoot.cli import network as the_network

        the_network.run(rule, optimizer, context.args, steps=steps, report=report, json=json)
        return
    if steps is not None:
        raise UserError("--steps is of a training run; name its optimizer too: --optimizer adam")
    from surefoot.cli import diagnose as the_diagnose

    options = the_diagnose.Options(curvature, minimum, start, report, json, prove)
    the_diagnose.run(rule, context.args, options)


@app.command()
def tasks() -> None:
    """The built-in tasks, a line each."""
    from surefoot.tasks.catalogue import TASKS, about

    width = max(map(len, TASKS))
    print("\n".join(f"{name:<{width}}  {about(name)}" for name in TASKS))


@app.command()
def rules(
    name: Annotated[str | None, typer.Argument(help="A built-in rule or FILE.py:FUNCTION.")] = None,
    show: Annotated[
        str | None,
        typer.Option(metavar="VIEW", help="Print what is derived from the rule: graph, llvm, python, latex or js."),
    ] = None,
) -> None:
    """The update rules, or all about one of them."""
    from surefoot.cli import rules as the_rules

    if name is None:
        if show is not None:
            raise UserError(f"--show {show} needs a rule's name: surefoot rules adam --show {show}")
        print(the_rules.listing())
        return
    from surefoot.rules.catalogue import find

    rule = find(name)
    if show is None:
        print(the_rules.describe(rule))
        return
    from surefoot import engines

    print(engines.show(rule, show))


def _check_writable(report: Path, store: Path) -> None:
    """Find out before the work, not after it, that the report cannot be written, or would be written over trials."""
    if report.resolve() == store.resolve() or (report.is_file() and report.read_bytes()[:6] == b"SQLite"):
        raise UserError(f"--report: {report} is a store of trials and must not be written over; name another file")
    check_writable("--report", report)
