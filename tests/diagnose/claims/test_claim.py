"""The machinery of claims: what a figure agrees with, what verdict follows, how one is found and said."""

import math
from pathlib import Path

import pytest

from surefoot.diagnose import claims
from surefoot.diagnose.claims import Claim, Evidence, Figure, claim
from surefoot.diagnose.claims.catalogue import KINDS, names
from surefoot.errors import UserError

TRUE, FALSE = Figure("a", 1.0, "=", 1.0), Figure("b", 2.0, "=", 1.0)


@pytest.mark.parametrize(
    ("figure", "agrees"),
    [
        (Figure("", 1.0 + 1e-10, "=", 1.0), True),
        (Figure("", 1.0 + 1e-8, "=", 1.0), False),
        (Figure("", 1.1e6, "=", 1e6, within=0.2), True),
        (Figure("", 1e-10, "=", 0.0), True),
        (Figure("", 1e-8, "=", 0.0), False),
        (Figure("", math.inf, "=", math.inf), True),
        (Figure("", 1e300, "=", math.inf), False),
        (Figure("", math.nan, "=", 1.0), False),
        (Figure("", math.nan, "<", 1.0), False),
        (Figure("", math.nan, ">", 1.0), False),
        (Figure("", 1.0, "<", 1.0), False),
        (Figure("", 0.9, "<", 1.0), True),
        (Figure("", 1.1, ">", 1.0), True),
    ],
)
def test_a_figure_agrees_only_where_its_relation_holds(figure, agrees):
    assert figure.agrees is agrees


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (Evidence.of(TRUE, TRUE), "holds"),
        (Evidence.of(TRUE, FALSE), "does not hold"),
        (Evidence((TRUE,), (TRUE,)), "holds"),
        (Evidence((TRUE,), (TRUE, FALSE)), "holds when"),
        (Evidence((FALSE,), (FALSE,)), "does not hold"),
    ],
)
@pytest.mark.parametrize("written", ["holds", "holds when it rains", "does not hold: it is false"])
def test_a_verdict_stands_only_on_evidence_of_its_kind(evidence, kind, written):
    made = claim("a statement", "a source", written)(lambda: evidence)
    assert made.found(evidence) == kind
    assert made.stands(evidence) is (written.startswith(kind) and (kind != "holds" or written == "holds"))


def test_a_verdict_of_no_kind_is_refused():
    with pytest.raises(ValueError, match="must begin with holds"):
        claim("a statement", "a source", "perhaps")


def test_every_file_in_the_folders_is_a_claim_of_its_own_name():
    folder = Path(claims.__file__).parent
    files = {path.stem for kind in KINDS for path in (folder / kind).glob("*.py")} - {"__init__"}
    assert set(names()) == files
    for name in names():
        found = claims.find(name)
        assert isinstance(found, Claim)
        assert found.name == name
        assert found.statement.endswith(".")
        assert found.source


def test_an_unknown_claim_is_named_with_the_nearest():
    with pytest.raises(UserError, match=r"unknown claim 'threshold_of_adma'; did you mean 'threshold_of_adam'\?"):
        claims.show("threshold_of_adma")


def test_the_list_has_a_line_for_each():
    lines = claims.show().splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(names())


def test_a_disagreement_is_printed(monkeypatch):
    wrong = claim("Two is one.", "nobody")(lambda: Evidence((FALSE,), (TRUE,)))
    monkeypatch.setitem(claims.show.__globals__, "find", lambda name: wrong)
    text = claims.show("wrong")
    assert "DISAGREEMENT: the figures below speak for 'does not hold'" in text
    assert "b: 2, published 1" in text
    assert "Where the condition is not met:\n  a: 1, published 1" in text
