"""The history of a file: what is recorded, found again, verified; and a database that is not as it should be."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import HistoryError, InputError
from cotsmith.systems.edit_json import edits_from_json
from cotsmith.systems.edits import RenameClass, SetName, SetRule, apply
from cotsmith.systems.file import load, parse, render
from cotsmith.systems.history import History, damaged, hash_of, history_path
from cotsmith.systems.history_store import APPLICATION_ID, MIGRATIONS
from cotsmith.systems.revisions import WHOLE_EVERY, Revision
from cotsmith.systems.saving import record_evaluation, record_outside_change, save_revision
from tests.systems.history_worlds import PETS, in_own_mounts, save
from tests.systems.strategies import edited, systems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pets.json"


def revisions(file: Path) -> list[Revision]:
    history = History.read(file)
    assert history is not None
    with history:
        return history.revisions()


def test_the_history_lies_beside_the_file(tmp_path: Path) -> None:
    assert history_path(tmp_path / "a.b.json") == tmp_path / "a.b.history.db"
    assert history_path(tmp_path / "a.cot") == tmp_path / "a.cot.history.db"
    (tmp_path / "real").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "real" / "pets.json")
    assert history_path(tmp_path / "link.json") == tmp_path / "real" / "pets.history.db"


def test_a_missing_history_is_no_error(file: Path) -> None:
    assert History.read(file) is None
    history_path(file).touch()
    assert History.read(file) is None
    assert record_evaluation(file.with_name("other.json"), {"accuracy": 0.5}) == ""
    assert list(file.parent.iterdir()) == [history_path(file)]


def test_each_save_is_a_revision_with_its_edits(file: Path) -> None:
    first = save(file, reason="begin")
    edit = SetRule("Ash", "color", ("green",))
    second = save(file, edit, reason="it is green")
    assert (first.changed, second.changed, first.warnings, second.warnings) == (True, True, (), ())
    one, two = revisions(file)
    assert (one, two) == (first.revision, second.revision)
    assert (one.number, one.parent, one.edits) == (1, None, ())
    assert (two.number, two.parent, two.author, two.kind, two.reason) == (2, 1, "Kim", "person", "it is green")
    assert two.hash == hash_of(file.read_bytes())
    assert two.edits is not None
    assert edits_from_json(list(two.edits)) == (edit,)


def test_edits_that_do_not_lead_to_the_saved_system_are_worked_out_anew(file: Path) -> None:
    save(file)
    wanted = apply(PETS, [SetRule("Ash", "color", ("green",))])
    saved = save_revision(wanted, file, kind="llm", author="m", edits=[RenameClass("Ash", "Oak")])
    assert saved.revision is not None
    assert saved.revision.edits is not None
    assert apply(PETS, edits_from_json(list(saved.revision.edits))) == wanted


def test_saving_what_the_file_holds_makes_no_revision(file: Path) -> None:
    save(file)
    again = save(file)
    assert (again.changed, again.revision) == (False, revisions(file)[0])
    file.unlink()
    back = save(file)
    assert (back.changed, len(revisions(file))) == (True, 1)
    assert load(file) == PETS


def test_a_change_outside_is_recorded_first(file: Path) -> None:
    save(file)
    by_hand = render(PETS).replace('"red"', '"scarlet"')
    file.write_text(by_hand, encoding="utf-8")
    saved = save(file, SetName("other"))
    one, two, three = revisions(file)
    assert saved.outside == two
    assert (two.kind, two.parent, two.reason, two.hash) == (
        "hand",
        1,
        "changed outside cotsmith",
        hash_of(by_hand.encode()),
    )
    assert two.edits is not None
    assert apply(PETS, edits_from_json(list(two.edits))) == parse(by_hand)
    assert (three.number, three.parent, three.kind) == (3, 2, "person")
    file.write_text(render(PETS), encoding="utf-8")
    outside = record_outside_change(file)
    assert outside is not None
    assert outside.reason == "changed outside cotsmith: again as in revision 1"
    assert record_outside_change(file) is None
    assert one.hash == outside.hash


def test_a_file_from_before_its_history_is_the_first_revision(file: Path) -> None:
    file.write_text(render(PETS), encoding="utf-8")
    save(file, SetName("other"))
    assert [(r.kind, r.reason) for r in revisions(file)] == [("hand", "as found"), ("person", "")]


@pytest.mark.parametrize("broken", [b"", b"{ no json", b"\xff\xfe\x00binary", b'{"cotsmith": 1}'])
def test_even_a_broken_file_is_kept_before_it_is_replaced(file: Path, broken: bytes) -> None:
    save(file)
    file.write_bytes(broken)
    save(file, SetName("other"))
    with History.open(file) as history:
        outside = history.find("2")
        assert history.content(outside) == broken
        assert outside.edits is None
        assert history.find("3").edits is None


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_revision_of_any_system_comes_back_byte_by_byte(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("history") / "any.json"
    system = data.draw(systems())
    saved = []
    for _ in range(data.draw(st.integers(1, 5))):
        edits, system = data.draw(edited(system))
        save_revision(system, file, kind="person", author="Kim", edits=edits)
        saved.append(render(system).encode())
    distinct = [text for i, text in enumerate(saved) if i == 0 or text != saved[i - 1]]
    with History.open(file) as history:
        assert [history.content(r) for r in history.revisions()] == distinct
        assert damaged(history) == []


def test_deltas_do_not_pile_up_without_end(file: Path) -> None:
    for number in range(WHOLE_EVERY + 5):
        save(file, SetName(f"name {number}"))
    with History.open(file) as history:
        rows = history.connection.execute("SELECT number, base, depth FROM revision ORDER BY number").fetchall()
        assert [row["number"] for row in rows if row["base"] is None] == [1, WHOLE_EVERY + 1]
        assert max(row["depth"] for row in rows) == WHOLE_EVERY - 1
        assert damaged(history) == []


@pytest.mark.parametrize(("name", "number"), [("1", 1), ("3", 3), ("~0", 3), ("~1", 2), ("~", 2), ("~2", 1)])
def test_a_revision_is_found_by_number_or_from_the_end(file: Path, name: str, number: int) -> None:
    for title in ("a", "b", "c"):
        save(file, SetName(title))
    with History.open(file) as history:
        assert history.find(name).number == number


def test_a_revision_is_found_by_its_hash(file: Path) -> None:
    for title in ("a", "b", "a"):
        save(file, SetName(title))
    with History.open(file) as history:
        one, two, three = history.revisions()
        assert history.find(two.hash[:7]) == history.find(two.hash[:7].upper()) == two
        assert history.find(one.hash) == three, "of equal texts the newest"


@pytest.mark.parametrize("name", ["4", "0", "~3", "ffff", "zzz", "", "-1", "~x", "３"])
def test_an_unknown_revision_is_an_error_that_says_how_to_list_them(file: Path, name: str) -> None:
    for title in ("a", "b", "c"):
        save(file, SetName(title))
    with History.open(file) as history, pytest.raises(InputError, match="cotsmith log"):
        history.find(name)


def test_the_beginning_of_a_hash_that_fits_two_texts_is_an_error(file: Path) -> None:
    with History.open(file) as history:
        for number, digest in enumerate(("abcd1" + "0" * 59, "abcd2" + "0" * 59), start=1):
            history.connection.execute(
                "INSERT INTO revision VALUES (?, NULL, ?, '', 'hand', '', '', 1, NULL, NULL, 0, x'')", (number, digest)
            )
        with pytest.raises(InputError, match=r"may be any of revisions 1 .* 2 "):
            history.find("abcd")
        assert history.find("abcd2").number == 2


def test_an_evaluation_belongs_to_every_revision_with_that_text(file: Path) -> None:
    save(file)
    assert record_evaluation(file, {"accuracy": 0.5, "n": 10}) == ""
    save(file, SetName("b"))
    save_revision(PETS, file, kind="person", evaluation={"accuracy": 0.75, "n": 4})
    with History.open(file) as history:
        one, _, three = history.revisions()
        kept = history.evaluations()
        assert one.hash == three.hash
        assert [(e["accuracy"], e["n"]) for e in kept[one.hash]] == [(0.5, 10), (0.75, 4)]


def test_measuring_a_file_changed_by_hand_records_the_change(file: Path) -> None:
    save(file)
    file.write_text(render(apply(PETS, [SetName("b")])), encoding="utf-8")
    record_evaluation(file, {"accuracy": 0.25})
    with History.open(file) as history:
        assert [r.kind for r in history.revisions()] == ["person", "hand"]
        assert list(history.evaluations()) == [history.revisions()[1].hash]


def test_exchanges_are_kept_without_secrets(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMPLE_API_KEY", "very-secret-value")
    exchange = {
        "model": "example/model",
        "headers": {"Authorization": "Bearer abcdefghijkl", "x_api_key": "12345"},
        "request": "I am very-secret-value, and sk-abcdefghijklmnopqrst is bearer abcdefghijklmnop",
        "tokens": [1, 2.5, None, True],
    }
    saved = save_revision(PETS, file, kind="llm", author="example/model", exchanges=[exchange])
    assert saved.revision is not None
    with History.open(file) as history:
        (kept,) = history.exchanges(saved.revision)
    assert kept == {
        "model": "example/model",
        "headers": {"Authorization": "[removed]", "x_api_key": "[removed]"},
        "request": "I am [removed], and [removed] is bearer [removed]",
        "tokens": [1, 2.5, None, True],
    }
    assert b"very-secret" not in history_path(file).read_bytes()


def test_a_private_file_has_a_private_history(file: Path) -> None:
    file.write_text(render(PETS), encoding="utf-8")
    file.chmod(0o600)
    save(file, SetName("b"))
    assert stat.S_IMODE(history_path(file).stat().st_mode) == 0o600


def test_a_text_that_is_no_unicode_can_be_a_reason(file: Path) -> None:
    saved = save(file, reason=os.fsdecode(b"caf\xe9"))
    assert saved.revision is not None
    assert revisions(file)[0].reason == saved.revision.reason == "caf?"


# --- a database that is not as it should be ---


def test_a_corrupt_database_is_set_aside_and_nothing_is_lost(file: Path) -> None:
    save(file)
    for number in (1, 2):
        history_path(file).write_bytes(b"SQLite format 3\x00" + b"garbage" * 100)
        saved = save(file, SetName(f"name {number}"))
        assert f"corrupt-{number}" in saved.warnings[0]
        aside = file.with_name(f"pets.history.db.corrupt-{number}")
        assert aside.read_bytes().endswith(b"garbage")
        assert [r.kind for r in revisions(file)] == ["hand", "person"]


def test_a_damaged_page_is_found_on_opening(file: Path) -> None:
    for number in range(50):
        save(file, SetName(f"name {number}"))
    damaged_bytes = bytearray(history_path(file).read_bytes())
    for page in range(2, len(damaged_bytes) // 4096):
        damaged_bytes[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    history_path(file).write_bytes(damaged_bytes)
    with pytest.raises(HistoryError, match="damaged"):
        History.read(file)
    assert "set aside" in save(file, SetName("b")).warnings[0]
    assert load(file).name == "b"


def test_a_damaged_text_is_told_and_the_next_save_does_not_build_on_it(file: Path) -> None:
    save(file)
    save(file, SetName("b"))
    with History.open(file) as history:
        history.connection.execute("UPDATE revision SET content = x'00' WHERE number = 2")
    assert save(file, SetName("c")).warnings == ()
    with History.open(file) as history:
        assert [r.number for r, _ in damaged(history)] == [2]
        assert parse(history.content(history.find("3")).decode()).name == "c"
        with pytest.raises(HistoryError, match="does not match its hash"):
            history.content(history.find("2"))


def test_a_newer_schema_is_left_alone(file: Path) -> None:
    save(file)
    with sqlite3.connect(history_path(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = history_path(file).read_bytes()
    with pytest.raises(HistoryError, match=r"newer cotsmith \(schema 99"):
        History.read(file)
    saved = save(file, SetName("b"))
    assert "newer cotsmith" in saved.warnings[0]
    assert (saved.revision, load(file).name) == (None, "b")
    assert history_path(file).read_bytes() == before


def test_a_database_of_somebody_else_is_left_alone(file: Path) -> None:
    with sqlite3.connect(history_path(file)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    assert "no history of cotsmith" in save(file).warnings[0]
    assert load(file) == PETS


def test_a_folder_in_the_place_of_the_database_is_told_as_such(file: Path) -> None:
    history_path(file).mkdir()
    saved = save(file)
    assert load(file) == PETS
    assert "is a folder where the history should be" in saved.warnings[0]
    with pytest.raises(HistoryError, match="is a folder"):
        History.read(file)


@pytest.mark.parametrize("before", [False, True], ids=["from the start", "moved there in WAL mode"])
def test_a_disk_without_memory_that_processes_share_gets_the_older_mode(file: Path, before: bool) -> None:
    """As some network disks are: the file that SQLite keeps that memory in cannot be had."""
    if before:
        save(file)
    shared = Path(f"{history_path(file)}-shm")
    shared.unlink(missing_ok=True)
    shared.mkdir()
    for name in ("a", "b"):
        assert save(file, SetName(name)).warnings == ()
    with History.open(file) as history:
        assert history.connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert [r.number for r in revisions(file)] == [1, 2, 3][: 2 + before]
    shared.rmdir()
    save(file, SetName("c"))
    with History.open(file) as history:
        assert history.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_locked_database_costs_the_revision_but_not_the_file(file: Path) -> None:
    save(file)
    other = sqlite3.connect(history_path(file), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    saved = save(file, SetName("b"), timeout=0.05)
    assert "another process is writing the history" in saved.warnings[0]
    assert (saved.revision, load(file).name) == (None, "b")
    other.execute("ROLLBACK")
    other.close()
    save(file, SetName("c"))
    assert [r.kind for r in revisions(file)] == ["person", "hand", "person"]


def test_an_older_schema_is_brought_to_the_newest(file: Path) -> None:
    with sqlite3.connect(history_path(file)) as connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert save(file).warnings == ()
    with History.open(file) as history:
        assert history.connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        history.connection.execute("SELECT * FROM journal")


READ_ONLY = """
import json, sys, pathlib
from cotsmith.errors import InputError
from cotsmith.systems.edits import SetName, apply
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from cotsmith.systems.saving import save_revision
file = pathlib.Path(sys.argv[1]) / "pets.json"
history = History.read(file)
numbers = [r.number for r in history.revisions()]
try:
    save_revision(apply(load(file), [SetName("b")]), file, kind="person", author="Kim")
    refused = ""
except InputError as error:
    refused = str(error)
print(json.dumps({"numbers": numbers, "refused": refused, "name": load(file).name}))
"""


@pytest.mark.parametrize("left_open", [False, True])
def test_a_read_only_folder_can_be_read_and_a_save_says_why_it_cannot(file: Path, left_open: bool) -> None:
    save(file)
    mount = 'mount --bind "$FOLDER" "$FOLDER" && mount -o remount,bind,ro "$FOLDER"'
    if left_open:  # its log is then still to be read
        with History.open(file) as other:
            save(file, SetName("a"))
            other.revisions()
            found = in_own_mounts(mount, READ_ONLY, file.parent)
        assert (found["numbers"], found["name"]) == ([1, 2], "a")
    else:
        found = in_own_mounts(mount, READ_ONLY, file.parent)
        assert (found["numbers"], found["name"]) == ([1], "pets")
    assert "cannot be written" in str(found["refused"])


FIXED = """
import json, sys, pathlib
from cotsmith.systems.edits import SetName, apply
from cotsmith.systems.file import load
from cotsmith.systems.saving import save_revision
file = pathlib.Path(sys.argv[1]) / "pets.json"
saved = save_revision(apply(load(file), [SetName("b")]), file, kind="person", author="Kim")
print(json.dumps({"warnings": saved.warnings, "name": load(file).name}))
"""


def test_a_history_that_cannot_be_written_does_not_keep_a_file_from_being_saved(file: Path) -> None:
    save(file)
    database = '"$FOLDER/pets.history.db"'
    found = in_own_mounts(
        f"mount --bind {database} {database} && mount -o remount,bind,ro {database}", FIXED, file.parent
    )
    assert found["name"] == "b"
    assert "read-only" in str(found["warnings"])
    save(file, SetName("c"))
    assert [r.kind for r in revisions(file)] == ["person", "hand", "person"]


FULL = """
import json, os, sys, pathlib
from cotsmith.errors import InputError
from cotsmith.systems.edits import SetName, apply
from cotsmith.systems.file import load, render
from cotsmith.systems.history import History
from cotsmith.systems.saving import save_revision
folder = pathlib.Path(sys.argv[1])
file = folder / "pets.json"
from cotsmith.systems.model import Attribute, System
color = Attribute("color", ("Its color is {}.",), tuple(f"color {i}" for i in range(100)))
system = System("pets", attributes=(color,), rules={f"c{i}": {"color": (f"color {i % 100}",)} for i in range(400)})
save_revision(system, file, kind="person", author="Kim")
kept, refused, warned = "pets", "", ""
free = os.statvfs(folder)
filler = open(folder / "filler", "wb")
# Less and less room, down to none: first the history does not fit, then the file does not either.
for room in range(int(os.environ.get("ROOM", "60")), -1, -1):
    filler.truncate(0)
    filler.seek(0)
    try:
        filler.write(bytes(os.statvfs(folder).f_bavail * 4096 - room * 4096))
        filler.flush()
    except OSError:
        pass
    name = f"room {room}"
    try:
        saved = save_revision(apply(load(file), [SetName(name)]), file, kind="person", author="Kim")
        kept = name
        warned = warned or " ".join(saved.warnings)
    except InputError as error:
        refused = refused or str(error)
    assert load(file).name == kept, (load(file).name, kept)
filler.truncate(0)
save_revision(apply(load(file), [SetName("room again")]), file, kind="person", author="Kim")
with History.read(file) as history:
    texts = [history.content(r) for r in history.revisions()]
agree = texts[-1] == file.read_bytes()
left = sorted(p.name for p in folder.iterdir())
print(json.dumps({"refused": refused, "warned": warned, "texts": len(texts), "agree": agree, "left": left}))
"""


def test_on_a_full_disk_the_file_is_whole_and_the_history_readable(tmp_path: Path) -> None:
    found = in_own_mounts('mount -t tmpfs -o size=600k tmpfs "$FOLDER"', FULL, tmp_path)
    assert found["agree"]
    assert found["left"] == ["filler", "pets.history.db", "pets.json"]
    assert "the disk is full" in str(found["warned"])
    assert "no space left" in str(found["refused"])
