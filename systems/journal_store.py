"""The tables of the journal in the database of a history: one session, and its entries in their order."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass

from .delta import compress
from .json_form import Json
from .revisions import hash_of, now, pack


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it is stored: what was done (``edit``, ``undo``, ``redo``, ``save``), and with what."""

    id: int
    act: str
    time: str
    hash: str | None
    edits: bytes | None
    undoing: bytes | None


def newest(connection: sqlite3.Connection) -> tuple[int, int]:
    """The newest session and the newest entry; 0 where there is none."""
    execute = connection.execute
    session = execute("SELECT max(id) FROM journal_session").fetchone()[0]
    entry = execute("SELECT max(id) FROM journal").fetchone()[0]
    return session or 0, entry or 0


def last_session(connection: sqlite3.Connection) -> tuple[sqlite3.Row, list[Entry]] | None:
    """The newest session with its entries; None when there is none."""
    session = connection.execute("SELECT * FROM journal_session ORDER BY id DESC LIMIT 1").fetchone()
    if session is None:
        return None
    columns = "id, act, time, hash, edits, undoing"
    rows = connection.execute(f"SELECT {columns} FROM journal WHERE session = ? ORDER BY id", (session["id"],))
    return session, [Entry(*row) for row in rows]


def begin_session(connection: sqlite3.Connection, content: bytes) -> int:
    """A session on the text ``content``, in the place of those before; returns its number."""
    forget(connection)
    return _insert_session(connection, None, content)


def add_entry(
    connection: sqlite3.Connection, session: int, act: str, content_hash: str | None, edits: Json, undoing: Json
) -> Entry:
    """A new entry; returns it as it is stored."""
    packed = [None if value is None else pack(value) for value in (edits, undoing)]
    time = now()
    number = _insert_entry(connection, session, (None, act, time, content_hash, *packed))
    return Entry(number, act, time, content_hash, *packed)


def write_again(connection: sqlite3.Connection, session: int, content: bytes, entries: list[Entry]) -> None:
    """A session as it was in another database, under its old numbers, in the place of those that are here."""
    forget(connection)
    _insert_session(connection, session, content)
    for entry in entries:
        _insert_entry(connection, session, astuple(entry))


def forget(connection: sqlite3.Connection) -> None:
    """Drop every session and entry; their numbers are never used again."""
    connection.execute("DELETE FROM journal")
    connection.execute("DELETE FROM journal_session")


def _insert_session(connection: sqlite3.Connection, number: int | None, content: bytes) -> int:
    return _inserted(
        connection,
        "INSERT INTO journal_session (id, hash, time, base) VALUES (?, ?, ?, ?)",
        (number, hash_of(content), now(), compress(content, quick=True)),
    )


def _insert_entry(connection: sqlite3.Connection, session: int, values: tuple[object, ...]) -> int:
    return _inserted(
        connection,
        "INSERT INTO journal (session, id, act, time, hash, edits, undoing) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (session, *values),
    )


def _inserted(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> int:
    number = connection.execute(statement, values).lastrowid
    assert number is not None
    return number
