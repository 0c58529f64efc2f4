"""What the project set out to reach, each held against the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Reach:
    """One aim in words, its bound, the figure that was measured, and whether that is within it (None: unknown)."""

    aim: str
    bound: str
    figure: str
    met: bool | None


def reaches(record: Record) -> list[Reach]:
    """Every aim, in order; those whose part has not been measured say so."""
    parts = (_step, _compare, _start, _sparse, _track, _watch, _orbit)
    return [reach for part in parts for reach in part(record)]


def to_fused(row: Record, ours: str = "surefoot") -> float:
    """How many times torch's fused step takes as long as ours."""
    return float(row["seconds"]["torch fused"]["median"] / row["seconds"][ours]["median"])


def to_best(row: Record, ours: str = "surefoot") -> float:
    """How many times torch's fastest step takes as long as ours."""
    torch = [of["median"] for name, of in row["seconds"].items() if name.startswith("torch")]
    return float(min(torch) / row["seconds"][ours]["median"])


def updates(part: Record, row: Record) -> dict[str, float]:
    """Updates a second of each rule, and of all together; one update is one step of one start, both its coordinates."""
    one = part["starts"] * part["steps"]
    medians = {rule: of["median"] for rule, of in row["seconds"].items()}
    return {**{rule: one / s for rule, s in medians.items()}, "all": one * len(medians) / sum(medians.values())}


def _step(record: Record) -> Iterable[Reach]:
    rows = record.get("step", {}).get("rows", [])

    def best(case: str, gradients: str = "kept") -> dict[str, float]:
        return {r["rule"]: to_best(r) for r in rows if (r["case"], r["gradients"]) == (case, gradients)}

    large = [r for r in rows if r["case"] == "1 x 50M" and "torch fused" in r["seconds"]]
    yield _at_least("step, 1 x 50M: against torch fused", 0.95, {r["rule"]: to_fused(r) for r in large})
    yield _at_least("step, 1000 x 1k: against the best of torch", 5, best("1000 x 1k"))
    yield _at_least("step, 1000 x 1k, new gradients: against the best of torch", 5, best("1000 x 1k", "new"))
    yield _at_least("step, 4 x 1k: against the best of torch", 5, best("4 x 1k"))
    rmsprop = {f"{r['case']}, {r['gradients']}": to_best(r) for r in rows if r["rule"] == "rmsprop"}
    yield _at_least("step, RMSProp at every size: against the best of torch", 5, rmsprop)
    for ours, of_row, theirs in (("drop-in", to_best, "the best of torch"), ("drop-in fused", to_fused, "torch fused")):
        ratios = {f"{r['rule']}, {r['case']}, {r['gradients']}": of_row(r, ours) for r in rows if ours in r["seconds"]}
        yield _at_least(f"step, {ours}, at every size: against {theirs}", 0.95, ratios)


def _compare(record: Record) -> Iterable[Reach]:
    part = record.get("compare")
    rates = {name: of["median"] for name, of in part["search"]["rates"].items()} if part else {}
    for name, bound, words in (
        ("loop", 10, "one trial after another with torch.optim.Adam"),
        ("optuna", 5, "two processes of Optuna"),
    ):
        ratios = {"trial-steps a second": rates["lanes"] / rates[name]} if rates else {}
        yield _at_least(f"search of `compare digits`: against {words}", bound, ratios)
    whole = part["command"]["seconds"]["median"] if part and not part["command"]["options"] else None
    yield _under("`surefoot compare digits` from a cold start", 45, whole)


def _start(record: Record) -> Iterable[Reach]:
    part = record.get("start")
    imports = part["import"] if part else None
    beyond = imports["import surefoot"]["median"] - imports["python -c pass"]["median"] if imports else None
    yield _under("`import surefoot`, beyond bare Python", 0.1, beyond)
    yield _under("`surefoot --help`", 0.5, part["help"]["surefoot --help"]["median"] if part else None)


def _sparse(record: Record) -> Iterable[Reach]:
    seconds = {row["rule"]: row["seconds"] for row in record.get("sparse", {}).get("rules", [])}

    def ratios(other: str) -> dict[str, float]:
        return {rule: of[other]["median"] / of["surefoot"]["median"] for rule, of in seconds.items() if other in of}

    yield _at_least("sparse gradients: against the dense step", 100, ratios("surefoot, dense gradient"))
    yield _at_least("sparse gradients: against torch's sparse optimizers", 1, ratios("torch"))


def _watch(record: Record) -> Iterable[Reach]:
    part = record.get("watch", {})
    rates = {row["landscape"]: updates(part, row)["all"] / 1e6 for row in part.get("landscapes", [])}
    for name, rate in (rates or {"any landscape": None}).items():
        figure = "not measured" if rate is None else f"{rate:.0f} million"
        aim = f"walks on {name}, eight optimizers: updates a second"
        yield Reach(aim, "at least 200 million", figure, None if rate is None else rate >= 200)
    yield _under("a film of 120 frames", 15, part["film"]["median"] if part else None)


def _orbit(record: Record) -> Iterable[Reach]:
    part = record.get("orbit", {})
    rows = {row["rule"]: row for row in part.get("maps", [])}
    slowest = max((row["seconds"]["stability map"]["median"] for row in rows.values()), default=None)
    yield _under("a stability map of 500 x 500 settings, 2,000 steps", 2, slowest)
    for way in next(iter(rows.values()))["numpy"] if rows else ("",):
        ratios = {rule: row["numpy"][way] / row["seconds"]["orbits alone"]["median"] for rule, row in rows.items()}
        yield _at_least(f"its orbits: against NumPy{way and ', '}{way}", 50, ratios)
    medians = [of["median"] for of in part.get("diagnoses", {}).values()]
    yield _under("a diagnosis after the import, the slowest of the chapter's rules", 1, max(medians, default=None))


def _track(record: Record) -> Iterable[Reach]:
    shares = {row["what"]: row["overhead"] for row in record.get("track", {}).get("rows", [])}
    words = "tracking at the default interval: its part of the time"
    if not shares:
        yield Reach(words, "under 2%", "not measured", None)
        return
    worst = max(shares, key=shares.__getitem__)
    yield Reach(words, "under 2%", f"{shares[worst]:.2%} ({worst}, the worst of {len(shares)})", shares[worst] < 0.02)


def _at_least(aim: str, bound: float, ratios: Mapping[str, float]) -> Reach:
    """The worst of several ratios must reach the bound."""
    words = f"at least {bound:g}x"
    if not ratios:
        return Reach(aim, words, "not measured", None)
    worst = min(ratios, key=ratios.__getitem__)
    figure = f"{ratios[worst]:.2f}x ({worst}"
    if len(ratios) > 1:
        figure += f", the worst of {len(ratios)}; {sum(r >= bound for r in ratios.values())} reach it"
    return Reach(aim, words, figure + ")", ratios[worst] >= bound)


def _under(aim: str, bound: float, seconds: float | None) -> Reach:
    if seconds is None:
        return Reach(aim, f"under {bound:g} s", "not measured", None)
    return Reach(aim, f"under {bound:g} s", f"{seconds:.3f} s", seconds < bound)
