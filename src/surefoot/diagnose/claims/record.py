"""Claims as JSON: one object on a claim that was computed, or a list of all that could be."""

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

from surefoot.diagnose.claims.catalogue import every, find, names
from surefoot.diagnose.claims.claim import Claim, Figure


def as_json(name: str | None = None) -> str:
    """Compute one claim; without a name, list all of them uncomputed.

    Raises:
        UserError: for an unknown name, with the nearest one.

    >>> json.loads(as_json("threshold_of_gradient_descent"))["found"]
    'holds'
    """
    if name is None:
        return json.dumps({"claims": [_stated(claim) for claim in every().values()]})
    claim = find(name)
    evidence = claim.compute()
    return json.dumps(
        {
            **_stated(claim),
            "found": claim.found(evidence),
            "stands": claim.stands(evidence),
            "inside": [_figure(one) for one in evidence.inside],
            "outside": [_figure(one) for one in evidence.outside],
        }
    )


def _stated(claim: Claim) -> dict[str, Any]:
    return {
        "name": claim.name,
        "kind": names()[claim.name],
        "statement": claim.statement,
        "source": claim.source,
        "verdict": claim.verdict,
    }


def _figure(one: Figure) -> dict[str, Any]:
    """JSON has no word for infinity: it is null."""
    values = asdict(one) | {"agrees": one.agrees}
    return {key: None if isinstance(v, float) and not isfinite(v) else v for key, v in values.items()}
