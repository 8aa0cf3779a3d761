"""The algebra: an edit upholds the model, its inverse restores everything, what does not apply changes nothing."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import EditError
from cotsmith.systems.edits import (
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    MoveClass,
    MoveOption,
    RemoveAllowance,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetClassPrompts,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetTemperature,
    SetWeight,
    apply,
    invert,
    touches,
)
from cotsmith.systems.model import Allowance, Attribute, System
from cotsmith.tests.systems.situations import ZOO
from cotsmith.tests.systems.strategies import edited, edits_for, systems

_EYES = Attribute("eyes", ("Its eyes are {}.",), ("round", "slits"))
_TWICE = Allowance("O101", "", "twice")


def checked(system: System) -> System:
    """The same system through the constructor, which checks everything and puts it into canonical order."""
    return System(**{item.name: getattr(system, item.name) for item in fields(System)})


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_an_edit_upholds_the_model_and_its_inverse_restores_everything(data: st.DataObject) -> None:
    before = data.draw(systems())
    edit = data.draw(edits_for(before))
    after = apply(before, [edit])
    assert checked(after) == after
    assert [list(row) for row in after.rules.values()] == [[a.name for a in after.attributes]] * len(after.rules)
    restored = apply(after, invert(before, edit))
    assert restored == before
    assert [list(row) for row in restored.rules.values()] == [list(row) for row in before.rules.values()]


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_a_list_of_edits_is_its_edits_one_by_one_and_is_undone_from_the_end(data: st.DataObject) -> None:
    before = data.draw(systems())
    edits, after = data.draw(edited(before))
    assert apply(before, edits) == after
    undo: list[Edit] = []
    now = before
    for edit in edits:
        undo = [*invert(now, edit), *undo]
        now = apply(now, [edit])
    assert apply(after, undo) == before


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_an_edit_of_another_system_applies_or_is_refused_by_name(data: st.DataObject) -> None:
    here, there = data.draw(systems()), data.draw(systems())
    edit = data.draw(edits_for(there))
    try:
        after = apply(here, [edit])
    except EditError:
        return
    assert checked(after) == after
    assert apply(after, invert(here, edit)) == here


def test_what_an_edit_leaves_alone_is_shared_not_copied() -> None:
    after = apply(ZOO, [SetRule("wolf", "color", ("white",))])
    assert after.attributes is ZOO.attributes
    assert after.notes is ZOO.notes
    assert [name for name in ZOO.rules if after.rules[name] is not ZOO.rules[name]] == ["wolf"]


def test_the_old_system_is_untouched() -> None:
    before = checked(ZOO)
    apply(
        ZOO, [SetRule("wolf", "color", ()), RemoveClass("bear"), RemoveAttribute("home"), RemoveOption("tail", "long")]
    )
    assert before == ZOO


def test_an_any_of_rule_is_put_into_option_order_and_names_each_option_once() -> None:
    after = apply(ZOO, [SetRule("wolf", "color", ("black", "white", "black"))])
    assert after.rules["wolf"]["color"] == ("white", "black")


def test_a_moved_option_moves_in_any_of_rules() -> None:
    wide = apply(ZOO, [SetRule("wolf", "color", ("white", "black")), MoveOption("color", "black", 0)])
    assert wide.rules["wolf"]["color"] == ("black", "white")


def test_a_removed_option_leaves_the_other_options_of_a_rule_or_none() -> None:
    after = apply(ZOO, [SetRule("wolf", "tail", ("short", "long")), RemoveOption("tail", "long")])
    assert [after.rules[name]["tail"] for name in ("wolf", "raven", "bear")] == [("short",), (), ("short",)]


def test_merged_options_leave_one_mention() -> None:
    after = apply(ZOO, [SetRule("wolf", "color", ("gray", "black")), MergeOptions("color", "black", "white")])
    assert after.attribute("color").options == ("white", "gray", "brown")
    assert [after.rules[name]["color"] for name in ("wolf", "raven")] == [("white", "gray"), ("white",)]


def test_notes_follow_names_and_go_with_what_they_are_about() -> None:
    renamed = apply(ZOO, [RenameClass("wolf", "dog"), RenameAttribute("home", "place")])
    assert renamed.notes == {("dog", None): "also in parks", ("dog", "place"): "or tundra"}
    assert apply(ZOO, [RemoveAttribute("home")]).notes == {("wolf", None): "also in parks"}
    assert not apply(ZOO, [RemoveClass("wolf")]).notes


def test_an_allowance_that_stands_twice_is_restored_in_its_place() -> None:
    before = apply(System(), [AddAllowance(_TWICE), AddAllowance(Allowance("X", "", "")), AddAllowance(_TWICE, 2)])
    for edit in (AddAllowance(_TWICE), AddAllowance(_TWICE, 1), RemoveAllowance(_TWICE)):
        assert apply(apply(before, [edit]), invert(before, edit)) == before


def test_an_edit_that_changes_nothing_is_accepted() -> None:
    for edit in (
        SetRule("wolf", "color", ("gray",)),
        RenameClass("wolf", "wolf"),
        RenameAttribute("home", "home"),
        RewordOption("tail", "long", "long"),
        MoveClass("wolf", 3),
        MoveAttribute("color", 0),
        SetNote("", "bear"),
    ):
        assert apply(ZOO, [edit]) == ZOO


REFUSED: list[tuple[Edit, str]] = [
    (
        SetRule("wolf", "color", ("whit",)),
        'wolf › color: "gray" -> "whit": "whit" is not an option; did you mean "white"?',
    ),
    (SetRule("wolff", "color", ()), '"wolff" is not a class; did you mean "wolf"?'),
    (SetRule("wolf", "colour", ()), '"colour" is not an attribute; did you mean "color"?'),
    (SetName(" "), "it is empty"),
    (SetClassPrompts(()), "a system needs a class prompt"),
    (SetClassPrompts(("no slot",)), "exactly one {}"),
    (SetTemperature(0.0), "is not a finite number > 0"),
    (SetTemperature(float("nan")), "is not a finite number > 0"),
    (AddAttribute(_EYES, 6), "position 6 is not between 0 and 5"),
    (AddAttribute(_EYES, None, {"wolff": ("round",)}), 'did you mean "wolf"?'),
    (AddAttribute(_EYES, None, {"wolf": ("rund",)}), 'did you mean "round"?'),
    (AddAttribute(Attribute("tail", ("{}",))), 'there already is an attribute "tail"'),
    (RemoveAttribute("tial"), 'did you mean "tail"?'),
    (RenameAttribute("tail", "home"), 'there already is an attribute "home"'),
    (RenameAttribute("tail", "a\x1b[m"), "control character U+001B"),
    (MoveAttribute("tail", 5), "position 5 is not between 0 and 4"),
    (MoveAttribute("tail", -1), "position -1 is not between 0 and 4"),
    (SetPrompts("tail", ()), "an attribute needs a prompt"),
    (SetPrompts("tail", ("{} {}",)), "this one has 2"),
    (SetWeight("tail", -1.0), "is neither 0 nor between 1e-06 and 1e+06"),
    (AddOption("tail", "long"), 'there already is an option "long"'),
    (AddOption("tail", "  padded"), "begins or ends with white space"),
    (AddOption("tail", "none", 3), "position 3 is not between 0 and 2"),
    (RemoveOption("tail", "lon"), '"lon" is not an option of tail; did you mean "long"?'),
    (RewordOption("tail", "long", "short"), 'there already is an option "short"'),
    (RewordOption("tail", "long", ""), "it is empty"),
    (MergeOptions("tail", "long", "long"), "cannot be merged into itself"),
    (MergeOptions("tail", "long", "shor"), 'did you mean "short"?'),
    (AddClass("wolf"), 'there already is a class "wolf"'),
    (AddClass("owl", 9), "position 9 is not between 0 and 8"),
    (AddClass("owl", None, {"tial": ()}), 'did you mean "tail"?'),
    (AddClass("owl", None, {"tail": ("longer",)}), 'did you mean "long"?'),
    (RemoveClass("wolfe"), 'did you mean "wolf"?'),
    (RenameClass("wolf", "bear"), 'there already is a class "bear"'),
    (RenameClass("wolf", "\u202ewolf"), "invisible character U+202E"),
    (MoveClass("wolf", 8), "position 8 is not between 0 and 7"),
    (SetNote("x", "wolv"), 'did you mean "wolf"?'),
    (SetNote("x", "wolf", "tial"), 'did you mean "tail"?'),
    (SetNote("x", attribute="tial"), 'did you mean "tail"?'),
    (RemoveAllowance(_TWICE), "there is no such allowance"),
]


@pytest.mark.parametrize(("edit", "reason"), REFUSED)
def test_a_refusal_names_the_edit_and_the_reason(edit: Edit, reason: str) -> None:
    with pytest.raises(EditError) as caught:
        apply(ZOO, [SetName("never seen"), edit])
    assert reason in caught.value.message
    assert caught.value.where == "edit 2 of 2"
    assert ZOO.name == "zoo"


def test_a_text_in_place_of_a_rule_is_not_taken_letter_by_letter() -> None:
    with pytest.raises(EditError, match="a rule is a tuple of options"):
        apply(ZOO, [SetRule("wolf", "color", "white")])  # type: ignore[arg-type]


def test_what_is_no_edit_is_refused() -> None:
    with pytest.raises(EditError, match="str is not an edit"):
        apply(ZOO, ["set-rule"])  # type: ignore[list-item]


def test_a_note_is_about_something() -> None:
    with pytest.raises(EditError, match="about a class, an attribute, or a cell"):
        SetNote("x")


def test_the_rules_of_an_edit_are_its_own() -> None:
    rules = {"wolf": ("round",)}
    edit = AddAttribute(_EYES, None, rules)
    rules["bear"] = ("slits",)
    assert edit.rules == {"wolf": ("round",)}
    assert hash(edit) == hash(AddAttribute(_EYES, None, {"wolf": ("round",)}))


def test_what_an_edit_touches() -> None:
    assert touches(SetRule("wolf", "color", ())) == ("wolf", "color")
    assert touches(SetNote("x", "wolf")) == ("wolf", None)
    assert touches(RenameClass("wolf", "dog")) == ("wolf", None)
    assert touches(AddAttribute(_EYES)) == (None, "eyes")
    assert touches(MergeOptions("tail", "long", "short")) == (None, "tail")
    assert touches(SetName("x")) == (None, None)
