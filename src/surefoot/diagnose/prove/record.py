"""Certificates as one JSON object."""

import json
from typing import Any

from surefoot.diagnose.answer.record import strict
from surefoot.diagnose.prove.run import Proof


def as_json(proof: Proof) -> str:
    """Strictly JSON; a box lists the sides that are ranges only."""
    return json.dumps(strict(record(proof)), allow_nan=False, indent=2)


def record(proof: Proof) -> dict[str, Any]:
    """As plain Python."""
    return {
        "rule": proof.rule,
        "box": proof.box,
        "certificates": [
            {
                "claim": c.claim,
                "statement": c.statement,
                **{answer: c.part(answer) for answer in ("proved", "refuted", "undecided")},
                "boxes": [
                    {
                        "answer": piece.answer,
                        "box": {n: (piece.box[n].low, piece.box[n].high) for n in proof.sides if n in piece.box},
                        "witness": piece.witness,
                    }
                    for piece in c.pieces
                ],
            }
            for c in proof.certificates
        ],
        "undone": proof.undone,
    }
