"""What the rules say of themselves on the command line."""

import pytest

from surefoot.cli.rules import describe
from surefoot.errors import UserError
from surefoot.rules import RULES, Rate, Rule, Value


def test_each_form_stands_with_the_settings_that_give_it():
    text = describe(RULES["rmsprop"])
    for library, form in RULES["rmsprop"].facts.forms.items():
        (line,) = [line.strip() for line in text.splitlines() if line.strip().startswith(f"{library}  ")]
        assert line.split("  ", 1)[1].strip() == ", ".join(f"{name}={value!r}" for name, value in form.items())
    assert "state: G (starts at initial), m" in text


def test_a_rule_that_cannot_be_traced_is_refused_with_its_line():
    def branches(x: Value, g: Value, *, t: Value, lr: Rate = 0.1) -> Value:
        return x - lr * g if g > 0 else x

    with pytest.raises(UserError, match=r"rule branches cannot be traced: .* \(test_rules.py, line 20\)$"):
        describe(Rule.of(branches))
