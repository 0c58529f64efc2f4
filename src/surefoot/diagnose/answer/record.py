"""A diagnosis as one JSON object, the form that schema.json describes."""

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from surefoot.diagnose.answer.diagnosis import Diagnosis, Formula

if TYPE_CHECKING:
    from surefoot.diagnose.orbits.attractors import Attractor


def as_json(diagnosis: Diagnosis) -> str:
    """The answer, strictly JSON: infinite numbers are the strings `inf` and `-inf`, what is not known is null."""
    return json.dumps(strict(record(diagnosis)), allow_nan=False, indent=2)


def record(diagnosis: Diagnosis) -> dict[str, Any]:
    """The answer as plain Python."""
    d = diagnosis
    plain = {
        name: getattr(d, name)
        for name in (
            "rule", "settings", "curvature", "minimum", "start", "verdict", "evidence", "because", "amplitude", "rate",
            "threshold", "threshold_evidence", "searched", "margin", "agrees", "disagreements", "advice", "decrease",
            "assumptions", "undone",
        )
    }  # fmt: skip
    return {
        **plain,
        "amplitude_formula": _formula(d.amplitude_formula),
        "threshold_formula": _formula(d.threshold_formula),
        "simulated": _simulated(d),
        "attractors": [_attractor(a) for a in d.attractors],
        "recurrence": {"text": d.recurrence.text, "latex": d.recurrence.latex},
        "fixed_point": _fixed_point(d),
        "cycles": [
            {
                "amplitude": c.amplitude,
                "formula": _formula(c.formula),
                "state": c.state,
                "eigenvalues": c.eigenvalues,
                "stable": c.stable,
            }
            for c in d.cycles
        ],
    }


def _formula(form: Formula | None) -> dict[str, str] | None:
    return None if form is None else {"text": form.text, "latex": form.latex}


def _simulated(diagnosis: Diagnosis) -> dict[str, Any]:
    orbit = diagnosis.simulated
    return {
        "verdict": str(orbit.kind),
        "start": float(orbit.first[0]),
        "steps": orbit.steps,
        "amplitude": orbit.amplitude,
        "rate": orbit.rate,
        "period": orbit.period,
        "exponent": orbit.exponent,
        "undefined": orbit.undefined,
        "first": orbit.first[:20],
        "last": orbit.last[-20:],
    }


def _attractor(a: "Attractor") -> dict[str, Any]:
    return {
        "verdict": str(a.kind),
        "amplitude": a.amplitude,
        "least": a.least,
        "exponent": a.exponent,
        "starts": a.starts,
        "share": a.share,
        "interval": a.interval,
        "smallest": a.smallest,
        "largest": a.largest,
        "points": a.points[-20:],
    }


def _fixed_point(diagnosis: Diagnosis) -> dict[str, Any] | None:
    point = diagnosis.fixed_point
    if point is None:
        return None
    return {
        "state": point.state,
        "frozen": point.frozen,
        "slots": point.slots,
        "jacobian": [[entry.text for entry in row] for row in point.jacobian],
        "eigenvalues": point.eigenvalues,
        "polynomial": _formula(point.polynomial),
        "conditions": [{"positive": form.text, "value": value} for form, value in point.conditions],
        "meets": point.meets,
    }


def strict(value: Any) -> Any:
    """Only what JSON has."""
    if isinstance(value, Mapping):
        return {str(key): strict(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list | np.ndarray):
        return [strict(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None if math.isnan(value) else f"{value:g}"
    return value
