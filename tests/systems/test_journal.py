"""The journal: what is stored is replayed, undo and redo outlive a restart, and a changed file is noticed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cotsmith.errors import EditError, HistoryError
from cotsmith.systems.edits import Edit, RemoveClass, SetName, SetRule, apply
from cotsmith.systems.file import load
from cotsmith.systems.file import save as save_file
from cotsmith.systems.history import History, hash_of, history_path
from cotsmith.systems.journal import Journal
from cotsmith.systems.merge import merge
from cotsmith.systems.model import System
from cotsmith.systems.saving import save_revision
from tests.systems.history_worlds import PETS
from tests.systems.strategies import edits_for, systems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pets.json"
    save_file(PETS, path)
    return path


def names(journal: Journal) -> str:
    return journal.current().name


def test_a_step_outlives_the_session(file: Path) -> None:
    with Journal.open(file) as journal:
        assert (journal.current(), journal.unsaved, journal.recovered) == (PETS, 0, 0)
        step: list[Edit] = [SetName("b"), RemoveClass("Ash")]
        assert journal.append(step) == journal.current() == apply(PETS, step)
    with Journal.open(file) as journal:
        assert journal.current() == apply(PETS, step)
        assert (journal.unsaved, journal.recovered, journal.can_undo, journal.diverged) == (1, 1, 1, False)
        assert journal.agreed() == PETS
        journal.undo()
        assert journal.current() == PETS


def test_nothing_is_written_before_the_first_step(file: Path) -> None:
    with Journal.open(file) as journal:
        assert journal.undo() == journal.redo() == ()
    with History.open(file) as history:
        assert not history.connection.execute("SELECT * FROM journal_session").fetchall()


def test_undo_and_redo_return_the_edits_that_they_make(file: Path) -> None:
    with Journal.open(file) as journal:
        edit = SetRule("Ash", "color", ("blue",))
        journal.append([edit])
        assert journal.undo() == (SetRule("Ash", "color", ("red",)),)
        assert journal.redo() == (edit,)
        journal.undo()
        journal.append([SetName("b")])
        assert (journal.can_redo, journal.redo()) == (0, ())


def test_edits_that_do_not_apply_leave_no_trace(file: Path) -> None:
    with Journal.open(file) as journal:
        with pytest.raises(EditError):
            journal.append([SetName("b"), RemoveClass("nobody")])
        assert (journal.current(), journal.can_undo) == (PETS, 0)
    with Journal.open(file) as journal:
        assert journal.current() == PETS


def saved(journal: Journal, file: Path) -> None:
    revision = save_revision(journal.current(), file, kind="person", author="Kim").revision
    assert revision is not None
    journal.mark_saved(revision.hash)


def test_a_save_does_not_end_undo(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.append([SetName("b")])
        journal.append([SetName("c")])
        saved(journal, file)
        assert journal.unsaved == 0
        journal.append([SetName("d")])
    with Journal.open(file) as journal:
        assert (journal.unsaved, journal.recovered, names(journal), journal.agreed().name) == (1, 1, "d", "c")
        assert [journal.undo() and names(journal) for _ in range(3)] == ["c", "b", "pets"]
        assert journal.unsaved == 2, "the file holds c, two steps away"
        saved(journal, file)
    with Journal.open(file) as journal:
        assert (journal.unsaved, journal.can_redo, journal.current()) == (0, 3, PETS)
        assert [journal.redo() and names(journal) for _ in range(3)] == ["b", "c", "d"]


def test_saving_without_a_step_is_noted_too(file: Path) -> None:
    with Journal.open(file) as journal:
        save_file(apply(PETS, [SetName("b")]), file)
        journal.mark_saved(hash_of(file.read_bytes()))
        assert (names(journal), journal.unsaved) == ("b", 0)


def test_killed_between_the_save_and_its_note(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.append([SetName("b")])
        save_revision(journal.current(), file, kind="person", author="Kim")
    with Journal.open(file) as journal:
        assert (journal.unsaved, journal.diverged, names(journal), journal.can_undo) == (0, False, "b", 1)


def test_a_file_changed_outside_after_a_save_begins_anew(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.append([SetName("b")])
        saved(journal, file)
    save_file(apply(PETS, [SetName("by hand")]), file)
    with Journal.open(file) as journal:
        assert (names(journal), journal.can_undo, journal.diverged) == ("by hand", 0, False)
        journal.append([SetName("c")])
        assert journal.undo() == (SetName("by hand"),)


def test_a_file_changed_outside_during_a_session_is_merged_or_taken(file: Path) -> None:
    for merging in (True, False):
        save_file(PETS, file)
        with Journal.open(file) as journal:
            journal.append([SetName("mine")])
        save_file(apply(PETS, [SetRule("Ash", "color", ("blue",))]), file)
        with Journal.open(file) as journal:
            assert (journal.diverged, names(journal), journal.agreed()) == (True, "mine", PETS)
            theirs = load(file)
            if merging:
                merged = merge(journal.agreed(), journal.current(), theirs)
                assert merged.conflicts == ()
                assert journal.rebase([SetName("mine")]) == merged.system
                assert (journal.unsaved, journal.diverged) == (1, False)
            else:
                assert journal.restart() == theirs
                assert (journal.unsaved, journal.diverged) == (0, False)
        with Journal.open(file) as journal:
            assert names(journal) == ("mine" if merging else "pets")
            assert journal.current().rules["Ash"]["color"] == ("blue",)
            journal.restart()


def test_two_sessions_cannot_overwrite_each_other(file: Path) -> None:
    with Journal.open(file) as first, Journal.open(file) as second:
        first.append([SetName("first")])
        with pytest.raises(HistoryError, match="another session"):
            second.append([SetName("second")])
        assert second.current() == PETS
        with Journal.open(file) as third:
            third.append([SetName("third")])
            with pytest.raises(HistoryError, match="another session"):
                first.undo()
            third.restart()
            third.append([SetName("anew")])
            with pytest.raises(HistoryError, match="another session"):
                first.append([SetName("first")])
    with Journal.open(file) as journal:
        assert names(journal) == "anew"


def test_without_a_place_on_disk_it_works_in_memory(file: Path) -> None:
    with Journal.open(file, place="memory") as journal:
        journal.append([SetName("b")])
        journal.undo()
        journal.redo()
        journal.mark_saved("")
        assert (names(journal), journal.unsaved) == ("b", 0)
    assert not history_path(file).exists()


def test_steps_of_another_version_are_kept_and_refused(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.append([SetName("b")])
    with History.open(file) as history:
        history.connection.execute("UPDATE journal SET edits = x'00'")
    with pytest.raises(HistoryError, match="cannot be replayed"):
        Journal.open(file)
    assert history_path(file).exists()


CRASHING = """
import os, signal, sys
from cotsmith.systems.edits import SetName
from cotsmith.systems.journal import Journal
journal = Journal.open(sys.argv[1])
for number in range(20):
    journal.append([SetName(f"name {number}")])
for number in range(5):
    journal.undo()
journal.redo()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL is needed")
def test_a_killed_session_is_replayed(file: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CRASHING, os.fspath(file)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Journal.open(file) as journal:
        assert (names(journal), journal.can_undo, journal.can_redo, journal.recovered) == ("name 15", 16, 4, 16)


class Sessions(RuleBasedStateMachine):
    """Steps, undos, redos, saves and restarts in any order, against two plain lists of systems."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "any.json"

    @initialize(system=systems(max_classes=3, max_attributes=2))
    def begin(self, system: System) -> None:
        save_file(system, self.file)
        self.past, self.future = [system], list[System]()
        self.journal = Journal.open(self.file)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        edits = [data.draw(edits_for(self.past[-1]))]
        self.past.append(self.journal.append(edits))
        self.future.clear()
        assert self.past[-1] == apply(self.past[-2], edits)

    @precondition(lambda self: len(self.past) > 1)
    @rule()
    def undo(self) -> None:
        self.journal.undo()
        self.future.append(self.past.pop())

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        self.journal.redo()
        self.past.append(self.future.pop())

    @rule()
    def save(self) -> None:
        save_file(self.journal.current(), self.file)
        self.journal.mark_saved(hash_of(self.file.read_bytes()))
        assert self.journal.unsaved == 0

    @rule()
    def restart(self) -> None:
        self.journal.close()
        self.journal = Journal.open(self.file)

    @invariant()
    def same(self) -> None:
        if hasattr(self, "journal"):
            assert self.journal.current() == self.past[-1]
            assert (self.journal.can_undo, self.journal.can_redo) == (len(self.past) - 1, len(self.future))

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
        self.folder.cleanup()


Sessions.TestCase.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
test_any_order = Sessions.TestCase
