"""RESULTS.md from the record: all that it says is read from there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.memory import table
from benchmarks.reaches import reaches, to_best, updates

Record = Mapping[str, Any]
MARKS = {True: "met", False: "MISSED", None: ""}


def draw(record: Record) -> str:
    """The whole page, in Markdown."""
    lines = [
        "# Results",
        "",
        "Written by `python -m benchmarks` from results.json; do not edit. Figures are medians; README.md says how to",
        "read them.",
        "",
        *_table(["aim", "bound", "measured", ""], [[r.aim, r.bound, r.figure, MARKS[r.met]] for r in reaches(record)]),
    ]
    for name, (title, section) in SECTIONS.items():
        if name in record:
            lines += ["", f"## {title}", "", _measured_on(record[name]), "", *section(record[name])]
    return "\n".join(lines) + "\n"


def _measured_on(part: Record) -> str:
    m = part["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in m["versions"].items())
    return (
        f"Measured {part['measured']} on {m['processor']}, {m['cores']} cores, {m['memory_gib']} GiB, {m['system']}; "
        f"Python {m['python']}, {versions}; torch with {m['torch_threads']} threads; "
        f"load average before the run {m['load_before']}."
    )


def _step(part: Record) -> Iterable[str]:
    yield f"In brackets: its time over surefoot's. Torch's default here is {part['torch_default_is']}."
    columns = ["drop-in", "drop-in fused", "torch default", "torch foreach", "torch fused"]
    cases = dict.fromkeys((row["case"], row["gradients"]) for row in part["rows"])
    for case, gradients in cases:
        rows = [row for row in part["rows"] if (row["case"], row["gradients"]) == (case, gradients)]
        rounds = rows[0]["seconds"]["surefoot"]["rounds"]
        yield from ("", f"### {case}, gradients {gradients}, {rounds} rounds", "")
        yield from _table(
            ["rule", "surefoot", *columns, "best of torch / surefoot"],
            [
                [row["rule"], duration(row["seconds"]["surefoot"]["median"])]
                + [_against_ours(row["seconds"], column) for column in columns]
                + [f"{to_best(row):.2f}x"]
                for row in rows
            ],
        )


def _against_ours(seconds: Record, contender: str) -> str:
    if contender not in seconds:
        return "none"
    theirs, ours = seconds[contender]["median"], seconds["surefoot"]["median"]
    return f"{duration(theirs)} ({theirs / ours:.2f}x)"


def _compare(part: Record) -> Iterable[str]:
    search, command = part["search"], part["command"]
    rate, trials = {name: of["median"] for name, of in search["rates"].items()}, search["trials"]
    names = {
        "lanes": "surefoot, lanes",
        "loop": "one after another, torch.optim.Adam",
        "optuna": f"{search['processes']} processes of Optuna, torch.optim.Adam",
    }
    yield from _table(
        ["search of digits", "trials", "trial-steps a second", "surefoot's rate over it"],
        [
            [words, str(trials[name]), f"{rate[name]:,.0f}", f"{rate['lanes'] / rate[name]:.2f}x"]
            for name, words in names.items()
        ],
    )
    rounds = search["rates"]["lanes"]["rounds"]
    yield from (
        "",
        f"{search['steps']} steps a trial, {rounds} round(s). The last two ran a sample of trials.",
    )
    words = " ".join(["surefoot compare digits", *command["options"]])
    whole = command["seconds"]
    yield from ("", f"`{words}`, new process, new store: {duration(whole['median'])}, median of {whole['rounds']}.")


def _start(part: Record) -> Iterable[str]:
    rows = {**part["import"], **part["help"]}
    yield from _table(
        ["whole process", "median", "quartiles", "processes"],
        [
            [f"`{name}`", duration(of["median"]), f"{duration(of['low'])} to {duration(of['high'])}", str(of["rounds"])]
            for name, of in rows.items()
        ],
    )
    yield ""
    yield from _table(
        ["new process, torch and surefoot.optim imported", "made and stepped once", "second step", "processes"],
        [
            [rule, duration(of["first"]["median"]), duration(of["second"]["median"]), str(of["first"]["rounds"])]
            for rule, of in part["first_step"].items()
        ],
    )


def _memory(part: Record) -> Iterable[str]:
    yield (
        f"Bytes a parameter: parameter, gradient and state, {part['parameters'] / 1e6:.0f} million in one tensor; "
        "in brackets what a step takes beside. Torch's classes are as they are when not told anything."
    )
    head, *rows = table(part)
    yield from ("", *_table(head, rows), "")
    yield from _table(
        [f"Adam, float32, {part['layers']} equal layers", "between two steps", "peak of backward and step"],
        [[name, f"{of['kept']:.1f}", f"{of['peak']:.1f}"] for name, of in part["training"].items()],
    )


def _sparse(part: Record) -> Iterable[str]:
    yield (
        f"A table of {part['rows']:,} rows of {part['width']} float32; every gradient names {part['named']:,} others. "
        "In brackets: its time over surefoot's. torch has these three."
    )
    names = {"torch": "torch, sparse", "surefoot, dense gradient": "surefoot, dense gradient"}
    yield from ("",)
    yield from _table(
        ["rule", "surefoot", *names.values()],
        [
            [row["rule"], duration(row["seconds"]["surefoot"]["median"])]
            + [_against_ours(row["seconds"], name) for name in names]
            for row in part["rules"]
        ],
    )


def _watch(part: Record) -> Iterable[str]:
    yield (
        f"{part['starts']:,} starts x {part['steps']:,} steps by the compiled step loop, float64; an update is one "
        "step of one start, both its coordinates. A film of 120 frames from the command line: "
        f"{duration(part['film']['median'])}."
    )
    rates = [(row, updates(part, row)) for row in part["landscapes"]]
    rules = list(rates[0][1])
    yield ""
    yield from _table(
        ["million updates a second", *rules, "compiling all"],
        [
            [row["landscape"], *(f"{of[rule] / 1e6:.0f}" for rule in rules), duration(row["compile"])]
            for row, of in rates
        ],
    )


def _explorer(part: Record) -> Iterable[str]:
    yield (
        f"{part['optimizers']} optimizers x {part['steps']:,} steps in headless Chromium without a graphics card, "
        f"played at 300 steps a second. The page with all landscapes is {part['bytes'] / 1000:.0f} kB."
    )
    yield ""
    columns = {"frame": "frame", "drawing": "of it ours", "rate": "learning rate moved", "parameter": "ground moved"}
    yield from _table(
        ["landscape", *columns.values()],
        [[row["landscape"], *(duration(row[what]["median"]) for what in columns)] for row in part["landscapes"]],
    )


def _orbit(part: Record) -> Iterable[str]:
    side, steps = part["side"], part["steps"]
    numpy = list(part["maps"][0]["numpy"])
    yield (
        f"{side} x {side} settings, {steps:,} steps each, float64: the map with all that it reports, and the orbits "
        "alone, which NumPy makes too (by_hand.py), all at once or in blocks that stay in the processor's cache."
    )
    yield ""
    yield from _table(
        ["rule", "map", "orbits alone", "updates a second", *(f"NumPy, {name}" for name in numpy), "compiling"],
        [
            [
                row["rule"],
                *(duration(row["seconds"][name]["median"]) for name in ("stability map", "orbits alone")),
                f"{side * side * steps / row['seconds']['orbits alone']['median'] / 1e6:.0f} million",
                *(duration(row["numpy"][name]) for name in numpy),
                duration(row["compile"]),
            ]
            for row in part["maps"]
        ],
    )
    yield ""
    yield from _table(
        ["`surefoot.diagnose(rule)`, new process, after the import", "median", "processes"],
        [[rule, duration(of["median"]), str(of["rounds"])] for rule, of in part["diagnoses"].items()],
    )


def _track(part: Record) -> Iterable[str]:
    yield f"Each stepped for a while without a tracker, then for {part['seconds']:g} s with one as it is by default."
    yield from ("",)
    yield from _table(
        ["what is stepped", "a step", "tracked, not recorded", "a record", "records in steps", "tracking, of all time"],
        [
            [
                row["what"],
                duration(row["without"]["median"]),
                duration(row["with"]["median"]),
                duration(row["a_record"]),
                f"{row['records']} in {row['steps']:,}",
                f"{row['overhead']:.2%}",
            ]
            for row in part["rows"]
        ],
    )


SECTIONS = {
    "step": ("Optimizer step", _step),
    "compare": ("Comparison", _compare),
    "start": ("Start", _start),
    "memory": ("Memory", _memory),
    "sparse": ("Sparse gradients", _sparse),
    "track": ("Tracking", _track),
    "watch": ("Walks and films", _watch),
    "explorer": ("The explorer", _explorer),
    "orbit": ("Orbits and diagnoses", _orbit),
}


def duration(seconds: float) -> str:
    """Three digits and a unit.

    >>> duration(0.0123456), duration(12.3456), duration(1.7e-05)
    ('12.3 ms', '12.3 s', '17 us')
    """
    for unit, name in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds / 1e-6:.3g} us"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
