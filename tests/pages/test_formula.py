"""MathML from LaTeX: well formed, complete, and strict about what it does not know."""

from xml.etree import ElementTree as ET

import pytest

from surefoot.pages.formula import LETTERS, OPERATORS, display, inline


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\eta}{\sqrt{v_{k+1} + \epsilon}}", "ηvk+1+ε"),
        (r"e_{k+1}^2 - e_k^2", "ek+12−ek2"),
        (r"|1 - \rho| < 1 \iff \rho \in [0, 2]", "|1−ρ|<1⟺ρ∈[0,2]"),
        (r"\left( 1 - x \right) \hat v", "(1−x)v^"),
        (r"\text{log}(10^6)", " log (106)"),
    ],
)
def test_every_symbol_arrives_and_the_mathml_is_well_formed(latex, text):
    assert "".join(ET.fromstring(inline(latex)).itertext()) == text


def test_a_script_stands_on_what_is_before_it():
    (row,) = ET.fromstring(inline("x_k^2"))
    assert [child.tag for child in row] == ["msubsup"]
    assert [child.text for child in row[0]] == ["x", "k", "2"]


def test_markup_in_a_formula_is_escaped():
    assert "<script" not in inline("a < b > c & d")
    assert "".join(ET.fromstring(inline("a < b")).itertext()) == "a<b"


def test_equations_apart_by_a_quad_stand_on_lines_of_their_own():
    assert display(r"a = b, \quad c = d").count('<math display="block">') == 2


@pytest.mark.parametrize("latex", [r"\nonsense x", r"\begin{aligned}"])
def test_what_it_does_not_know_is_an_error_not_a_gap(latex):
    with pytest.raises(KeyError):
        inline(latex)


def test_no_name_is_both_a_letter_and_an_operator():
    assert not set(LETTERS) & set(OPERATORS)
