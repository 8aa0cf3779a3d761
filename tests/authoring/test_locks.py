"""What a person set is locked: derived from the history, followed through renames, changed by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cotsmith.authoring.choosing import take_all
from cotsmith.authoring.corrections import corrections
from cotsmith.authoring.locks import locked_cells, set_locks
from cotsmith.authoring.proposals import proposals_of
from cotsmith.errors import CotsmithError, UsageError
from cotsmith.systems.edits import (
    AddClass,
    Edit,
    MergeOptions,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetRule,
    SetWeight,
    apply,
)
from cotsmith.systems.file import load, save
from cotsmith.systems.model import Attribute, System
from cotsmith.systems.revisions import AuthorKind
from cotsmith.systems.saving import record_outside_change, save_revision
from tests.command_line import Command

CELL = ("Absol", "color")


def small() -> System:
    return System(
        attributes=(
            Attribute("color", ("It is {}.",), ("white", "gray", "brown")),
            Attribute("form", ("Its form is {}.",), ("round", "long")),
        ),
        rules={
            "Absol": {"color": ("white",), "form": ("round",)},
            "Aggron": {"color": ("gray",), "form": ("long",)},
            "A/B": {"color": (), "form": ("long",)},
        },
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A system as an LLM drafted it."""
    place = tmp_path / "small.json"
    save_revision(small(), place, kind="llm", author="scripted/test", reason="drafted")
    return place


def changed(path: Path, *edits: Edit, kind: AuthorKind = "person") -> frozenset[tuple[str, str]]:
    """Save ``edits`` as a revision of ``kind``; returns what is locked then."""
    system = apply(load(path), edits)
    save_revision(system, path, kind=kind, reason="", edits=list(edits))
    return locked_cells(path, system)


def test_what_an_llm_drafted_is_not_locked(path: Path) -> None:
    assert locked_cells(path, load(path)) == frozenset()
    assert changed(path, SetRule(*CELL, ("gray",)), kind="llm") == frozenset()
    assert changed(path, SetRule(*CELL, ("white",)), kind="optimiser") == frozenset()


def test_without_a_history_nothing_is(tmp_path: Path) -> None:
    save(small(), tmp_path / "alone.json")
    assert locked_cells(tmp_path / "alone.json", small()) == frozenset()
    assert locked_cells(tmp_path / "none.json", small()) == frozenset()
    assert locked_cells(None, small()) == frozenset()


def test_what_a_session_has_changed_of_a_file_without_a_history_is(tmp_path: Path) -> None:
    save(small(), tmp_path / "alone.json")
    edited = apply(small(), [SetRule(*CELL, ("gray",))])
    assert locked_cells(tmp_path / "alone.json", edited) == {CELL}
    assert [one.text for one in corrections(tmp_path / "alone.json", edited)] == ['Absol › color: "white" -> "gray"']
    assert corrections(tmp_path / "alone.json", small()) == ()


def test_what_a_person_set_is(path: Path) -> None:
    assert changed(path, SetRule(*CELL, ("gray",)), SetWeight("form", 2.0)) == {CELL}
    assert changed(path, SetRule("A/B", "form", ())) == {CELL, ("A/B", "form")}  # that it says nothing is a choice, too


def test_what_was_changed_in_an_editor_is(path: Path) -> None:
    text = path.read_text("utf-8").replace('"Absol": {"color": "white"', '"Absol": {"color": "brown"')
    path.write_text(text, encoding="utf-8")
    assert locked_cells(path, load(path)) == {CELL}
    assert changed(path, SetRule("Aggron", "form", ("round",)), kind="llm") == {CELL}  # and it stays so


@pytest.mark.parametrize("recorded", [True, False])
def test_a_rule_changed_in_an_editor_together_with_its_option_is(path: Path, recorded: bool) -> None:
    edited = apply(load(path), [SetRule(*CELL, ("brown",)), RemoveOption("color", "white")])
    save(edited, path)  # as an editor would: the history is not told
    assert load(path).rules["Absol"]["color"] == ("brown",)
    if recorded:
        record_outside_change(path)
    assert locked_cells(path, load(path)) == {CELL}


def test_options_merged_in_so_many_words_lock_nothing(path: Path) -> None:
    assert changed(path, MergeOptions("color", "white", "brown")) == frozenset()


def test_what_a_session_has_changed_and_not_saved_is(path: Path) -> None:
    assert locked_cells(path, apply(load(path), [SetRule(*CELL, ("gray",))])) == {CELL}


def test_what_somebody_else_sets_later_is_not_any_more(path: Path) -> None:
    changed(path, SetRule(*CELL, ("gray",)))
    assert changed(path, SetRule(*CELL, ("brown",)), kind="llm") == frozenset()
    assert changed(path, SetRule(*CELL, ("gray",))) == {CELL}


def test_locks_follow_names(path: Path) -> None:
    changed(path, SetRule(*CELL, ("gray",)))
    renamed = changed(path, RenameClass("Absol", "Absolu"), RenameAttribute("color", "main color"), kind="llm")
    assert renamed == {("Absolu", "main color")}
    assert changed(path, RemoveClass("Absolu")) == frozenset()


def test_the_cells_of_a_class_that_a_person_adds_are(path: Path) -> None:
    assert changed(path, AddClass("New", rules={"color": ("white",), "form": ()})) == {("New", "color")}


def test_by_hand(path: Path) -> None:
    before = path.read_bytes()
    assert set_locks(path, lock=["A/B/color", "Aggron/*"]) == {
        ("A/B", "color"),
        ("Aggron", "color"),
        ("Aggron", "form"),
    }
    assert set_locks(path, unlock=["*/color"]) == {("Aggron", "form")}
    assert path.read_bytes() == before
    changed(path, SetRule(*CELL, ("gray",)))
    assert set_locks(path, unlock=["Absol/color"]) == {("Aggron", "form")}
    assert changed(path, SetRule(*CELL, ("white",))) == {CELL, ("Aggron", "form")}  # set once more
    assert set_locks(path, lock=["*/*"]) == {(c, a) for c in load(path).classes for a in ("color", "form")}


def test_the_verb(path: Path, cotsmith: Command) -> None:
    changed(path, SetRule(*CELL, ("gray", "white")))
    told = cotsmith("locks", "small.json")
    assert told.out == 'Absol › color: any of "white", "gray"\n'
    assert told.err == "1 of 6 cells are locked\n"
    told = cotsmith("locks", "small.json", "--unlock", "Absol/color", "--lock", "A/B/form", "--json")
    assert json.loads(told.out) == [{"class": "A/B", "attribute": "form"}]
    assert cotsmith("locks", "small.json").out == 'A/B › form: "long"\n'
    for wrong, message in (("Absole/color", "Absol"), ("Absol/colour", "color"), ("Absol", "CLASS/ATTRIBUTE")):
        told = cotsmith("locks", "small.json", "--lock", wrong)
        assert told.code == 2
        assert message in told.err
    assert cotsmith("locks", "-", stdin="{}").code == 2
    assert cotsmith("locks", "gallery:demo").code == 2


def test_a_file_without_a_history_gets_one_when_it_is_locked_by_hand(tmp_path: Path, cotsmith: Command) -> None:
    save(small(), tmp_path / "alone.json")
    told = cotsmith("locks", "alone.json", "--lock", "Absol/color")
    assert told.code == 0, told.err
    assert locked_cells(tmp_path / "alone.json", small()) == {CELL}


@pytest.mark.parametrize(
    "edit",
    [
        SetRule(*CELL, ("gray",)),
        SetRule(*CELL, ()),
        RewordOption("color", "white", "snow white"),
        MergeOptions("color", "white", "gray"),
        RemoveOption("color", "white"),
        RemoveAttribute("color"),
        RemoveClass("Absol"),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_whatever_would_change_a_locked_rule_is_a_conflict(edit: Edit) -> None:
    proposals = proposals_of(small(), [(edit, "")], locked=frozenset({CELL}))
    assert [one.status for one in proposals] == ["conflict"]
    assert proposals.items[0].reason == "a person set Absol › color"
    with pytest.raises(UsageError, match="a person set"):
        proposals.accept(0)
    assert take_all(proposals).result == small()
    assert take_all(proposals, override_locks=True).result == apply(small(), [edit])


@pytest.mark.parametrize(
    "edit",
    [
        SetRule("Absol", "form", ("long",)),
        SetRule("Aggron", "color", ("white",)),
        RewordOption("color", "brown", "dark brown"),
        RenameClass("Absol", "Absolu"),
        RenameAttribute("color", "main color"),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_what_leaves_it_as_it_is_is_none(edit: Edit) -> None:
    proposals = proposals_of(small(), [(edit, "")], locked=frozenset({CELL}))
    assert [one.status for one in proposals] == ["open"]


def test_a_lock_holds_after_a_rename_was_taken() -> None:
    edits: list[tuple[Edit, str]] = [(RenameClass("Absol", "Absolu"), ""), (RemoveOption("color", "white"), "")]
    proposals = proposals_of(small(), edits, locked=frozenset({CELL})).accept(0)
    assert proposals.items[1].status == "conflict"


def test_a_history_that_cannot_be_read_is_told(path: Path) -> None:
    path.with_name("small.history.db").write_bytes(b"no database" * 100)
    with pytest.raises(CotsmithError, match="history"):
        locked_cells(path, load(path))
