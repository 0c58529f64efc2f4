"""A rule's hyperparameters and static options as command-line options: --lr 0.01 --eps-at outside --centered."""

from collections.abc import Iterator, Mapping, Sequence

from surefoot.errors import UserError, did_you_mean
from surefoot.rules.rule import Rule, Setting

#: What an option that is a range looks like: --lr 0.001:0.01.
RANGE = ":"

Range = tuple[float, float]


def settings(rule: Rule, words: Sequence[str], ranges: bool = False) -> dict[str, Setting | Range]:
    """What the words after the rule's name set.

    Args:
        rule: whose options they are. words: as the shell gave them. ranges: whether LOW:HIGH may stand for a number.

    Raises:
        UserError: for an option that the rule has not, or a value that is none.

    >>> from surefoot.rules import find
    >>> settings(find("rmsprop"), ["--lr", "0.1", "--eps-at=outside", "--centered"])
    {'lr': 0.1, 'eps_at': 'outside', 'centered': True}
    """
    return {name: _value(rule, name, text, ranges) for name, text in _pairs(rule, words)}


def _pairs(rule: Rule, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    known = {name.replace("_", "-"): name for name in rule.defaults}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        option, equals, text = word.partition("=")
        bare = option.removeprefix("--").replace("_", "-")
        positive = bare.removeprefix("no-")
        if not option.startswith("--"):
            raise UserError(
                f"{word!r} is no option; write --lr 0.01, say, for {rule.name}'s {', '.join(rule.defaults)}"
            )
        if bare not in known and not (positive in known and _is_switch(rule, known[positive])):
            raise UserError(f"{rule.name} has no option {option}; {did_you_mean(bare, known)}")
        name = known.get(bare, known.get(positive, ""))
        if equals:
            yield name, text
        elif _is_switch(rule, name) and not (rest and rest[0].lower() in ("true", "false")):
            yield name, "true" if bare in known else "false"
        elif not rest:
            raise UserError(f"{option} needs a value: {option} {rule.defaults[name]}")
        else:
            yield name, rest.pop(0)


def _is_switch(rule: Rule, name: str) -> bool:
    return rule.static.get(name) == (False, True)


def _value(rule: Rule, name: str, text: str, ranges: bool) -> Setting | Range:
    if name in rule.static:
        return _choice(rule.static, name, text)
    return number_or_range(name, text) if ranges else number(name, text)


def number_or_range(name: str, text: str) -> float | Range:
    """A number, or LOW:HIGH as a pair.

    Raises:
        UserError: if it is neither.

    >>> number_or_range("curvature", "0.5:2"), number_or_range("curvature", "1e-3")
    ((0.5, 2.0), 0.001)
    """
    if RANGE not in text:
        return number(name, text)
    ends = [number(name, end) for end in text.split(RANGE)]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise UserError(f"--{name} must be LOW:HIGH with LOW below HIGH, got {text}")
    return ends[0], ends[1]


def number(name: str, text: str) -> float:
    """A number; a range is told where it would be one."""
    try:
        return float(text)
    except ValueError:
        if RANGE in text:
            reason = "is a range, which only --prove takes; give one number, or add --prove"
            raise UserError(f"--{name.replace('_', '-')} {text} {reason}") from None
        raise UserError(f"--{name.replace('_', '-')} must be a number, got {text!r}") from None


def _choice(static: Mapping[str, tuple[str | bool, ...]], name: str, text: str) -> Setting:
    for choice in static[name]:
        if str(choice).lower() == text.lower():
            return choice
    raise UserError(f"--{name.replace('_', '-')} must be one of {', '.join(map(str, static[name]))}, got {text!r}")
