"""The one sentence about an edit: exact words, old values when they are known, and nothing a terminal obeys."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.systems.describe import describe, describe_rule, ordinal
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
    SetDescription,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetTemperature,
    SetWeight,
)
from cotsmith.systems.model import Allowance, Attribute, System
from cotsmith.systems.text import is_control
from cotsmith.tests.systems.situations import ZOO
from cotsmith.tests.systems.strategies import edits_for, systems

_EYES = Attribute("eyes", ("Its eyes are {}.",), ("round", "slits"))
_ALLOWED = Allowance("O101", "tail", "meant")

SENTENCES: list[tuple[Edit, str, str]] = [
    (SetRule("wolf", "color", ("white",)), 'wolf › color -> "white"', 'wolf › color: "gray" -> "white"'),
    (
        SetRule("wolf", "color", ("white", "gray")),
        'wolf › color -> any of "white", "gray"',
        'wolf › color: "gray" -> any of "white", "gray"',
    ),
    (SetRule("wolf", "color", ()), "wolf › color -> nothing", 'wolf › color: "gray" -> nothing'),
    (SetNote("x", "wolf"), 'wolf › note -> "x"', 'wolf › note: "also in parks" -> "x"'),
    (SetNote("", "wolf", "home"), "wolf › home › note -> nothing", 'wolf › home › note: "or tundra" -> nothing'),
    (SetNote("x", attribute="tail"), 'tail › note -> "x"', 'tail › note: nothing -> "x"'),
    (AddOption("tail", "no"), 'tail: add option "no"', 'tail: add option "no"'),
    (AddOption("tail", "no", 1), 'tail: add option "no" as the 2nd', 'tail: add option "no" as the 2nd'),
    (RemoveOption("tail", "long"), 'tail: remove option "long"', 'tail: remove option "long"'),
    (
        RewordOption("tail", "long", "very long"),
        'tail: reword option "long" to "very long"',
        'tail: reword option "long" to "very long"',
    ),
    (
        MergeOptions("tail", "long", "short"),
        'tail: merge option "long" into "short"',
        'tail: merge option "long" into "short"',
    ),
    (
        MoveOption("tail", "long", 0),
        'tail: make "long" the 1st option',
        'tail: make "long" the 1st option (it was the 2nd)',
    ),
    (
        AddAttribute(_EYES, 0, {"wolf": ("round",)}),
        'add attribute "eyes" as the 1st: "Its eyes are {}.", 2 options ("round", "slits"), 1 rule',
        'add attribute "eyes" as the 1st: "Its eyes are {}.", 2 options ("round", "slits"), 1 rule',
    ),
    (RemoveAttribute("tail"), 'remove attribute "tail"', 'remove attribute "tail"'),
    (RenameAttribute("tail", "t"), 'rename attribute "tail" to "t"', 'rename attribute "tail" to "t"'),
    (
        MoveAttribute("tail", 0),
        'make "tail" the 1st attribute',
        'make "tail" the 1st attribute (it was the 3rd)',
    ),
    (
        SetPrompts("tail", ("A {}.", "{}")),
        'tail › prompt -> "A {}.", "{}"',
        'tail › prompt: "A photo of a {} tail." -> "A {}.", "{}"',
    ),
    (SetWeight("tail", 0.5), "tail › weight -> 0.5", "tail › weight: 1 -> 0.5"),
    (
        AddClass("owl", None, {"form": ("bird",), "tail": ()}),
        'add class "owl": form "bird"',
        'add class "owl": form "bird"',
    ),
    (AddClass("owl", 2), 'add class "owl" as the 3rd', 'add class "owl" as the 3rd'),
    (RemoveClass("wolf"), 'remove class "wolf"', 'remove class "wolf"'),
    (RenameClass("wolf", "dog"), 'rename class "wolf" to "dog"', 'rename class "wolf" to "dog"'),
    (MoveClass("wolf", 0), 'make "wolf" the 1st class', 'make "wolf" the 1st class (it was the 4th)'),
    (SetName("z"), 'name -> "z"', 'name: "zoo" -> "z"'),
    (SetDescription("d"), 'description -> "d"', 'description: nothing -> "d"'),
    (SetClassPrompts(("a {}",)), 'class prompt -> "a {}"', 'class prompt: "{}" -> "a {}"'),
    (SetTemperature(0.1234567), "temperature -> 0.1234567", "temperature: 1 -> 0.1234567"),
    (AddAllowance(_ALLOWED), 'allow O101 at tail: "meant"', 'allow O101 at tail: "meant"'),
    (RemoveAllowance(_ALLOWED), 'no longer allow O101 at tail: "meant"', 'no longer allow O101 at tail: "meant"'),
]


@pytest.mark.parametrize(("edit", "alone", "with_old"), SENTENCES)
def test_the_sentence(edit: Edit, alone: str, with_old: str) -> None:
    assert describe(edit) == alone
    assert describe(edit, ZOO) == with_old


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_sentence_is_one_line_that_no_terminal_obeys_whatever_the_edit(data: st.DataObject) -> None:
    before, other = data.draw(systems()), data.draw(systems())
    edit = data.draw(edits_for(before))
    for system in (None, before, other):
        sentence = describe(edit, system)
        assert sentence
        assert not any(is_control(char) for char in sentence)


def test_a_sentence_about_a_system_that_lacks_the_place_shows_the_new_value_alone() -> None:
    assert describe(SetRule("wolf", "color", ("white",)), System()) == 'wolf › color -> "white"'


def test_a_rule_in_words() -> None:
    assert [describe_rule(rule) for rule in ((), ("a",), ("a", "b"))] == ["nothing", '"a"', 'any of "a", "b"']


def test_positions_as_people_count() -> None:
    assert [ordinal(n) for n in (0, 1, 2, 3, 10, 11, 12, 20, 21, 100, 110)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th"]
    )
