"""The answer in plain words, and the lines of Python to paste."""

from collections.abc import Callable, Sequence

from surefoot.compare.judging import wording
from surefoot.compare.judging.cautions import FEWEST_SEEDS
from surefoot.compare.protocol import Protocol
from surefoot.compare.verdict import Settings, Standing


def sentence(
    ranking: Sequence[Standing],
    recommended: Standing,
    candidates: Sequence[Standing],
    defaults: Settings,
    protocol: Protocol,
) -> str:
    """What to use, and what speaks for it, with the horizon and the batch size in which it holds.

    Args:
        ranking: every optimizer, best first.
        recommended: the one to use, picked among `candidates`.
        candidates: the best, and those that nothing tells apart from it.
        defaults: the recommended optimizer's.
        protocol: what was done.
    """
    steps = "1 step" if protocol.steps == 1 else f"{wording.count(protocol.steps)} steps"
    where = f"On {protocol.task}, {steps} of batch {protocol.batch_size}"
    if all(s.diverged_seeds == len(s.scores) for s in ranking):
        return f"No answer. {where}, every confirmation run of every optimizer diverged."
    seeds = "1 fresh seed" if protocol.seeds == 1 else f"{protocol.seeds} fresh seeds"
    given = ", ".join(_written(recommended.settings, defaults, wording.setting))
    use = f"Use {recommended.optimizer} ({given})." if given else f"Use {recommended.optimizer}."
    best, *others = ranking
    apart = [s for s in others if s.distinguishable]
    scored = f"{protocol.metric} {wording.score(recommended.score)}"
    if not others:
        return f"{use} {where}, it reaches {scored} on {seeds}; it was the only optimizer compared."
    if len(apart) == len(others):
        lead = wording.difference(others[0].difference, of=best.score)
        against = "the other optimizer" if len(others) == 1 else f"each of the {len(others)} others"
        return f"{use} {where}, it beats {against} on {seeds}: {scored}, next is {others[0].optimizer} ({lead})."
    enough = protocol.seeds >= FEWEST_SEEDS
    of = "of them" if len(candidates) + len(apart) == len(ranking) else "of those within a standard error of the best"
    same = wording.listing([s.optimizer for s in ranking if not s.distinguishable])
    said = f"nothing separates {same} on {seeds}" if enough else f"{seeds} cannot separate {same}"
    return f"{use} {where}, {said}; {_why(recommended, candidates, of)} ({scored})."


def _why(recommended: Standing, candidates: Sequence[Standing], of_them: str) -> str:
    """Why this one among equals, as `judge` picks it."""
    name, size = recommended.optimizer, f"{recommended.bytes_per_parameter:g} bytes of state a parameter"
    rivals = [s for s in candidates if s is not recommended]
    as_small = [s for s in rivals if s.bytes_per_parameter == recommended.bytes_per_parameter]
    as_easy = [s for s in as_small if s.lr_tolerance == recommended.lr_tolerance]
    if not rivals:
        return f"{name} has the best mean"
    if not as_small:
        return f"{name} is the cheapest {of_them}, with {size}"
    if not as_easy:
        among = of_them if len(as_small) == len(rivals) else f"of the cheapest {of_them}"
        return f"{name} has the widest range of good learning rates {among}, {recommended.lr_tolerance:.1f} decades"
    among = of_them if len(as_easy) == len(rivals) else f"of the cheapest and easiest to tune {of_them}"
    return f"{name} has the best mean {among}"


def code(constructor: str, imports: Sequence[str], settings: Settings, defaults: Settings) -> str:
    """Lines of Python that make the optimizer for a `model`: its lr, and what differs from the defaults, in full.

    >>> print(code("sf.optim.Adam", (), {"lr": 0.0031, "eps": 1e-8}, {"lr": 0.001, "eps": 1e-8}))
    import surefoot as sf
    <BLANKLINE>
    optimizer = sf.optim.Adam(model.parameters(), lr=0.0031)
    """
    arguments = ", ".join(["model.parameters()", *_written(settings, defaults, repr)])
    return "\n".join(["import surefoot as sf", *imports, "", f"optimizer = {constructor}({arguments})"])


def _written(settings: Settings, defaults: Settings, write: Callable[[float | str | bool], str]) -> list[str]:
    changed = {name: v for name, v in settings.items() if name == "lr" or name not in defaults or v != defaults[name]}
    return [f"{name}={write(value)}" for name, value in changed.items()]
