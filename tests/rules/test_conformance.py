"""Every rule, ours and a user's, passes the suite that a user can run."""

import pytest

from surefoot.rules import Rule
from surefoot.testing.rules import check_rule
from tests.rules.own import EVERY, named


@pytest.mark.parametrize("rule", EVERY, ids=named)
def test_every_rule_conforms(rule: Rule) -> None:
    check_rule(rule)
