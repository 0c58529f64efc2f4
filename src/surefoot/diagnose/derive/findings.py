"""Everything that can be derived about one setting, each part with its value or with the reason why there is none."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from surefoot.diagnose.derive.accumulation import accumulator
from surefoot.diagnose.derive.contraction import box, shrinkage
from surefoot.diagnose.derive.cycles import Cycle, cycles
from surefoot.diagnose.derive.decrease import CarriedError, Decrease, decrease
from surefoot.diagnose.derive.quadratic import Quadratic
from surefoot.diagnose.derive.rest import Rest, rest
from surefoot.diagnose.derive.stability import FixedPoint, UnsettledError, fixed_point
from surefoot.diagnose.derive.structure import Structure, structure
from surefoot.diagnose.derive.symbols import DerivationError, Symbols
from surefoot.diagnose.derive.threshold import Threshold, threshold
from surefoot.diagnose.derive.twins import host
from surefoot.engines.analysis.intervals import Interval

T = TypeVar("T")


@dataclass
class Findings:
    """What was derived; a part is None where it could not be, and `undone` says why.

    Attributes:
        structure: signs, symmetry, what grows. symbols: the letters.
        rest: the state at rest. point: the fixed point at the minimum. threshold: where it loses stability.
        cycles: cycles of period two. decrease: the region of one-step decrease.
        accumulator: the slot by which the rule converges for every learning rate, if there is one.
        shrinkage: an interval that holds 1 - e'/e at every step from every state, by interval arithmetic.
        leap: the least step next to the minimum, for a rule whose step does not shrink with the error.
        linear: whether the whole step is linear, so that what holds near the minimum holds everywhere.
        undone: what could not be derived, with the reason.
    """

    structure: Structure
    symbols: Symbols
    rest: Rest | None = None
    point: FixedPoint | None = None
    threshold: Threshold | None = None
    cycles: tuple[Cycle, ...] = ()
    decrease: Decrease | None = None
    carried: str | None = None
    accumulator: str | None = None
    shrinkage: Interval | None = None
    leap: float | None = None
    linear: bool = False
    undone: list[str] = field(default_factory=list)


def findings(quadratic: Quadratic) -> Findings:
    """Derive all that can be; nothing here raises, since what cannot be done is itself an answer."""
    found = structure(quadratic)
    symbols = Symbols.of(quadratic, found)
    result = Findings(found, symbols)
    shifted = found.shifted or frozenset({"x"})
    late = _attempt(result, "limit as t grows", lambda: host(quadratic, symbols))
    if late is None:
        return result
    result.rest = _attempt(result, "state at rest", lambda: rest(quadratic, symbols, late, shifted))
    if result.rest is not None:
        _linearise(result, quadratic, late, shifted)
    if _mirrored(quadratic, found):
        result.cycles = tuple(
            _attempt(result, "2-cycle", lambda: cycles(quadratic, symbols, found, late, shifted)) or ()
        )
        try:
            result.decrease = _attempt(
                result, "one-step decrease", lambda: decrease(quadratic, symbols, found, late, shifted)
            )
        except CarriedError as reason:
            result.carried = str(reason)
        result.accumulator = _quietly(lambda: accumulator(quadratic, symbols, found, late, shifted))
        result.shrinkage = shrinkage(quadratic, box(quadratic, found.not_negative))
    return result


def _mirrored(quadratic: Quadratic, found: Structure) -> bool:
    """Whether the error alone, wherever the minimum is, decides on the step."""
    return found.shifted is not None or quadratic.minimum == 0


def _linearise(result: Findings, quadratic: Quadratic, late: Any, shifted: frozenset[str]) -> None:
    at, symbols = result.rest, result.symbols
    assert at is not None
    if at.drift != 0:
        result.undone.append("fixed point: a step at the minimum moves x away from it, so that it is no fixed point")
        return
    try:
        result.point = fixed_point(quadratic, symbols, result.structure, late, at, shifted)
    except UnsettledError as unsettled:
        result.leap = None if at.free else float(unsettled.leap)  # what a slot keeps may be ever less
        result.undone.append(f"linearisation: {unsettled}")
    except DerivationError as reason:
        result.undone.append(f"linearisation: {reason}")
    point = result.point
    if point is None:
        return
    if not point.smooth:
        short = [what for what in point.meets if len(what) <= 40] or [f"{len(point.meets)} times"]
        result.undone.append(
            f"linearisation: the rule is not smooth at the minimum, where branches meet ({'; '.join(short)})"
        )
        return
    result.threshold = _attempt(result, "threshold", lambda: threshold(point, quadratic.rate))
    settled = [v for slot, v in at.state.items() if slot not in point.small and slot not in at.free]
    if result.threshold is not None and any(settled):  # the state at rest was solved for in numbers
        result.threshold = replace(result.threshold, formula=None)
    result.linear = _is_linear(point)


def _is_linear(point: FixedPoint) -> bool:
    return point.whole and not point.frozen


def _attempt(result: Findings, what: str, derive: Callable[[], T]) -> T | None:
    """Derive, or note why not. SymPy raises many things where it is at its wits' end; none of them is the user's."""
    try:
        return derive()
    except CarriedError:
        raise
    except DerivationError as reason:
        result.undone.append(f"{what}: {reason}")
    except (ArithmeticError, AttributeError, NotImplementedError, RecursionError, TypeError, ValueError) as error:
        result.undone.append(f"{what}: SymPy could not ({type(error).__name__})")
    return None


def _quietly(derive: Callable[[], T]) -> T | None:
    try:
        return derive()
    except (DerivationError, ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError):
        return None
