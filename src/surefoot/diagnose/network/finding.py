"""What a run against the edge of stability showed, as plain records, and the verdict on it."""

from dataclasses import asdict, dataclass
from math import isfinite
from statistics import median
from typing import Any, Literal

Verdict = Literal["at the edge of stability", "beyond the edge", "below the edge", "diverged"]
#: Measured edges hover about 1 (Cohen et al. 2021, 2022); minibatch noise keeps them somewhat below.
NEAR, PAST = 0.8, 1.5


@dataclass(frozen=True)
class Look:
    """One look at a run.

    Attributes:
        step: updates made. loss: on the rows looked at. sharpness: the Hessian's largest eigenvalue there.
        stride_sharpness: the largest eigenvalue of stride times Hessian, to be held against the edge.
        residual: of `stride_sharpness`: some eigenvalue lies within this of it.
    """

    step: int
    loss: float
    sharpness: float
    stride_sharpness: float
    residual: float


@dataclass(frozen=True)
class Finding:
    """A training run held against the edge of stability of its rule.

    Attributes:
        task, optimizer, settings, seed: what was run. rows: how many training rows the curvature is of.
        edge: the product of curvature and stride above which the rule is unstable, second moments standing still.
        looks: along the run. products: Hessian-vector products made. seconds: of `looking` and of `training`.
        checked: the same run at the advised learning rate, where there was one to try.
    """

    task: str
    optimizer: str
    settings: dict[str, Any]
    seed: int
    rows: int
    edge: float
    looks: tuple[Look, ...]
    products: int
    looking: float
    training: float
    checked: "Finding | None" = None

    @property
    def diverged(self) -> bool:
        """Whether the loss stopped being finite."""
        return not all(isfinite(look.loss) for look in self.looks)

    @property
    def peak(self) -> float:
        """The largest share of the edge that any look along the run found."""
        finite = [look.stride_sharpness for look in self.looks if isfinite(look.stride_sharpness)]
        return max(finite) / self.edge if finite else float("nan")

    @property
    def ratio(self) -> float:
        """Stride times curvature over the edge, the median over the last third of the looks."""
        finite = [look.stride_sharpness for look in self.looks if isfinite(look.stride_sharpness) and look.step > 0]
        return median(finite[-max(1, len(finite) // 3) :]) / self.edge if finite else float("nan")

    @property
    def verdict(self) -> Verdict:
        """Where the run sits."""
        if self.diverged:
            return "diverged"
        if self.ratio > PAST:
            return "beyond the edge"
        return "at the edge of stability" if self.ratio >= NEAR else "below the edge"

    @property
    def lr_below(self) -> float | None:
        """A learning rate at which this run's curvature would lie below the edge; None where it does, or diverged."""
        if self.diverged or self.ratio < NEAR:
            return None
        return float(f"{float(self.settings['lr']) * 0.5 / self.ratio:.2g}")

    def record(self) -> dict[str, Any]:
        """The finding as plain data, for JSON: what is not a finite number is None."""
        derived = {"verdict": self.verdict, "ratio": self.ratio, "peak": self.peak, "lr_below": self.lr_below}
        checked = self.checked.record() if self.checked else None
        plain: dict[str, Any] = _finite(asdict(self) | derived) | {"checked": checked}
        return plain


def _finite(value: Any) -> Any:
    """Plain data without numbers that JSON has no word for."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value
