"""A comparison's answer as one JSON object, the form that schema.json describes."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from surefoot.compare.protocol import Protocol
from surefoot.compare.verdict import Verdict


def as_json(verdict: Verdict, protocol: Protocol) -> str:
    """The answer, strictly JSON: a number that is not finite (an interval without runs, say) becomes null."""
    return json.dumps(_strict(_record(verdict, protocol)), allow_nan=False, indent=2)


def _record(verdict: Verdict, protocol: Protocol) -> dict[str, Any]:
    return {
        "task": protocol.task,
        "sentence": verdict.sentence,
        "recommended": {"optimizer": verdict.recommended, "settings": verdict.settings},
        "decided": verdict.decided,
        "best": verdict.best,
        "indistinguishable": verdict.indistinguishable,
        "code": verdict.code,
        "factors": [asdict(factor) for factor in verdict.factors],
        "target": verdict.target,
        "warnings": verdict.warnings,
        "ranking": [asdict(standing) for standing in verdict.ranking],
        "protocol": asdict(protocol),
    }


def _strict(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _strict(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_strict(inner) for inner in value]
    if isinstance(value, float):  # NumPy's float64 is one too
        return float(value) if math.isfinite(value) else None
    return value
