"""Every claim, computed: what comes out speaks for the verdict that is written down."""

import pytest

from surefoot.diagnose.claims import every

CLAIMS = [
    pytest.param(claim, id=name, marks=[pytest.mark.slow] if claim.heavy else []) for name, claim in every().items()
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_claim_is_as_its_verdict_says(claim):
    evidence = claim.compute()
    assert evidence.inside, "a claim without a figure says nothing"
    assert claim.stands(evidence), f"found: {claim.found(evidence)}; {evidence}"
