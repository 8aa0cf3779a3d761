"""Revisions in the database: what is known of each, and its text, whole or as a delta, verified by hash."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, get_args

from ..errors import HistoryError
from .delta import apply_delta, compress, decompress, make_delta
from .json_form import Json

AuthorKind: TypeAlias = Literal["person", "llm", "check-fix", "optimiser", "import", "hand"]
"""Who made a revision; ``hand`` is a change of the file outside cotsmith, found afterwards."""

KINDS: tuple[AuthorKind, ...] = get_args(AuthorKind)

WHOLE_EVERY = 64
"""At most so many deltas lead from a whole text to a revision's."""

_SMALL = 4096
_COLUMNS = "number, parent, hash, author, kind, reason, time, edits"
_SELECT = f"SELECT {_COLUMNS}, written FROM revision"

INTENT, HELD, BRANCH = 0, 1, 2
"""What ``written`` says: the file does not hold the text yet; it has held it; it never has, nor was it meant to."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A system as saved: ``number`` counts from 1, ``hash`` is the SHA-256 of the file's bytes, in hexadecimal.

    ``edits`` lead from ``parent`` (``None`` for the first) to here, in JSON form; empty where only the layout
    changed, ``None`` where either text is no valid system. ``time`` is UTC, such as ``2026-11-03T12:34:56Z``.
    ``branch`` marks a system that was tried and that the file has never held: a candidate of an optimiser.
    """

    number: int
    parent: int | None
    hash: str
    author: str
    kind: AuthorKind
    reason: str
    time: str
    edits: tuple[Json, ...] | None
    branch: bool = False


def hash_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes, as ``sha256sum`` prints it."""
    return hashlib.sha256(content).hexdigest()


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pack(value: Json) -> bytes:
    """A JSON value, compressed. Half a surrogate pair, which UTF-8 cannot hold, is written as its escape."""
    return compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace"))


def unpack(packed: bytes) -> Json:
    """The JSON value that ``pack`` was given."""
    value: Json = json.loads(decompress(packed))
    return value


def add(connection: sqlite3.Connection, content: bytes, revision: Revision, *, written: bool = True) -> None:
    """Insert ``revision``, whose text is ``content``; inside a transaction.

    The text is stored as a delta against the parent's where that is smaller and no more than ``WHOLE_EVERY`` deltas
    stand in a row. ``written=False`` marks an intent: the file does not hold the text yet. A revision of a branch is
    none, whatever ``written`` says.
    """
    base, depth, stored = _stored(connection, content, revision.parent)
    edits = None if revision.edits is None else pack(list(revision.edits))
    values = (revision.number, revision.parent, revision.hash, revision.author, revision.kind, revision.reason)
    connection.execute(
        f"INSERT INTO revision ({_COLUMNS}, written, base, depth, content) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (*values, revision.time, edits, BRANCH if revision.branch else int(written), base, depth, stored),
    )


def _stored(connection: sqlite3.Connection, content: bytes, parent: int | None) -> tuple[int | None, int, bytes]:
    """The base, the number of deltas down to a whole text, and what to store of ``content``."""
    depth = -1 if parent is None else _depth(connection, parent)
    if parent is not None and depth + 1 < WHOLE_EVERY:
        try:
            delta = make_delta(content_of(connection, parent), content)
        except HistoryError:  # the parent's text is damaged: begin anew with a whole one
            delta = b""
        if delta and (len(delta) <= _SMALL or len(delta) < len(compress(content))):
            return parent, depth + 1, delta
    return None, 0, compress(content)


def _depth(connection: sqlite3.Connection, number: int) -> int:
    row = connection.execute("SELECT depth FROM revision WHERE number = ?", (number,)).fetchone()
    return WHOLE_EVERY if row is None else int(row[0])


def content_of(connection: sqlite3.Connection, number: int) -> bytes:
    """The bytes of revision ``number``, which exists.

    Raises:
        HistoryError: what is stored no longer leads to the recorded hash.
    """
    deltas: list[bytes] = []
    base: int | None = number
    expected = ""
    while base is not None:
        row = connection.execute("SELECT hash, base, content FROM revision WHERE number = ?", (base,)).fetchone()
        if row is None or len(deltas) > WHOLE_EVERY:
            raise _damaged(number)
        expected = expected or row["hash"]
        deltas.append(row["content"])
        base = row["base"]
    try:
        content = decompress(deltas.pop())
        while deltas:
            content = apply_delta(content, deltas.pop())
    except (ValueError, TypeError) as error:
        raise _damaged(number) from error
    if hash_of(content) != expected:
        raise _damaged(number)
    return content


def listed(connection: sqlite3.Connection, file_hash: str, *, branches: bool = False) -> list[Revision]:
    """Every revision, oldest first, with those of branches if asked for.

    An intent counts when the file, whose hash is ``file_hash``, holds its text.
    """
    chosen = "written" if branches else f"written = {HELD}"
    rows = connection.execute(f"{_SELECT} WHERE {chosen} OR (NOT written AND hash = ?) ORDER BY number", (file_hash,))
    return [_revision(row) for row in rows]


def next_number(connection: sqlite3.Connection) -> int:
    """The number of the revision to come: above that of every other, also on branches."""
    row = connection.execute("SELECT MAX(number) FROM revision").fetchone()
    return int(row[0] or 0) + 1


def last(connection: sqlite3.Connection) -> Revision | None:
    """The newest revision that the file has held."""
    row = connection.execute(f"{_SELECT} WHERE written = {HELD} ORDER BY number DESC LIMIT 1").fetchone()
    return None if row is None else _revision(row)


def has_hash(connection: sqlite3.Connection, content_hash: str) -> bool:
    """Whether the file has ever held the text with this hash."""
    found = connection.execute(f"SELECT 1 FROM revision WHERE written = {HELD} AND hash = ?", (content_hash,))
    return found.fetchone() is not None


def intents(connection: sqlite3.Connection) -> list[Revision]:
    """The revisions whose writing has not been confirmed."""
    return [_revision(row) for row in connection.execute(f"{_SELECT} WHERE NOT written")]


def confirm(connection: sqlite3.Connection, number: int) -> None:
    """Mark an intent as written."""
    connection.execute("UPDATE revision SET written = 1 WHERE number = ?", (number,))


def withdraw(connection: sqlite3.Connection, number: int) -> None:
    """Remove an intent whose text never reached the file."""
    connection.execute("DELETE FROM exchange WHERE revision = ?", (number,))
    connection.execute("DELETE FROM revision WHERE number = ? AND NOT written", (number,))


def add_evaluation(connection: sqlite3.Connection, content_hash: str, time: str, evaluation: Json) -> None:
    """Keep what a system scored, with every revision that has this text; the same twice is kept once."""
    body = json.dumps(evaluation, sort_keys=True)
    connection.execute(
        "INSERT OR IGNORE INTO evaluation (hash, time, body) VALUES (?, ?, ?)", (content_hash, time, body)
    )


def evaluations(connection: sqlite3.Connection) -> Iterator[tuple[str, str, Json]]:
    """``(hash of the text, time, evaluation)``, oldest first."""
    for row in connection.execute("SELECT hash, time, body FROM evaluation ORDER BY id"):
        yield row["hash"], row["time"], json.loads(row["body"])


def add_exchanges(connection: sqlite3.Connection, number: int, exchanges: Sequence[Json]) -> None:
    """Keep the exchanges with an LLM that led to a revision."""
    rows = [(number, pack(exchange)) for exchange in exchanges]
    connection.executemany("INSERT INTO exchange (revision, body) VALUES (?, ?)", rows)


def exchanges_of(connection: sqlite3.Connection, number: int) -> list[Json]:
    """The exchanges with an LLM that led to a revision, in order."""
    rows = connection.execute("SELECT body FROM exchange WHERE revision = ? ORDER BY id", (number,))
    return [unpack(row["body"]) for row in rows]


def _revision(row: sqlite3.Row) -> Revision:
    edits = row["edits"]
    try:
        unpacked = None if edits is None else unpack(edits)
    except ValueError:  # the text is another matter, with a hash of its own
        unpacked = None
    return Revision(
        number=row["number"],
        parent=row["parent"],
        hash=row["hash"],
        author=row["author"],
        kind=row["kind"],
        reason=row["reason"],
        time=row["time"],
        edits=tuple(unpacked) if isinstance(unpacked, list) else None,
        branch=row["written"] == BRANCH,
    )


def _damaged(number: int) -> HistoryError:
    return HistoryError(
        f"the text of revision {number} is damaged: it does not match its hash",
        hint="Other revisions may be whole: `cotsmith history verify FILE` says which.",
    )
