"""The report and the notebook fragment, read as text."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from surefoot.compare.findings import Findings
from surefoot.compare.judging import wording
from surefoot.compare.report import notebook, report
from tests.compare import synthetic

CASES = {
    "eight": synthetic.eight,
    "one": synthetic.one,
    "all diverged": synthetic.all_diverged,
    "lower is better": synthetic.falling,
}
ATTACK = "<script>alert(1)</script>"
VOID = {"meta", "link", "input", "br", "img"}


class Tree(HTMLParser):
    """Reads a page: that tags close in order, the tags there are, the text of headings and table cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.texts: dict[str, list[str]] = {tag: [] for tag in ("h1", "h2", "h3", "th", "td", "dd", "li")}
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag in self.texts:
            self.texts[tag].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self.texts:
            if tag in self.open:
                self.texts[tag][-1] += data


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def page() -> str:
    return report(synthetic.eight())


@pytest.mark.parametrize("case", CASES)
def test_every_case_renders_to_well_formed_html_with_ids_of_its_own(case: str) -> None:
    tree = Tree(report(CASES[case]()))
    assert len(tree.ids) == len(set(tree.ids))
    assert "Which optimizer for" in tree.texts["h1"][0]


def test_the_sections_stand_in_order(page: str) -> None:
    found = synthetic.eight()
    assert [squeezed(text) for text in Tree(page).texts["h2"]] == [
        found.verdict.sentence,
        "The code",
        "The ranking",
        "Learning curves",
        "Score against learning rate",
        "What more tuning buys",
        "Why",
        "How it was measured",
    ]


def test_the_same_findings_give_the_same_bytes(page: str) -> None:
    assert report(synthetic.eight()) == page


def test_the_table_holds_every_standing(page: str) -> None:
    cells = [squeezed(text) for text in Tree(page).texts["td"]]
    found = synthetic.eight()
    ranking = found.verdict.ranking
    assert len(cells) == 9 * len(ranking) - len(
        ranking
    )  # nine columns after the name, one of them shared by two numbers
    for row, s in enumerate(ranking):
        mean, gap, p, diverged, target, time, state, settings = cells[8 * row : 8 * row + 8]
        assert mean == f"{s.score:.4f} {s.interval[0]:.4f} to {s.interval[1]:.4f}"
        assert gap.replace("−", "-").startswith(
            "best" if row == 0 else f"{s.difference:.4f}".replace("-0.0000", "0.0000")
        )
        assert p == ("–" if row == 0 else f"{s.p:#.2g}")
        assert diverged == f"{s.diverged} of 32"
        took = s.seconds_to_target and wording.duration(s.seconds_to_target * 1e6)
        assert target == ("not reached" if s.steps_to_target is None else f"{s.steps_to_target:.0f} {took}")
        assert (time, state) == (f"{s.step_us:.0f} µs", f"{s.bytes_per_parameter:.0f}")
        assert settings == wording.settings(found.changed(s.optimizer, s.settings))


def test_the_protocol_is_told_in_full(page: str) -> None:
    protocol = synthetic.eight().protocol
    told = squeezed(" ".join(Tree(page).texts["dd"]))
    for text in (
        protocol.task,
        protocol.model,
        protocol.data_hash,
        protocol.machine,
        "1,077 training",
        "400 updates of 64",
    ):
        assert text in told
    assert ", ".join(map(str, protocol.confirm_seeds)) in told
    assert all(f"{name} {version}" in told for name, version in protocol.versions.items())


def test_warnings_and_factors_are_told(page: str) -> None:
    verdict, tree = synthetic.eight().verdict, Tree(page)
    assert [w for w in verdict.warnings if w in map(squeezed, tree.texts["li"])] == list(verdict.warnings)
    assert all(factor.name in tree.texts["h3"] for factor in verdict.factors)


def test_the_one_script_bundle_is_inlined_once(page: str) -> None:
    assert page.count("plotly.js v") == 1


@pytest.mark.parametrize("render", [report, notebook])
def test_names_a_user_chose_are_escaped(render: "type[str]") -> None:
    hostile = synthetic.eight(
        task=ATTACK, names={"sgd": ATTACK, "adam": '"><img src=x onerror=alert(1)>', "lamb": "a&b"}
    )
    html = render(hostile)
    tree = Tree(html)
    assert "alert(1)" not in re.sub(r"&lt;script&gt;alert\(1\)|\\u003cscript>alert\(1\)|onerror=alert\(1\)", "", html)
    assert tree.seen.count("script") == Tree(render(synthetic.eight())).seen.count("script")
    assert "img" not in tree.seen
    assert "onerror" not in tree.attributes
    assert ATTACK in " ".join(tree.texts["th"])


def test_without_an_answer_nothing_is_recommended() -> None:
    html = report(synthetic.all_diverged())
    assert "No answer: every confirmation run diverged" in html
    assert "recommended</span>" not in html
    assert "The code" not in html


@pytest.mark.parametrize("case", CASES)
def test_the_notebook_needs_no_script_and_leaks_no_style(case: str) -> None:
    html = notebook(CASES[case]())
    tree = Tree(html)
    assert not {"script", "style", "link", "svg"} & set(tree.seen)
    assert tree.attributes <= {"style", "scope"}
    assert len(html) < 10_000


def test_the_notebook_has_verdict_ranking_and_code() -> None:
    verdict = synthetic.eight().verdict
    html = notebook(synthetic.eight())
    assert verdict.sentence in html
    assert verdict.code in html
    rows = [text for text in Tree(html).texts["th"] if text.split(" ")[0] in synthetic.KINDS]
    assert rows == [s.optimizer + " (recommended)" * (s.optimizer == verdict.recommended) for s in verdict.ranking]


def certain(found: Findings) -> str:
    return wording.certainty(found.verdict, found.protocol.seeds)


def test_certainty_is_said_as_it_is() -> None:
    found = synthetic.eight()
    assert certain(found) == "Undecided: on 10 seeds, adamw, adam, adagrad and amsgrad cannot be told apart."
    alone = replace(found, verdict=replace(found.verdict, decided=True, indistinguishable=("adamw",)))
    assert certain(alone).startswith("Decided: adamw beat every other")
    assert certain(synthetic.one()) == "Only adam was run, so there is nothing to tell it apart from."
    assert certain(synthetic.all_diverged()).startswith("No answer")


def test_work_that_came_from_the_store_is_not_counted() -> None:
    found = synthetic.one()
    told = [Tree(report(replace(found, protocol=replace(found.protocol, trial_steps=n)))).texts["dd"] for n in (0, 5)]
    assert "none: every run was read from the store" in told[0]
    assert "5 updates in 21 s" in told[1]
