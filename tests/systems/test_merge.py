"""Three-way merge: what only one side changed is there, conflicts are where both changed the same thing differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.systems.edits import (
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    MergeOptions,
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
    apply,
)
from cotsmith.systems.file import parse, render
from cotsmith.systems.merge import Conflict, Preference, merge
from cotsmith.systems.model import Allowance, Attribute, System
from tests.systems.history_worlds import PETS
from tests.systems.strategies import edited, edits_for, free_texts, prompt_tuples, rules_of, systems, texts, weights

PREFERENCES: tuple[Preference, ...] = ("ours", "theirs")
EYES = Attribute("eyes", ("It has {} eyes.",), ("round", "narrow"))


def both(ours: list[Edit], theirs: list[Edit], base: System = PETS) -> tuple[System, tuple[Conflict, ...]]:
    merged = merge(base, apply(base, ours), apply(base, theirs))
    assert parse(render(merged.system)) == merged.system, "valid"
    return merged.system, merged.conflicts


def kept(ours: list[Edit], theirs: list[Edit], expected: list[Edit], base: System = PETS) -> None:
    """Without a conflict the merge is as the edits in ``expected`` make it, from either side."""
    for first, second in ((ours, theirs), (theirs, ours)):
        system, conflicts = both(first, second, base)
        assert conflicts == ()
        assert system == apply(base, expected)


def test_rules_of_different_cells() -> None:
    mine, yours = SetRule("Ash", "color", ("blue",)), SetRule("Ash", "form", ("a wolf",))
    kept([mine], [yours], [mine, yours])


def test_a_rule_and_the_words_of_its_option() -> None:
    reword, use = RewordOption("color", "blue", "sky blue"), SetRule("Ash", "color", ("blue",))
    kept([reword], [use], [use, reword])


def test_a_rule_and_the_names_of_its_class_and_attribute() -> None:
    renames: list[Edit] = [RenameClass("Ash", "Ashley"), RenameAttribute("color", "main color")]
    kept(renames, [SetRule("Ash", "color", ("blue",))], [SetRule("Ash", "color", ("blue",)), *renames])


def test_a_merged_option_that_the_other_side_newly_uses() -> None:
    kept(
        [MergeOptions("color", "blue", "red")],
        [SetRule("Ash", "color", ("green", "blue"))],
        [SetRule("Ash", "color", ("green", "blue")), MergeOptions("color", "blue", "red")],
    )


def test_a_new_attribute_and_a_new_class() -> None:
    attribute = AddAttribute(EYES, None, {"Ash": ("round",)})
    class_ = AddClass("Dot", None, {"color": ("red",)})
    kept([attribute], [class_], [attribute, class_])


def test_a_new_class_and_a_reworded_option() -> None:
    class_, reword = AddClass("Dot", 0, {"color": ("red",)}), RewordOption("color", "red", "scarlet")
    kept([class_], [reword], [class_, reword])


def test_a_removed_class_and_a_new_attribute() -> None:
    attribute = AddAttribute(EYES, None, {"Ash": ("round",), "Bo": ("narrow",)})
    kept([RemoveClass("Ash")], [attribute], [attribute, RemoveClass("Ash")])


def test_a_removed_attribute_and_a_new_class() -> None:
    class_ = AddClass("Dot", None, {"color": ("red",), "form": ("a wolf",)})
    kept([RemoveAttribute("color")], [class_], [class_, RemoveAttribute("color")])


def test_a_removed_option_and_another_rule() -> None:
    kept(
        [RemoveOption("color", "blue")],
        [SetRule("Ash", "color", ("green",))],
        [RemoveOption("color", "blue"), SetRule("Ash", "color", ("green",))],
    )


def test_the_same_change_on_both_sides() -> None:
    same: list[Edit] = [SetName("b"), AddClass("Dot", 1, {"color": ("red",)}), AddOption("form", "a cat", 0)]
    kept(same, same, same)


def test_both_added_the_same_class_with_different_cells() -> None:
    ours, theirs = AddClass("Dot", None, {"color": ("red",)}), AddClass("Dot", None, {"form": ("a wolf",)})
    kept([ours], [theirs], [AddClass("Dot", None, {"color": ("red",), "form": ("a wolf",)})])


def test_an_option_added_here_and_reworded_into_there_is_one() -> None:
    system, conflicts = both(
        [AddOption("color", "cyan"), SetRule("Ash", "color", ("cyan",))], [RewordOption("color", "blue", "cyan")]
    )
    assert conflicts == ()
    assert system.attribute("color").options == ("red", "green", "cyan")
    assert [system.rules[c]["color"] for c in ("Ash", "Bo", "Cleo")] == [("cyan",), ("green", "cyan"), ("cyan",)]


def test_orders_changed_in_different_places() -> None:
    kept(
        [MoveClass("Ash", 2), MoveOption("color", "red", 1)],
        [AddClass("Dot", 2), MoveOption("form", "a bird", 0)],
        [AddClass("Dot", 2), MoveClass("Ash", 3), MoveOption("color", "red", 1), MoveOption("form", "a bird", 0)],
    )


def test_allowances_of_both_sides() -> None:
    one, two = Allowance("O101", "color", "so be it"), Allowance("C101", "", "twins")
    system, conflicts = both([AddAllowance(one)], [AddAllowance(two)])
    assert (system.allow, conflicts) == ((one, two), ())
    base = apply(PETS, [AddAllowance(one), AddAllowance(two)])
    system, conflicts = both([RemoveAllowance(one)], [AddAllowance(Allowance("X", "", ""))], base)
    assert (system.allow, conflicts) == ((two, Allowance("X", "", "")), ())


CONFLICTS: dict[str, tuple[list[Edit], list[Edit], list[str]]] = {
    "one rule": (
        [SetRule("Ash", "color", ("blue",))],
        [SetRule("Ash", "color", ("green",))],
        ["Ash › color › rule"],
    ),
    "one rule among others": (
        [SetRule("Ash", "color", ("blue",)), SetRule("Bo", "color", ())],
        [SetRule("Ash", "color", ("green",)), SetRule("Cleo", "color", ())],
        ["Ash › color › rule"],
    ),
    "one rule, there by an option that goes here": (
        [RemoveOption("color", "blue"), SetRule("Bo", "color", ("red",))],
        [SetRule("Bo", "color", ("blue",))],
        ["Bo › color › rule"],
    ),
    "the words of an option": (
        [RewordOption("color", "blue", "sky blue")],
        [RewordOption("color", "blue", "dark blue")],
        ['color › option "blue"'],
    ),
    "removed and reworded": (
        [RemoveOption("color", "blue")],
        [RewordOption("color", "blue", "dark blue")],
        ['color › option "blue"'],
    ),
    "removed and newly used": (
        [RemoveOption("color", "blue")],
        [SetRule("Ash", "color", ("blue",))],
        ['color › option "blue"'],
    ),
    "removed and used by a new class": (
        [RemoveOption("color", "blue")],
        [AddClass("Dot", None, {"color": ("blue",)})],
        ['color › option "blue"'],
    ),
    "merged into different options": (
        [MergeOptions("color", "blue", "green")],
        [MergeOptions("color", "blue", "red")],
        ['color › option "blue"'],
    ),
    "merged into each other": (
        [MergeOptions("color", "blue", "green")],
        [MergeOptions("color", "green", "blue")],
        ['color › options "green" and "blue"'],
    ),
    "merged into one that was removed": (
        [MergeOptions("color", "blue", "green")],
        [RemoveOption("color", "green")],
        ['color › option "green"'],
    ),
    "one text for two options": (
        [RewordOption("color", "blue", "cyan")],
        [RewordOption("color", "green", "cyan")],
        ["color › option"],
    ),
    "prompt, weight, note": (
        [SetPrompts("color", ("{} 1",)), SetWeight("color", 2), SetNote("a", attribute="color")],
        [SetPrompts("color", ("{} 2",)), SetWeight("color", 3), SetNote("b", attribute="color")],
        ["color › prompt", "color › weight", "color › note"],
    ),
    "the name of a class": (
        [RenameClass("Ash", "Ashley")],
        [RenameClass("Ash", "Ashton")],
        ["Ash › name"],
    ),
    "one name for two classes": (
        [RenameClass("Ash", "Dot")],
        [AddClass("Dot", None, {"form": ("a wolf",)})],
        ["Ash › class name", "Dot › class name"],
    ),
    "the name of an attribute": (
        [RenameAttribute("color", "colors")],
        [RenameAttribute("color", "colour")],
        ["color › name"],
    ),
    "a class removed and changed": (
        [RemoveClass("Ash")],
        [SetRule("Ash", "color", ("blue",))],
        ["Ash › class"],
    ),
    "an attribute removed and changed": (
        [RemoveAttribute("color")],
        [SetPrompts("color", ("{}",)), SetRule("Ash", "color", ("blue",))],
        ["color › attribute"],
    ),
    "an order": (
        [MoveClass("Ash", 1)],
        [MoveClass("Ash", 2)],
        ["Ash › order"],
    ),
    "notes": (
        [SetNote("a", "Ash"), SetNote("a", "Ash", "color")],
        [SetNote("b", "Ash"), SetNote("b", "Ash", "color")],
        ["Ash › note", "Ash › color › note"],
    ),
    "the system": (
        [SetName("a"), SetDescription("a"), SetClassPrompts(("{} a",)), SetTemperature(2)],
        [SetName("b"), SetDescription("b"), SetClassPrompts(("{} b",)), SetTemperature(3)],
        ["name", "description", "class prompt", "temperature"],
    ),
    "a reason": (
        [AddAllowance(Allowance("O101", "color", "a"))],
        [AddAllowance(Allowance("O101", "color", "b"))],
        ["allow O101 at color"],
    ),
}


MORE_THAN_THE_CONFLICT = {
    "one rule among others",
    "one rule, there by an option that goes here",
    "one name for two classes",
    "removed and used by a new class",
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_is_told_and_the_preferred_side_taken(name: str) -> None:
    ours, theirs, places = CONFLICTS[name]
    here, there = apply(PETS, ours), apply(PETS, theirs)
    one, two = merge(PETS, here, there), merge(PETS, here, there, prefer="theirs")
    for merged in (one, two):
        assert [conflict.place for conflict in merged.conflicts] == places
        assert parse(render(merged.system)) == merged.system
    if name not in MORE_THAN_THE_CONFLICT:
        assert (one.system, two.system) == (here, there)


def test_a_conflict_says_what_each_side_made_of_it() -> None:
    _, conflicts = both([RemoveClass("Ash")], [SetRule("Ash", "color", ("blue",)), RenameClass("Ash", "Ashley")])
    assert conflicts == (Conflict("Ash", None, "class", '"Ash"', "removed", 'changed: renamed "Ashley", 1 rule'),)
    _, conflicts = both([SetRule("Bo", "color", ())], [SetRule("Bo", "color", ("red",))])
    assert conflicts == (Conflict("Bo", "color", "rule", 'any of "green", "blue"', "nothing", '"red"'),)


@pytest.mark.parametrize("setter", ["who renames the class", "who renames the attribute"])
def test_a_rule_is_not_lost_where_a_sole_class_and_its_attribute_are_renamed_past_recognition(setter: str) -> None:
    """Each side then has removed the one and added another: no cell is left that either of them wrote."""
    color = Attribute("color", ("It is {} in color.",), ("red", "blue"))
    base = System(name="one", attributes=(color,), rules={"Ash": {"color": ("red",)}})
    mine: list[Edit] = [RenameClass("Ash", "Dot")]
    yours: list[Edit] = [RenameAttribute("color", "hue"), SetPrompts("hue", ("Paint for this: {}",))]
    (mine if setter == "who renames the class" else yours).insert(0, SetRule("Ash", "color", ("blue",)))
    here, there = apply(base, mine), apply(base, yours)
    told = (
        Conflict(None, "color", "attribute", '"color"', "changed: 1 new class uses it", "removed"),
        Conflict("Ash", None, "class", '"Ash"', "removed", "changed: 1 new attribute tells of it"),
    )
    preferences: tuple[tuple[Preference, System], ...] = (("ours", here), ("theirs", there))
    for prefer, side in preferences:
        merged = merge(base, here, there, prefer=prefer)
        assert merged.conflicts == told
        assert set(side.cells()) <= set(merged.system.cells())


ONE = System(
    attributes=(Attribute("color", ("It is {}.",), ("red", "blue")),),
    rules={"Ash": {"color": ("red",)}},
)


def test_a_cleared_rule_is_told_where_both_rename_its_class_or_attribute_past_recognition_to_one_name() -> None:
    class_: list[Edit] = [RenameClass("Ash", "Zed")]
    attribute: list[Edit] = [RenameAttribute("color", "hue"), SetPrompts("hue", ("Paint for this: {}",))]
    for renamed, cell in ((class_, ("Zed", "color")), (attribute, ("Ash", "hue"))):
        _, conflicts = both(renamed, [*renamed, SetRule(*cell, ())], ONE)
        assert conflicts == (Conflict(*cell, "rule", "nothing", '"red"', "nothing"),)


def test_two_prompts_of_an_attribute_that_both_added_are_a_conflict() -> None:
    """Also where one of them is the plainest there is: it is not what a new attribute had before."""
    plainest = replace(EYES, prompts=("{}",))
    _, conflicts = both([AddAttribute(plainest)], [AddAttribute(EYES)])
    assert conflicts == (Conflict(None, "eyes", "prompt", "nothing", '"{}"', '"It has {} eyes."'),)


def test_rules_of_a_class_and_of_an_attribute_that_both_added_go_together() -> None:
    kept(
        [AddClass("Dot", None, {"color": ("red",)}), AddAttribute(EYES, None, {"Ash": ("round",)})],
        [AddClass("Dot", None, {"form": ("a wolf",)}), AddAttribute(EYES, None, {"Bo": ("narrow",)})],
        [
            AddClass("Dot", None, {"color": ("red",), "form": ("a wolf",)}),
            AddAttribute(EYES, None, {"Ash": ("round",), "Bo": ("narrow",)}),
        ],
    )


@st.composite
def renamings(draw: st.DrawFn, system: System, mark: str) -> System:
    """What a side makes of ``system`` that renames at will, says new things by its own options, and removes nothing."""
    for number in range(draw(st.integers(0, 3))):
        name, word = draw(texts().filter(lambda text: not text.startswith("said"))), f"said {mark}{number}"
        class_name = draw(st.sampled_from(system.classes))
        attribute = draw(st.sampled_from(system.attributes))
        added = Attribute(name, draw(prompt_tuples()), (word,))
        ways: list[list[Edit]] = [[AddOption(attribute.name, word), SetRule(class_name, attribute.name, (word,))]]
        if name not in system.classes:
            ways.append([RenameClass(class_name, name)])
            ways.append([AddOption(attribute.name, word), AddClass(name, None, {attribute.name: (word,)})])
        if all(name != a.name for a in system.attributes):
            ways.append([AddAttribute(added, None, {class_name: (word,)})])
            ways.append([RenameAttribute(attribute.name, name), SetPrompts(name, draw(prompt_tuples()))])
        system = apply(system, draw(st.sampled_from(ways)))
    return system


def said(system: System) -> set[str]:
    return {option for *_, rule in system.cells() for option in rule if option.startswith("said")}


@settings(max_examples=100, deadline=None)
@given(renamings(ONE, "here"), renamings(ONE, "there"), st.sampled_from(PREFERENCES))
def test_no_rule_of_a_side_is_lost_without_a_word(ours: System, theirs: System, prefer: Preference) -> None:
    merged = merge(ONE, ours, theirs, prefer=prefer)
    assert merged.conflicts or said(merged.system) == said(ours) | said(theirs)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_merging_with_a_side_that_changed_nothing_or_the_same_gives_the_other(data: st.DataObject) -> None:
    base = data.draw(systems())
    _, other = data.draw(edited(base))
    for ours, theirs in ((other, base), (base, other), (other, other)):
        merged = merge(base, ours, theirs)
        assert (merged.system, merged.conflicts) == (other, ())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_three_systems_merge_into_a_valid_one_with_the_same_conflicts_from_either_side(data: st.DataObject) -> None:
    base = data.draw(systems())
    _, ours = data.draw(edited(base))
    theirs = data.draw(edited(base))[1] if data.draw(st.booleans()) else data.draw(systems())
    one, same, two = merge(base, ours, theirs), merge(base, theirs, ours, prefer="theirs"), merge(base, theirs, ours)
    for merged in (one, same, two):
        assert parse(render(merged.system)) == merged.system
    told, mirrored = ({(c.place, *sorted((c.ours, c.theirs))) for c in merged.conflicts} for merged in (one, same))
    assert told == mirrored
    # A name that one side prefers may be one that the other side gave to something new; the other's name is not.
    if not any(c.what in ("attribute name", "class name") for c in (*one.conflicts, *two.conflicts)):
        assert {c.place for c in one.conflicts} == {c.place for c in two.conflicts}
        assert {(c.ours, c.theirs) for c in one.conflicts} == {(c.theirs, c.ours) for c in two.conflicts}
    if not one.conflicts and not two.conflicts:
        assert unordered(one.system) == unordered(two.system)


def unordered(system: System) -> object:
    return (
        replace(system, attributes=(), rules={}, notes={}, allow=()),
        {(a.name, a.prompts, frozenset(a.options), a.weight, a.note) for a in system.attributes},
        {(c, a, frozenset(rule)) for c, a, rule in system.cells()},
        set(system.rules),
        dict(system.notes),
        frozenset(system.allow),
    )


@st.composite
def triples(draw: st.DrawFn) -> tuple[System, list[Edit], list[Edit]]:
    """A base, and edits of each side that set what is there: rules, prompts, weights, notes."""
    base = draw(systems())
    sides: list[list[Edit]] = []
    for _ in range(2):
        edits: list[Edit] = []
        for attribute in base.attributes:
            name = st.just(attribute.name)
            setters: list[st.SearchStrategy[Edit]] = [
                st.builds(SetPrompts, name, prompt_tuples()),
                st.builds(SetWeight, name, weights()),
                st.builds(SetNote, free_texts(), attribute=name),
            ]
            if base.classes:
                class_name = st.sampled_from(base.classes)
                setters.append(st.builds(SetRule, class_name, name, rules_of(attribute)))
                setters.append(st.builds(SetNote, free_texts(), class_name, name))
            edits += draw(st.lists(st.one_of(setters), max_size=3))
        sides.append(edits)
    return base, sides[0], sides[1]


def things(system: System) -> Mapping[tuple[str | None, str | None, str], object]:
    """Every single thing that a side may set, by its place."""
    found: dict[tuple[str | None, str | None, str], object] = {}
    for attribute in system.attributes:
        values = {"prompt": attribute.prompts, "weight": attribute.weight, "note": attribute.note}
        found.update({(None, attribute.name, what): value for what, value in values.items()})
    for class_name, name, rule in system.cells():
        found[class_name, name, "rule"] = rule
        found[class_name, name, "note"] = system.notes.get((class_name, name), "")
    return found


@settings(max_examples=60, deadline=None)
@given(triples())
def test_conflicts_are_exactly_where_both_set_the_same_thing_differently(
    triple: tuple[System, list[Edit], list[Edit]],
) -> None:
    base, ours, theirs = triple[0], apply(triple[0], triple[1]), apply(triple[0], triple[2])
    before, here, there = things(base), things(ours), things(theirs)
    expected = dict(before)
    contested = set()
    for place in before:
        expected[place] = there[place] if here[place] == before[place] else here[place]
        if before[place] not in (here[place], there[place]) and here[place] != there[place]:
            contested.add(place)
    merged = merge(base, ours, theirs)
    assert {(c.class_name, c.attribute, c.what) for c in merged.conflicts} == contested
    assert things(merged.system) == expected


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_edits_of_different_attributes_are_all_present(data: st.DataObject) -> None:
    """Each side edits half of the attributes in every way there is: options, rules, prompts, names."""
    base = data.draw(systems(max_attributes=4))
    half = len(base.attributes) // 2
    kept_names = [a.name for a in base.attributes]
    sides: list[list[Edit]] = []
    for mine in (base.attributes[:half], base.attributes[half:]):
        system, edits = base, list[Edit]()
        for _ in range(data.draw(st.integers(0, 5))):
            edit = data.draw(edits_for(system))
            attribute = getattr(edit, "attribute", None)
            renaming = isinstance(edit, RenameAttribute | RemoveAttribute)
            if isinstance(attribute, str) and attribute in {a.name for a in mine} and not renaming:
                edits.append(edit)
                system = apply(system, [edit])
        sides.append(edits)
    ours, theirs = apply(base, sides[0]), apply(base, sides[1])
    merged = merge(base, ours, theirs)
    moved = [a.name for a in ours.attributes] != kept_names and [a.name for a in theirs.attributes] != kept_names
    if not moved:
        assert merged.conflicts == ()
    together = apply(apply(base, sides[0]), sides[1])
    assert unordered(merged.system) == unordered(together)
