"""Edits are gathered as people look for them: the system, then attributes, then classes; old beside new."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cotsmith.systems.changes import gather
from cotsmith.systems.changes_markdown import changes_markdown
from cotsmith.systems.changes_text import changes_text, heading
from cotsmith.systems.diff import diff
from cotsmith.systems.edits import (
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    MoveOption,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetDescription,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetTemperature,
    SetWeight,
)
from cotsmith.systems.model import Allowance, Attribute, System
from cotsmith.systems.spans import line_text, width_of
from cotsmith.systems.text import is_control
from tests.systems.strategies import edited, systems

COLOR = Attribute("color", ("A photo of a pet that is mainly {} in color.",), ("red", "blue", "a very light blue"))
SIZE = Attribute("size", ("{}",), ("small", "large"))
PETS = System(
    "pets",
    attributes=(COLOR, SIZE),
    rules={"Cat": {"color": ("red",), "size": ("small",)}, "Dog": {"color": ("blue",)}, "Cow": {"color": ("blue",)}},
)


def text_of(*edits: Edit, width: int | None = None, color: bool = False) -> str:
    lines = changes_text(gather(PETS, edits), color=color, width=width)
    return "\n".join(line_text(line, color=color) for line in lines)


def test_they_are_grouped_by_attribute_and_class_in_the_order_of_first_change() -> None:
    assert text_of(
        SetRule("Dog", "color", ("red",)),
        RewordOption("color", "red", "crimson"),
        SetName("cats"),
        SetNote("odd", "Cat", "color"),
        RenameClass("Dog", "Hound"),
        RenameAttribute("color", "colour"),
        SetRule("Hound", "colour", ()),
        SetWeight("colour", 2.0),
        AddAttribute(Attribute("color", ("{}",)), 0),
    ) == (
        "system\n  name  pets → cats\n\n"
        "attribute color → colour\n  option  red → crimson  (2 rules)\n  weight  1 → 2\n\n"
        "+ attribute color\n  prompt  {}\n\n"
        "classes\n  Dog → Hound\n       color         blue → red\n       colour        crimson → nothing\n"
        "  Cat  color › note  + odd"
    )


def test_what_happens_to_options() -> None:
    assert text_of(
        AddOption("color", "gray"),
        MergeOptions("color", "red", "blue"),
        RemoveOption("size", "small"),
        MoveOption("color", "gray", 0),
        RewordOption("color", "a very light blue", "a very pale blue"),
    ) == (
        "attribute color\n  option  + gray\n  option  - red  (merged into blue, 1 rule)\n  option  gray  (#3 → #1)\n"
        "  option  a very [-light-]{+pale+} blue\n\n"
        "attribute size\n  option  - small  (1 rule named it)"
    )


def test_what_comes_and_goes_whole() -> None:
    eyes = Attribute("eyes", ("It has {} eyes.",), ("round", "narrow"), 2.0, "new")
    assert text_of(
        RemoveAttribute("size"),
        AddAttribute(eyes, None, {"Cat": ("round",)}),
        RemoveClass("Dog"),
        AddClass("Emu", None, {"color": ("red", "blue")}),
        MoveAttribute("eyes", 0),
        AddAllowance(Allowance("O101", "color", "so be it")),
        SetTemperature(0.5),
    ) == (
        "system\n  allow        + O101 at color: so be it\n  temperature  1 → 0.5\n\n"
        "- attribute size  (2 options, 1 rule)\n\n"
        "+ attribute eyes\n  prompt   It has {} eyes.\n  options  round, narrow\n  weight   2\n  note     new\n"
        "  rules    of 1 class\n  place    #2 → #1\n\n"
        "classes\n  - Dog  (1 rule)\n  + Emu  color  red or blue"
    )


def test_words_are_marked_without_colour_and_coloured_with_it() -> None:
    edit = SetPrompts("color", ("A photo of a pet that is mostly {} in color.",))
    assert "  prompt  A photo of a pet that is [-mainly-]{+mostly+} {} in color." in text_of(edit)
    colored = text_of(edit, color=True)
    assert "\x1b[31m\x1b[9mmainly\x1b[0m\x1b[32m\x1b[1mmostly\x1b[0m" in colored
    assert "[-" not in colored


def test_long_lines_are_wrapped_below_their_beginning() -> None:
    edit = SetDescription("Pets of every kind, small and large, as they are shown on the cards of the game.")
    assert text_of(edit, width=50) == (
        "system\n  description  + Pets of every kind, small and\n               large, as they are shown on the\n"
        "               cards of the game."
    )
    assert text_of(edit).count("\n") == 1


def test_text_from_outside_is_shown_as_it_is() -> None:
    shown = text_of(SetDescription("\x1b[31mred\u202e"), RenameClass("Cat", "[bold]Cat"), color=True)
    assert "\\x1b[31mred\\u202e" in shown
    assert "[bold]Cat" in shown


def test_the_heading_counts() -> None:
    assert line_text(heading("a → b", 1)[0]) == "a → b  (1 edit)"


def test_markdown_has_a_table_for_each_attribute_and_one_for_the_classes() -> None:
    edits: list[Edit] = [
        SetPrompts("color", ("A photo of a pet that is *mostly* {} in color.",)),
        RemoveAttribute("size"),
        SetRule("Dog", "color", ("red", "blue")),
        SetNote("a|b", "Dog"),
        RemoveClass("Cow"),
    ]
    assert changes_markdown(gather(PETS, edits)) == (
        "**attribute color**\n\n"
        "|  | before | after |\n| --- | --- | --- |\n"
        "| prompt | A photo of a pet that is ~~mainly~~ {} in color. "
        "| A photo of a pet that is **\\*mostly\\*** {} in color. |\n\n"
        "**attribute size** removed (2 options, 1 rule)\n\n"
        "**classes**\n\n"
        "| class |  | before | after |\n| --- | --- | --- | --- |\n"
        "| Dog | color | blue | red or blue |\n"
        "|  | note |  | a\\|b |\n"
        "| Cow (removed) |  | 1 rule |  |"
    )


def test_nothing_is_nothing() -> None:
    assert gather(PETS, []) == []
    assert changes_text([]) == []
    assert changes_markdown([]) == ""


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_every_edit_of_any_system_is_told_in_lines_that_fit(data: st.DataObject) -> None:
    system = data.draw(systems(3, 3))
    edits, after = data.draw(edited(system))
    for steps in (edits, diff(system, after)):
        changes = gather(system, steps)
        assert bool(changes) == bool(steps)
        for line in changes_text(changes, width=40):
            text = line_text(line)
            assert "\n" not in text
            assert not any(is_control(char) for char in text)
            assert width_of(text) <= 80, "two cells and no content"
        tables = MarkdownIt("commonmark").enable("table").parse(changes_markdown(changes))
        columns = {token.type: 0 for token in tables}
        assert columns.get("table_open") == columns.get("table_close")
