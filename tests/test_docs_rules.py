"""docs/rules.md: current, with formulas that are LaTeX alone, and saying what is known of the rules from elsewhere."""

import re

import pytest

from docs.generated.rules import PART, display, docstring, equations, section, written
from surefoot.cli.rules import describe
from surefoot.rules import RULES, Rate, Rule, find

TEXT = PART.read()


def sections() -> dict[str, str]:
    parts = TEXT.split("\n## ")
    return {part.partition("\n")[0]: part for part in parts[1:]}


def test_the_page_is_current():
    assert written(RULES.values()) == TEXT, "docs/rules.md is behind the source: run `make docs`"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_formula_is_latex_alone_that_ends_in_the_new_parameter(rule):
    formula, prose = docstring(rule)
    assert formula.endswith(".")
    for equation in equations(formula):
        symbols = re.sub(r"\\mathrm\{\w+\}|\\[a-zA-Z]+", " ", equation)  # what is neither a name nor a command
        assert re.findall(r"[A-Za-z]{2,}", symbols) == [], f"{rule.name}: words in the formula {equation!r}"
        assert equation.count(" = ") == 1
        assert equation.count("{") == equation.count("}")
        assert equation.count("(") == equation.count(")")
    assert equations(formula)[-1].startswith("x_{t+1} = ")
    outside = re.sub(r"\$`[^`]+`\$", "", " ".join(prose))
    assert not re.search(r"[\\$_^{}]", outside), f"{rule.name}: a formula in the prose must stand between dollar signs"


def test_equations_are_aligned_at_their_first_sign_of_equality():
    assert display(["a = b", "c = d = e"]).splitlines()[2:4] == [r"a &= b \\", "c &= d = e"]


def test_every_rule_and_each_of_its_names_is_on_the_page():
    assert list(sections()) == [rule.title for rule in RULES.values()]
    for rule in RULES.values():
        named = set(re.findall(r"^\| `([^`]+)` \|", sections()[rule.title], re.MULTILINE))
        assert named == {*rule.hyper, *rule.static, *rule.facts.forms}


@pytest.mark.parametrize(
    ("title", "row"),
    [  # from the papers and libraries themselves
        ("Adam", "| `beta2` | decay of the average of squares | `[0, 1)` | 0.999 | 0.5 to 0.9999, log of 1-x | 50 |"),
        ("Adam", "| `lr` | learning rate | `[0, inf)` | 0.001 | 1e-05 to 0.1, log | 2 |"),
        ("RMSProp", "| `torch` | `lr=0.01, beta=0.99, eps=1e-08, eps_at='outside'` |"),
        ("RMSProp", "State: `G`. With `centered=True`: `G`, `m`. `G` starts at `initial`."),
        ("AdaGrad", r"x_{t+1} &= x_t - \eta\, g_t / \sqrt{G_t + \epsilon}"),
        ("SGD", "State: none."),
    ],
)
def test_what_is_known_stands_there(title, row):
    assert row in sections()[title]


@pytest.mark.parametrize(("rule", "size"), [("sgd", 0), ("adagrad", 4), ("adam", 8), ("amsgrad", 12)])
def test_bytes_of_state_are_those_of_the_usual_float32_buffers(rule, size):
    (line,) = re.findall(rf"^\| \[`{rule}`\].*$", TEXT, re.MULTILINE)
    assert line.split(" | ")[2] == str(size)


def test_links_in_the_overview_lead_to_their_sections():
    anchors = re.findall(r"^\| \[`\w+`\]\(#(\w+)\)", TEXT, re.MULTILINE)
    assert anchors == [title.lower() for title in sections()]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_command_line_prints_the_formula_too(rule):
    assert docstring(rule)[0] in " ".join(describe(rule).split())


def test_a_rule_that_changes_changes_the_page():
    def sgd(x, g, *, t, lr: Rate = 0.25):
        r"""x_{t+1} = x_t - \eta g_t."""
        return x - lr * g

    assert "| 0.25 | 0.0025 to 25, log | 2 |" in section(Rule.of(sgd))
    assert "| 0.25 |" not in section(find("sgd"))
