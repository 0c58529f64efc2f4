"""Subdivision: a claim that is decided on small boxes, decided on a large one piece by piece."""

import heapq
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from surefoot.engines.analysis.intervals import Interval

Answer = Literal["proved", "refuted", "undecided"]
Box = Mapping[str, Interval]

#: So many boxes are looked at, the largest left first.
MOST = 300
#: A box is not split below this part of the whole.
LEAST = 2.0**-12


@dataclass(frozen=True)
class Piece:
    """A box with its answer, the part of the whole that it is, and a witness where it is refuted by one."""

    answer: Answer
    box: Box
    part: float
    witness: str = ""


@dataclass(frozen=True, order=True)
class _Open:
    minus_part: float
    number: int
    box: Box = field(compare=False)


def decide(
    whole: Box, sides: Collection[str], ask: Callable[[Box], tuple[Answer, str]], most: int = MOST
) -> list[Piece]:
    """Split a box until the claim is decided on its pieces, or too many have been looked at.

    Args:
        whole: an interval a name. sides: the names along which it may be split; the others are numbers, give or take
            a last digit. ask: the answer for a whole box, with a witness. most: boxes to look at.
    """
    open_ = [_Open(-1.0, 0, whole)]
    done: list[Piece] = []
    looked = 0
    while open_:
        item = heapq.heappop(open_)
        answer, witness = ask(item.box)
        looked += 1
        part = -item.minus_part
        halves = _halves(item.box, whole, sides) if answer == "undecided" and looked < most and part > LEAST else ()
        if not halves:
            done.append(Piece(answer, item.box, part, witness))
        for half in halves:
            heapq.heappush(open_, _Open(-part / 2, looked * 2 + len(open_), half))
    return merged(done)


def _halves(box: Box, whole: Box, sides: Collection[str]) -> tuple[Box, ...]:
    """Two halves along the side that is longest against the whole box's."""
    if not sides:
        return ()
    name = max(sorted(sides), key=lambda n: _relative(box[n], whole[n]))
    low, high = box[name].split()
    return {**box, name: low}, {**box, name: high}


def _relative(side: Interval, whole: Interval) -> float:
    if whole.low > 0 and whole.high > 10 * whole.low:  # as such a side is split
        return math.log(side.high / side.low) / math.log(whole.high / whole.low)
    return (side.high - side.low) / (whole.high - whole.low)


def merged(pieces: list[Piece]) -> list[Piece]:
    """Neighbours with one answer, joined along one side after the other until none are left, in order."""
    count = math.inf
    while len(pieces) < count:
        count = len(pieces)
        for name in pieces[0].box:
            pieces = _joined(pieces, name)
    return sorted(pieces, key=lambda p: [(side.low, side.high) for side in p.box.values()])


def _joined(pieces: list[Piece], name: str) -> list[Piece]:
    """Along one side."""

    def place(piece: Piece) -> list[tuple[float, float]]:
        others = [(side.low, side.high) for n, side in piece.box.items() if n != name]
        return [*others, (piece.box[name].low, piece.box[name].high)]

    done: list[Piece] = []
    for piece in sorted(pieces, key=place):
        union = _union(done[-1], piece) if done else None
        if union is None:
            done.append(piece)
        else:
            done[-1] = union
    return done


def _union(a: Piece, b: Piece) -> Piece | None:
    if a.answer != b.answer:
        return None
    differ = [name for name in a.box if a.box[name] != b.box[name]]
    if len(differ) != 1 or a.box[differ[0]].high != b.box[differ[0]].low:
        return None
    side = Interval(a.box[differ[0]].low, b.box[differ[0]].high)
    return Piece(a.answer, {**a.box, differ[0]: side}, a.part + b.part, a.witness)
