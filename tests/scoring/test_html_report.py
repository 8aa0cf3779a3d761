"""The page stands alone: no script, nothing loaded, nothing from outside taken for markup."""

from __future__ import annotations

import shlex
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.scoring.curve import accuracy_curve
from cotsmith.scoring.html_report import html_report
from cotsmith.scoring.worst_images import worst_mistakes
from cotsmith.systems.model import Attribute, System
from cotsmith.validate.example_images import images
from tests.scoring.test_score_command import COLORS, Workplace, work
from tests.scoring.worlds import evaluated, systems

__all__ = ["work"]

EVIL = "<script>alert(1)</script>\"'&"


class Page(HTMLParser):
    """The tags, the addresses and the text of a page; every tag must be closed where it should be."""

    VOID = frozenset({"meta", "br", "img", "wbr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@given(systems(), st.integers(0, 30))
@settings(max_examples=20, deadline=None)
def test_any_evaluation_makes_a_page(system: System, seed: int) -> None:
    evaluation = evaluated(system, n=12, seed=seed)
    page = Page(html_report(evaluation, accuracy_curve(evaluation), ""))
    assert "script" not in page.tags
    assert f"{100 * evaluation.accuracy:.1f} %" in page.words


def test_one_image_of_many_is_not_rounded_away() -> None:
    attribute = Attribute("fur", ("It is {}.",), ("gray", "brown"))
    system = System(attributes=(attribute,), rules={"wolf": {"fur": ("gray",)}, "bear": {"fur": ("brown",)}})
    evaluation = images({"wolf": [(1999, {}), (1, {"fur": "brown"})], "bear": [(2000, {})]})(system)
    words = Page(html_report(evaluation, accuracy_curve(evaluation), "")).words.split()
    assert {"wolf99", "bear100"} < set(words)
    assert "none 50 2 fur 99.98 text vectors" in " ".join(words)  # on the steps of the curve
    assert "right, 95 % interval 99.9 – 99.996 %" in " ".join(words)
    assert "rules permuted0.03 %0.03 – 0.03 % *2" in " ".join(words)


def test_no_name_is_markup() -> None:
    attribute = Attribute(EVIL, ("{}",), (EVIL, "other", "third"))
    rules = {EVIL: {EVIL: (EVIL,)}, "B": {EVIL: ("other",)}, "C": {EVIL: ("third",)}}
    evaluation = evaluated(System(name=EVIL, attributes=(attribute,), rules=rules))
    page = Page(html_report(evaluation, accuracy_curve(evaluation), EVIL))
    assert "script" not in page.tags
    assert page.words.count(EVIL) > 4


def test_the_worst_are_the_furthest_behind() -> None:
    attribute = Attribute("a", ("{}",), ("x", "y"))
    evaluation = evaluated(System(attributes=(attribute,), rules={"X": {"a": ("x",)}, "Y": {"a": ("y",)}}))
    found = worst_mistakes(evaluation, 5)
    assert len(found) == 5
    assert [m.margin for m in found] == sorted((m.margin for m in found), reverse=True)
    for mistake in found:
        assert mistake.label != mistake.predicted
        (why,) = mistake.why
        assert why.expected == (mistake.label.lower(),)
        assert why.seen == mistake.predicted.lower()


def test_one_kind_of_mistake_does_not_hide_the_others() -> None:
    options = ("x", "y", "z")
    system = System(
        attributes=(Attribute("a", ("{}",), options),), rules={option.upper(): {"a": (option,)} for option in options}
    )
    evaluation = evaluated(system, n=300)
    kinds = Counter((mistake.label, mistake.predicted) for mistake in worst_mistakes(evaluation, 30))
    assert len(kinds) == 6
    assert kinds.total() == 30
    wrong = int((~evaluation.correct).sum())
    assert len(worst_mistakes(evaluation, 1000)) == wrong


def test_a_page_on_a_thousand_classes_and_many_attributes_stays_small() -> None:
    attributes = tuple(Attribute(f"attribute_{number}", (f"{number} {{}}",), ("x", "y")) for number in range(30))
    rules = {
        f"class {index}": {a.name: (a.options[index >> n % 10 & 1],) for n, a in enumerate(attributes)}
        for index in range(1000)
    }
    evaluation = evaluated(System(attributes=attributes, rules=rules), n=2000)
    written = html_report(evaluation, None, "")
    assert len(written) < 1_000_000
    page = Page(written)
    assert "The 200 weakest of 1000 classes." in page.words
    assert written.count('<div class="wide">') == 3  # no table is wider than a sheet of paper
    assert "attribute_<wbr>29" in written


def test_on_the_command_line(work: Workplace) -> None:
    work.draw(work.cards / "Ruby" / "wr'ong.png", COLORS["Sapphire"])
    code, out, err = work.score("--report", "out.html")
    assert code == 0
    assert "this system" in out
    assert "written to out.html" in err
    page = Page(Path("out.html").read_text("utf-8"))
    assert page.tags >= {"svg", "img", "table"}
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    assert "wr'ong.png" in page.words
    command = shlex.join(
        ["cotsmith", "score", str(work.system), "--data", str(work.cards), "--encoder", "colors_encoder:Colors"]
    )
    assert f"{command} --report out.html" in page.words
    assert work.score("--report", "out.html", "--fit")[0] == 2
