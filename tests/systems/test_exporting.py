"""What a form cannot hold is told, completely; Markdown shows text from outside as it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cotsmith.systems.exporting import export
from cotsmith.systems.file import load, parse
from cotsmith.systems.markdown import escape, paragraph, table
from cotsmith.systems.model import Allowance, Attribute, System
from cotsmith.systems.text import plain
from tests.systems.strategies import free_texts, systems

PETS = System(
    "pets",
    attributes=(
        Attribute("color", ("A {} pet.",), ("red", "blue")),
        Attribute("size", ("A {} one.",), ("big", "tiny")),
    ),
    rules={"Cat": {"color": ("red", "blue"), "size": ("big",)}, "Dog": {"color": ("blue",), "size": ("tiny",)}},
)


def test_the_index_form_is_laid_out_for_people() -> None:
    expected = """\
{
  "classification_cot": {
    "color": {
      "prompt": "A {} pet.",
      "options": [
        "red",
        "blue"
      ]
    },
    "size": {
      "prompt": "A {} one.",
      "options": [
        "big",
        "tiny"
      ]
    }
  },
  "rules": {
    "Cat": {"color": [0, 1], "size": 0},
    "Dog": {"color": 1, "size": 1}
  }
}
"""
    assert export(PETS, "index") == export(replace(PETS, name="other"), "index")
    assert export(PETS, "index").text == expected
    assert export(PETS, "index").lost == ()


def test_csv_is_plain() -> None:
    assert export(PETS, "csv").text == "class,color,size\nCat,red|blue,big\nDog,blue,tiny\n"


EVERYWHERE = [
    (replace(PETS, description="x"), "the description"),
    (replace(PETS, class_prompts=("a {}",)), "the class prompt"),
    (replace(PETS, temperature=2.0), "the temperature"),
    (replace(PETS, notes={("Cat", None): "x"}), "the notes on classes and rules"),
    (replace(PETS, allow=(Allowance("C101", "", "x"),)), "the accepted findings"),
]


def with_color(**changes: object) -> System:
    return replace(PETS, attributes=(replace(PETS.attributes[0], **changes), PETS.attributes[1]))  # type: ignore[arg-type]


CSV_ONLY = [
    (with_color(weight=2.0), "the weights"),
    (with_color(note="x"), "the notes on attributes"),
    (with_color(options=("red", "green", "blue")), 'options that no rule names (of "color")'),
    (with_color(options=("blue", "red")), "the order of the options"),
]


@pytest.mark.parametrize(("system", "lost"), EVERYWHERE)
def test_what_the_index_form_cannot_hold_is_told(system: System, lost: str) -> None:
    assert export(system, "index").lost == (lost,)
    assert export(system, "csv").lost == (lost, "the prompts")
    assert export(system, "cotsmith").lost == export(system, "markdown").lost == ()


@pytest.mark.parametrize(("system", "lost"), CSV_ONLY)
def test_what_csv_cannot_hold_is_told(system: System, lost: str) -> None:
    assert export(system, "index").lost == ()
    # The order in which a class's any-of options stand is the options' own, so a column begins with it.
    assert lost in export(replace(system, rules={"Dog": {"color": ("red",)}, **system.rules}), "csv").lost


@given(systems())
@settings(max_examples=30, deadline=None)
def test_every_form_takes_every_system(system: System) -> None:
    assert parse(export(system, "cotsmith").text) == system
    for form in ("index", "csv", "markdown"):
        assert export(system, form).text.endswith("\n")


def pieces(markdown: str) -> list[str]:
    """What a reader of the rendered Markdown sees in its first inline block, cut where a comment stands."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    children = next(token for token in tokens if token.type == "inline").children or []
    seen = [child for child in children if (child.type, child.content) != ("html_inline", "<!-- -->")]
    kinds = {child.type for child in seen}
    assert kinds <= {"text", "text_special", "softbreak", "hardbreak"}, kinds
    return ["\n" if child.type.endswith("break") else child.content for child in seen]


def shown(markdown: str) -> str:
    """The text that a reader of the rendered Markdown sees in its first inline block."""
    return "".join(pieces(markdown))


@given(
    free_texts().filter(str.strip) | st.text("*_`<>[]()!#-+=|\\~&;:1. ax", min_size=1, max_size=12).filter(str.strip)
)
@settings(max_examples=300, deadline=None)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    assert shown(f"- {escape(text.strip())}").strip() == plain(text.strip())
    assert shown(table(["a", "b"], [])) == "a"
    cells = MarkdownIt("commonmark").enable("table").parse(table(["x", "y"], [[escape(text.strip()), "z"]]))
    assert [t.content for t in cells if t.type == "inline"][3] == "z"


@pytest.mark.parametrize("text", ["@ann", "by @ann_b/team (#12)", "ann/cards#12", "#7", "GH-12", "_@ann_", "1@2"])
def test_nobody_is_mentioned_and_no_issue_linked(text: str) -> None:
    """Forges look for them in the text that is shown, where a backslash is gone."""
    found = pieces(escape(text))
    assert "".join(found) == text
    assert not [piece for piece in found if re.search(r"(?<![a-zA-Z0-9])@\w|#\d|GH-\d", piece)]


def test_a_paragraph_keeps_its_lines() -> None:
    assert shown(paragraph("# one\n2. two *x*\n\n- three")) == "# one\n2. two *x*\n- three"


def test_markdown_of_the_gallery_reads_like_a_page() -> None:
    text = export(load("gallery:pokemon-cards"), "markdown").text
    assert text.startswith("# pokemon-cards\n\nPokémon on the artwork")
    assert "| dominant_color | A Pokémon whose body is mainly {}. | white<br>gray<br>" in text
    assert "| Celebi & Venusaur | green | a toad-like creature | a green plant bulb |" in text
