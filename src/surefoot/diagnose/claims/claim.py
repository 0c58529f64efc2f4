"""What a claim is: a statement with its source, the function that computes both sides of it, and the verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Literal

Relation = Literal["=", "<", ">"]


@dataclass(frozen=True)
class Figure:
    """A computed number beside the published one.

    Attributes:
        what: what the number is. computed, published: the two.
        relation: what must hold between computed and published.
        within: for `=`, the largest relative difference (absolute where `published` is 0).
    """

    what: str
    computed: float
    relation: Relation
    published: float
    within: float = 1e-9

    @property
    def agrees(self) -> bool:
        """Whether the relation holds; two equal infinities are equal.

        >>> Figure("threshold", 1.999, "=", 2.0, within=0.01).agrees, Figure("rate", 0.5, "<", 0.4).agrees
        (True, False)
        """
        if self.relation == "<":
            return self.computed < self.published
        if self.relation == ">":
            return self.computed > self.published
        if not isfinite(self.published):
            return self.computed == self.published
        return abs(self.computed - self.published) <= self.within * (abs(self.published) or 1.0)


@dataclass(frozen=True)
class Evidence:
    """What computing a claim gave.

    Attributes:
        inside: what the statement says, where it is meant to hold. At least one figure.
        outside: the same where its condition is not met; empty for a statement without one.
    """

    inside: tuple[Figure, ...]
    outside: tuple[Figure, ...] = ()

    @classmethod
    def of(cls, *figures: Figure) -> "Evidence":
        """The evidence for a statement without a condition."""
        return cls(figures)

    @property
    def holds(self) -> bool:
        """Whether every figure of the statement agrees."""
        return all(figure.agrees for figure in self.inside)

    @property
    def limited(self) -> bool:
        """Whether the statement fails somewhere outside its condition."""
        return not all(figure.agrees for figure in self.outside)


@dataclass(frozen=True)
class Claim:
    """A statement, who made it, and how it is computed.

    Attributes:
        name: its file's name. statement: one sentence. source: where it was published or derived.
        verdict: what we found it to be: `holds`, `holds when ...` or `does not hold`, with a reason where there is one.
        heavy: whether computing it takes more than about a second.
        compute: the two sides, with how far they may lie apart.
    """

    name: str
    statement: str
    source: str
    verdict: str
    heavy: bool
    compute: Callable[[], Evidence]

    def found(self, evidence: Evidence) -> str:
        """The kind of verdict that the evidence speaks for: `holds`, `holds when` or `does not hold`."""
        if not evidence.holds:
            return "does not hold"
        return "holds when" if evidence.limited else "holds"

    def stands(self, evidence: Evidence) -> bool:
        """Whether the evidence speaks for the verdict that is written down."""
        return kind(self.verdict) == self.found(evidence)


def kind(verdict: str) -> str:
    """The kind of a verdict: what comes before its condition or reason.

    >>> kind("holds when lr is small"), kind("does not hold: it spikes"), kind("holds")
    ('holds when', 'does not hold', 'holds')
    """
    for known in ("holds when", "does not hold", "holds"):
        if verdict.startswith(known):
            return known
    raise ValueError(f"a verdict must begin with holds, holds when or does not hold, got {verdict!r}")


def claim(
    statement: str, source: str, verdict: str = "holds", *, heavy: bool = False
) -> Callable[[Callable[[], Evidence]], Claim]:
    """Make a claim of the function that computes it; see `Claim` for the arguments. The file's name is its name."""
    kind(verdict)  # it must be of one of the three kinds

    def make(compute: Callable[[], Evidence]) -> Claim:
        return Claim(compute.__module__.rpartition(".")[2], statement, source, verdict, heavy, compute)

    return make
