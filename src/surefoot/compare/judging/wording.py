"""Numbers and certainty in words: one rounding for the page, the notebook and the terminal."""

from collections.abc import Sequence
from math import floor, isfinite, log10

from surefoot.compare.verdict import Settings, Verdict

NONE = "–"


def score(value: float) -> str:
    """A score with four significant digits.

    >>> score(0.97), score(2903.44), score(float("nan"))
    ('0.9700', '2903', '–')
    """
    return f"{value:#.4g}".rstrip(".") if isfinite(value) else NONE


def difference(value: float, of: float) -> str:
    """A difference between scores with its sign, to the decimal place that `score` gives a score like `of`.

    >>> difference(-0.004321, of=0.97), difference(-0.00001, of=0.97), difference(12.3, of=2903.44)
    ('−0.0043', '0.0000', '+12')
    """
    if not (isfinite(value) and isfinite(of)):
        return NONE
    decimals = max(0, 3 - floor(log10(abs(of)))) if of else 4
    rounded = round(value, decimals)
    return f"{rounded:+.{decimals}f}".replace("-", "−") if rounded else f"{0:.{decimals}f}"


def interval(low: str, high: str) -> str:
    """Two ends, already in words.

    >>> interval(score(0.97), score(0.98)), interval(score(float("nan")), score(float("nan")))
    ('0.9700 to 0.9800', '–')
    """
    return f"{low} to {high}" if NONE not in (low, high) else NONE


def p_value(p: float) -> str:
    """A p with two significant digits.

    >>> p_value(0.0004), p_value(0.0123), p_value(1.0)
    ('<0.001', '0.012', '1.0')
    """
    if not isfinite(p):
        return NONE
    return "<0.001" if p < 0.001 else f"{p:#.2g}"


def duration(microseconds: float) -> str:
    """A time in the unit that suits it.

    >>> duration(81.6), duration(1234.0), duration(45e6), duration(75e8)
    ('82 µs', '1.2 ms', '45 s', '2.1 h')
    """
    if not isfinite(microseconds):
        return NONE
    for unit, size, least in (("h", 3.6e9, 1.5), ("min", 6e7, 1.5), ("s", 1e6, 1.0), ("ms", 1e3, 1.0)):
        if microseconds >= least * size:
            return f"{_two_digits(microseconds / size)} {unit}"
    return f"{_two_digits(microseconds)} µs"


def _two_digits(value: float) -> str:
    return f"{value:.2g}" if value < 99.5 else f"{value:.0f}"


def count(number: float) -> str:
    """A whole number with its thousands marked.

    >>> count(1234567)
    '1,234,567'
    """
    return f"{number:,.0f}" if isfinite(number) else NONE


def setting(value: float | str | bool) -> str:
    """One hyperparameter's value, four significant digits at most.

    >>> setting(0.0123456), setting(1e-08), setting("inside"), setting(True)
    ('0.01235', '1e-08', 'inside', 'True')
    """
    return str(value) if isinstance(value, str | bool) else f"{value:.4g}"


def settings(values: Settings) -> str:
    """All hyperparameters on one line.

    >>> settings({"lr": 0.01, "beta": 0.9})
    'lr=0.01 beta=0.9'
    """
    return " ".join(f"{name}={setting(value)}" for name, value in values.items())


def listing(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listing(["adam", "lamb", "sgd"])
    'adam, lamb and sgd'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def why(verdict: Verdict) -> str:
    """What the chapter's factors, as measured here, say for the recommended optimizer."""
    name = verdict.recommended
    told = [factor.sentence for factor in verdict.factors if name in factor.speaks_for]
    if told:
        return f"Why {name}: {' '.join(told)}"
    return f"None of the four factors ({listing([factor.name for factor in verdict.factors])}) speaks for {name} here."


def answered(verdict: Verdict) -> bool:
    """Whether there is an answer at all: the best optimizer ended at least one confirmation run with a finite score."""
    best = verdict.ranking[0]
    return isfinite(best.score) and best.diverged_seeds < len(best.scores)


def certainty(verdict: Verdict, seeds: int) -> str:
    """How sure the answer is, in one sentence."""
    best = verdict.ranking[0]
    if not answered(verdict):
        return "No answer: every confirmation run diverged (its loss stopped being a finite number)."
    if len(verdict.ranking) == 1:
        return f"Only {best.optimizer} was run, so there is nothing to tell it apart from."
    if verdict.decided:
        return f"Decided: {best.optimizer} beat every other by more than chance explains (adjusted p below 0.05)."
    on = "1 seed" if seeds == 1 else f"{seeds} seeds"
    return f"Undecided: on {on}, {listing(verdict.indistinguishable)} cannot be told apart."
