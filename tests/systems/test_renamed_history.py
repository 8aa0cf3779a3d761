"""A file that was renamed, deleted or misspelt: its history is found, or the error says where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cotsmith.systems.edits import SetName
from cotsmith.systems.history import History
from cotsmith.systems.journal import Journal
from tests.command_line import Command
from tests.systems.history_worlds import save

OLD, NEW = Path("pets.json"), Path("cards.json")
TAKEN = "pets.history.db was the history of this file under its old name; it is cards.history.db now"


@pytest.fixture
def cotsmith(cotsmith: Command) -> Command:
    """In a folder where pets.json, of two revisions, was renamed to cards.json."""
    save(OLD, reason="begin")
    save(OLD, SetName("b"))
    OLD.rename(NEW)
    return cotsmith


def databases() -> list[str]:
    return sorted(path.name for path in Path().glob("*.history.db*"))


def test_the_next_save_takes_the_history_along_and_says_so(cotsmith: Command) -> None:
    assert callable(cotsmith)
    saved = save(NEW, SetName("c"))
    assert saved.warnings == (TAKEN,)
    assert saved.revision is not None
    assert (saved.revision.number, saved.outside) == (3, None)
    assert databases() == ["cards.history.db"]
    assert save(NEW, SetName("d")).warnings == ()


def test_who_only_reads_is_told_where_it_is(cotsmith: Command) -> None:
    for command in (("log", "cards.json"), ("show", "cards.json@1"), ("diff", "cards.json")):
        told = cotsmith(*command).err
        assert "pets.history.db is its history, under an old name: cotsmith history record cards.json" in told
    assert databases() == ["pets.history.db"]
    told = cotsmith("history", "record", "cards.json").err
    assert told == f"warning: {TAKEN}\ncards.json is as in its last revision; nothing to record.\n"
    assert cotsmith("log", "cards.json").code == 0
    assert databases() == ["cards.history.db"]


def test_what_was_not_saved_in_a_review_comes_along(cotsmith: Command) -> None:
    assert callable(cotsmith)
    NEW.rename(OLD)
    with Journal.open(OLD) as journal:
        journal.append([SetName("typed")])
    OLD.rename(NEW)
    with Journal.open(NEW) as journal:
        assert (journal.current().name, journal.recovered, journal.notice) == ("typed", 1, TAKEN)


def test_a_history_whose_file_is_there_or_that_holds_another_text_stays(cotsmith: Command) -> None:
    assert callable(cotsmith)
    OLD.write_bytes(NEW.read_bytes())
    assert save(NEW).warnings == ()
    assert databases() == ["cards.history.db", "pets.history.db"]
    OLD.unlink()
    other = Path("other.json")
    save(other, SetName("quite another"))
    assert databases() == ["cards.history.db", "other.history.db", "pets.history.db"]


def test_of_two_that_fit_neither_is_taken(cotsmith: Command) -> None:
    assert callable(cotsmith)
    for suffix in ("", "-wal"):
        if Path(f"pets.history.db{suffix}").exists():
            Path(f"twin.history.db{suffix}").write_bytes(Path(f"pets.history.db{suffix}").read_bytes())
    with History.open(NEW) as history:
        assert (history.notice, history.revisions()) == ("", [])


def test_a_damaged_one_stays_where_it_is(cotsmith: Command) -> None:
    assert callable(cotsmith)
    Path("pets.history.db").write_bytes(b"garbage" * 1000)
    assert save(NEW, SetName("c")).warnings == ()
    assert databases() == ["cards.history.db", "pets.history.db"]


def test_a_deleted_file_can_be_brought_back(cotsmith: Command) -> None:
    os.rename(NEW, OLD)
    OLD.unlink()
    for command in (("check", "pets.json"), ("diff", "pets.json@1")):
        result = cotsmith(*command)
        assert result.err == (
            "error: pets.json: there is no such file\n"
            "Its history is there; bring it back: cotsmith restore pets.json@~0\n"
        )
    assert cotsmith("restore", "pets.json@~0").err == "pets.json is again as in revision 2.\n"


@pytest.mark.parametrize("verb", ["show", "restore", "diff", "check", "export"])
def test_what_names_no_revision_is_told_as_such(cotsmith: Command, verb: str) -> None:
    result = cotsmith(verb, "cards.json@third")
    assert result.code == 2
    assert result.err.startswith('error: cards.json: "third" names no revision\n@3 is the third, ')


@pytest.mark.parametrize("command", ["log", "show", "restore", "history export", "history record"])
def test_a_folder_has_no_history(cotsmith: Command, command: str) -> None:
    Path("folder").mkdir()
    name = "folder@1" if command == "restore" else "folder"
    assert cotsmith(*command.split(), name).err == "error: folder: is a folder, not a file\n"


def test_log_lists_a_file_not_a_revision(cotsmith: Command) -> None:
    result = cotsmith("log", "cards.json@1")
    assert (result.code, result.err) == (
        2,
        "error: cards.json@1: is one revision\nShow it: cotsmith show cards.json@1\n",
    )
