"""Hyperparameters: the one declaration from which checks, messages, search ranges, options and docs follow.

A rule annotates each hyperparameter with one of the types below. `Domain` says what values it may take, which part of
them is worth searching, on what scale, and from which trial of a search on: a small budget goes to the learning rate.
"""

import math
from dataclasses import dataclass
from numbers import Real
from typing import Annotated, Literal, NoReturn, get_args

from surefoot.errors import UserError

Scale = Literal["log", "log of 1-x"]


@dataclass(frozen=True)
class Domain:
    """What a hyperparameter may be, and where to look for a good value.

    Attributes:
        meaning: what it is, for help texts and docs.
        low, high: the bounds; `low_open`, `high_open` say whether they are excluded. Values must be finite.
        search: bounds of the search on the scale, or None if it is never searched. With `decades` they follow from the
            default value instead: this many powers of ten to either side of it, as far as the bounds allow.
        scale: on which the search is uniform.
        opens_at: the first trial, counted from 1, in which a search moves this hyperparameter; before it, it stays at
            its default, as all do in trial 1.

    Raises:
        UserError: if the bounds or the search range do not stand.
    """

    meaning: str
    low: float
    high: float
    low_open: bool = True
    high_open: bool = True
    search: tuple[float, float] | None = None
    decades: float | None = None
    scale: Scale = "log"
    opens_at: int = 2

    def __post_init__(self) -> None:
        if self.scale not in get_args(Scale):
            self._refuse(f"scale must be one of {get_args(Scale)}, got {self.scale!r}")
        if not self.low < self.high:
            self._refuse(f"low must be below high, got {self.low} and {self.high}")
        if self.decades is not None and (self.decades <= 0 or self.scale != "log"):
            self._refuse(f"decades must be above 0, on the scale 'log', got {self.decades} on {self.scale!r}")
        least, most = (0.0, math.inf) if self.scale == "log" else (-math.inf, 1.0)
        if self.search is not None:
            low, high = self.search
            if not (least < low < high < most and self.low <= low and high <= self.high):
                self._refuse(
                    f"search must be two rising numbers within {self.interval}, and in ({least:g}, {most:g}) on the "
                    f"scale {self.scale!r}, got {self.search}"
                )

    def _refuse(self, reason: str) -> NoReturn:
        raise UserError(f"Domain({self.meaning!r}): {reason}")

    @property
    def searched(self) -> bool:
        """Whether a search ever moves it."""
        return self.search is not None or self.decades is not None

    @property
    def interval(self) -> str:
        """The allowed values in mathematical notation.

        >>> Domain("a decay", 0, 1, low_open=False).interval
        '[0, 1)'
        """
        return f"{'(' if self.low_open else '['}{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"

    def check(self, name: str, value: object) -> float:
        """The value as a float, if it is allowed.

        Raises:
            UserError: naming the hyperparameter, what it must be and what came.

        >>> Domain("a decay", 0, 1, low_open=False).check("beta1", 1.0)
        Traceback (most recent call last):
        ...
        surefoot.errors.UserError: beta1 must be in [0, 1), got 1.0
        """
        if isinstance(value, bool) or not isinstance(value, Real):
            raise UserError(f"{name} must be a number in {self.interval}, got {value!r}")
        try:
            number = float(value)
        except OverflowError:  # a whole number beyond every float
            number = math.inf
        above = number > self.low or (number == self.low and not self.low_open)
        below = number < self.high or (number == self.high and not self.high_open)
        if not (above and below and math.isfinite(number)):
            raise UserError(f"{name} must be in {self.interval}, got {value!r}")
        return number

    def limits(self, default: float) -> tuple[float, float]:
        """The lowest and highest value of the search, given the rule's default.

        >>> get_domain(Rate).limits(1e-3)
        (1e-05, 0.1)
        """
        if self.search is not None:
            return self.search
        if self.decades is None:
            raise UserError(f"{self.meaning} is not searched")
        if default <= 0:
            raise UserError(f"{self.meaning} is searched around its default, which must be above 0, got {default!r}")
        low, high = float(f"{default / 10**self.decades:.12g}"), float(f"{default * 10**self.decades:.12g}")
        inmost = 1e-5  # stays within bounds that are excluded, after rounding too
        return max(low, self.low * (1 + inmost)), min(high, self.high * (1 - inmost))

    def quantile(self, u: float, default: float) -> float:
        """The value at fraction `u` in [0, 1] of the search range, uniform on the scale.

        >>> get_domain(Rate).quantile(0.5, 1e-3), get_domain(Decay).quantile(0.0, 0.999)
        (0.001, 0.5)
        """
        low, high = self.limits(default)
        if self.scale == "log of 1-x":
            low, high = 1 - low, 1 - high
        value = math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
        return float(f"{1 - value if self.scale == 'log of 1-x' else value:.6g}")

    def fraction(self, value: float, default: float) -> float:
        """Where in the search range a value lies on the scale: 0 at the low end, 1 at the high end.

        >>> get_domain(Rate).fraction(1e-5, 1e-3)
        0.0
        """
        low, high = self.limits(default)
        if self.scale == "log of 1-x":
            low, high, value = 1 - low, 1 - high, 1 - value
        if value <= 0:
            return 0.0 if self.scale == "log" else 1.0
        return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))


@dataclass(frozen=True)
class Start:
    """Annotates a state slot whose first value is the named hyperparameter, not zero."""

    hyperparameter: str


def get_domain(annotation: object) -> Domain:
    """The domain that an annotation such as `Rate` carries."""
    (domain,) = (m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, Domain))
    return domain


# Ranges as in published comparisons: Sivaprasad et al. 2020; Choi et al. 2019 (eps on a wide scale); AlgoPerf.
Rate = Annotated[float, Domain("learning rate", 0, math.inf, low_open=False, decades=2)]
Momentum = Annotated[
    float,
    Domain(
        "decay of the average of gradients", 0, 1, low_open=False, search=(0.5, 0.995), scale="log of 1-x", opens_at=10
    ),
]
Decay = Annotated[
    float,
    Domain(
        "decay of the average of squares", 0, 1, low_open=False, search=(0.5, 0.9999), scale="log of 1-x", opens_at=50
    ),
]
Epsilon = Annotated[
    float,
    Domain(
        "keeps the root of the second moment from zero", 0, math.inf, low_open=False, search=(1e-10, 1.0), opens_at=26
    ),
]
Coefficient = Annotated[
    float, Domain("decoupled weight decay", 0, math.inf, low_open=False, search=(1e-5, 1e-1), opens_at=10)
]
Accumulator = Annotated[float, Domain("first value of the accumulator", 0, math.inf, low_open=False)]

EpsPlace = Literal["inside", "outside", "maximum"]
BiasCorrection = Literal["moments", "step", "none"]
