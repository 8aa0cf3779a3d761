"""The history is deleted, replaced or destroyed while a session has it open: nothing that was done is lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cotsmith.errors import HistoryError
from cotsmith.systems.edits import RemoveClass, SetDescription, SetName
from cotsmith.systems.history import History, history_path
from cotsmith.systems.history_store import connect
from cotsmith.systems.journal import Journal
from tests.systems.history_worlds import save

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")

GARBAGE = bytes(range(256)) * 200


def files(database: Path) -> list[Path]:
    return [file for suffix in ("", "-wal", "-shm") if (file := Path(f"{database}{suffix}")).exists()]


def delete(database: Path) -> None:
    for file in files(database):
        file.unlink()


def delete_all_but_log(database: Path) -> None:
    database.unlink()


def rename(database: Path) -> None:
    for file in files(database):
        file.rename(f"{file}.away")


def replace(database: Path) -> None:
    delete(database)
    database.write_bytes(GARBAGE)


def lose_log(database: Path) -> None:
    Path(f"{database}-wal").unlink()


def lose_log_and_index(database: Path) -> None:
    for file in files(database)[1:]:
        file.unlink()


def overwrite(database: Path) -> None:
    database.write_bytes(GARBAGE)


def truncate(database: Path) -> None:
    os.truncate(database, 0)


WHOLE = [delete, delete_all_but_log, rename, replace, lose_log, lose_log_and_index]
DESTROYED = [overwrite, truncate]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pets.json"
    save(path)
    save(path, SetDescription("second"))
    return path


@pytest.mark.parametrize("lose", [*WHOLE, *DESTROYED])
@pytest.mark.parametrize("watched", [True, False])
def test_the_session_goes_on_with_all_its_steps(file: Path, lose: Callable[[Path], None], watched: bool) -> None:
    journal = Journal.open(file)
    journal.append([SetName("a")])
    journal.append([RemoveClass("Ash")])
    journal.undo()
    lose(history_path(file))
    if watched:
        journal.secure()
        assert journal.take_notice().startswith("the history was deleted or replaced, and is ")
        assert journal.take_notice() == ""
    assert journal.redo() != ()
    journal.append([SetDescription("c")])
    # Opened beside the other, as after SIGKILL.
    with Journal.open(file) as again:
        assert again.current() == journal.current()
        assert (again.unsaved, again.can_undo) == (3, 3)
    journal.append([SetName("d")])
    assert journal.notice == "" if watched else journal.notice != ""
    journal.close()
    with Journal.open(file) as again:
        assert again.current().name == "d"
    if lose in WHOLE:
        with History.open(file) as history:
            assert [history.content(revision) for revision in history.revisions()][-1] == file.read_bytes()
            assert len(history.revisions()) == 2


def test_what_lies_there_instead_is_set_aside(file: Path) -> None:
    journal = Journal.open(file)
    journal.append([SetName("a")])
    replace(history_path(file))
    journal.append([SetName("b")])
    assert "set aside as pets.history.db.corrupt-1" in journal.notice
    assert (file.parent / "pets.history.db.corrupt-1").read_bytes() == GARBAGE
    journal.close()


def test_an_older_copy_is_given_the_steps_it_lacks(file: Path) -> None:
    database = history_path(file)
    older = database.read_bytes()
    journal = Journal.open(file)
    journal.append([SetName("a")])
    journal.append([SetName("b")])
    delete(database)
    database.write_bytes(older)
    journal.append([SetName("c")])
    journal.close()
    with Journal.open(file) as again:
        assert (again.current().name, again.can_undo) == ("c", 3)


def test_a_session_that_has_gone_on_there_is_left_alone(file: Path) -> None:
    first, second = Journal.open(file), Journal.open(file)
    delete(history_path(file))
    second.append([SetName("theirs")])
    with pytest.raises(HistoryError, match="another session has edited this file"):
        first.append([SetName("mine")])
    second.append([SetName("theirs still")])
    first.close()
    second.close()
    with Journal.open(file) as again:
        assert again.current().name == "theirs still"


def test_two_sessions_that_put_it_back_do_not_undo_each_other(file: Path) -> None:
    first = Journal.open(file)
    first.append([SetName("a")])
    second = Journal.open(file)
    delete(history_path(file))
    first.append([SetName("b")])
    with pytest.raises(HistoryError, match="another session has edited this file"):
        second.append([SetName("c")])
    first.append([SetName("d")])
    first.close()
    second.close()
    with Journal.open(file) as again:
        assert (again.current().name, again.can_undo) == ("d", 3)
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


def test_where_nothing_can_be_put_back_it_stays_in_memory_until_it_can(file: Path) -> None:
    database = history_path(file)
    journal = Journal.open(file)
    journal.append([SetName("a")])
    delete(database)
    database.mkdir()
    for _ in range(2):
        with pytest.raises(HistoryError, match="is a folder where the history should be"):
            journal.append([SetName("b")])
    assert journal.current().name == "a"
    database.rmdir()
    journal.append([SetName("b")])
    journal.close()
    with Journal.open(file) as again, History.open(file) as history:
        assert (again.current().name, again.can_undo, len(history.revisions())) == ("b", 2, 2)


def test_what_others_do_to_the_history_is_no_loss(file: Path) -> None:
    with Journal.open(file) as journal:
        for number in range(40):
            journal.append([SetDescription(f"{number} " * 2000)])
            connection, _ = connect(file)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            journal.secure()
            assert journal.notice == ""
        save(file, SetDescription("by another"))
        journal.secure()
        assert journal.notice == ""


def test_a_journal_in_memory_has_nothing_to_lose(file: Path) -> None:
    with Journal.open(file, place="memory") as journal:
        delete(history_path(file))
        journal.append([SetName("a")])
        assert journal.notice == ""
    assert not history_path(file).exists()
