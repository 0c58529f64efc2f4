"""Every claim, computed: what comes out speaks for the verdict written down, and is what docs/claims.md prints."""

import re

import pytest

from docs.generated.claims import PART, plain, row
from surefoot.diagnose.claims import every

CLAIMS = [
    pytest.param(claim, id=name, marks=[pytest.mark.slow] if claim.heavy else []) for name, claim in every().items()
]
LINES = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PART.read(), re.MULTILINE))
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
EQUATION = re.compile(r": (\S+), published (\S+?)(?=;| |$)")


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_claim_is_as_its_verdict_and_the_docs_say(claim):
    evidence = claim.compute()
    assert claim.stands(evidence), f"found: {claim.found(evidence)}; {evidence}"
    printed, computed = LINES[claim.name].split(" | "), row(claim, evidence)[1:]
    assert printed[:2] == list(computed[:2]), "docs/claims.md is behind the source: run `make docs`"
    assert printed[3] == computed[3]
    assert NUMBER.sub("#", printed[2]) == NUMBER.sub("#", computed[2])
    # Bounds are there for figures that other machines may round otherwise; equations must come out the same.
    pairs = zip(EQUATION.findall(printed[2]), EQUATION.findall(computed[2]), strict=True)
    assert all(
        float(a) == pytest.approx(float(b), rel=0.02, abs=1e-9) for pair in pairs for a, b in zip(*pair, strict=True)
    )


def test_the_docs_print_every_claim_in_order_and_no_other():
    assert list(LINES) == list(every())


def test_no_statement_is_made_twice():
    statements = [claim.statement for claim in every().values()]
    assert len(statements) == len(set(statements))


def test_text_for_a_cell_has_nothing_that_markdown_reads():
    assert plain("|e| < x* and v_0") == "&#124;e&#124; &lt; x\\* and v\\_0"
