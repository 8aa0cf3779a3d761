"""Edits are gathered as people look for them: the system, then attributes, then classes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cotsmith.systems.changes import changes_markdown, changes_text, gather
from cotsmith.systems.describe import describe
from cotsmith.systems.edits import (
    AddAttribute,
    Edit,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetName,
    SetNote,
    SetRule,
    SetWeight,
    apply,
)
from cotsmith.systems.model import Attribute, System
from tests.systems.strategies import edited, systems

COLOR = Attribute("color", ("A {} pet.",), ("red", "blue"))
PETS = System("pets", attributes=(COLOR,), rules={"Cat": {"color": ("red",)}, "Dog": {"color": ("blue",)}})


def test_they_are_grouped_by_attribute_and_class_in_the_order_of_first_change() -> None:
    edits: list[Edit] = [
        SetRule("Dog", "color", ("red",)),
        RewordOption("color", "red", "crimson"),
        SetName("cats"),
        SetNote("odd", "Cat", "color"),
        RenameClass("Dog", "Hound"),
        RenameAttribute("color", "colour"),
        SetRule("Hound", "colour", ()),
        SetWeight("colour", 2.0),
        AddAttribute(Attribute("color", ("{}",)), 0),
    ]
    assert changes_text(gather(PETS, edits)) == (
        'system\n  name: "pets" -> "cats"\n'
        '\nattribute colour\n  color: reword option "red" to "crimson"\n  rename attribute "color" to "colour"\n'
        "  colour › weight: 1 -> 2\n"
        '\nattribute color\n  add attribute "color" as the 1st: "{}", no options\n'
        '\nclass Hound\n  Dog › color: "blue" -> "red"\n  rename class "Dog" to "Hound"\n'
        '  Hound › colour: "crimson" -> nothing\n'
        '\nclass Cat\n  Cat › color › note: nothing -> "odd"'
    )


def test_nothing_is_nothing() -> None:
    assert gather(PETS, []) == []
    assert changes_text([]) == changes_markdown([]) == ""


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_every_edit_is_said_once_in_one_line(data: st.DataObject) -> None:
    system = data.draw(systems(3, 3))
    edits, _ = data.draw(edited(system))
    expected = []
    before = system
    for edit in edits:
        expected.append(describe(edit, before))
        before = apply(before, [edit])
    changes = gather(system, edits)
    assert sorted(said for change in changes for said in change.sentences) == sorted(expected)
    lines = [line for line in changes_text(changes).split("\n") if line]
    assert len(lines) == len(edits) + len(changes)
    tokens = MarkdownIt("commonmark").parse(changes_markdown(changes))
    kinds = [token.type for token in tokens]
    assert (kinds.count("heading_open"), kinds.count("list_item_open")) == (len(changes), len(edits))
