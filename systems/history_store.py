"""The SQLite file beside a system that holds its history: opening, checking, migrating, setting aside."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import HistoryError, HistoryPlaceError
from .text import plain

APPLICATION_ID = 0x636F7473
"""``cots``: what tells a history from any other SQLite file."""

SUFFIX = ".history.db"

TIMEOUT_S = 5.0
"""How long to wait for another process that is writing."""

_NO_SHARED_MEMORY = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_READONLY)

_NO_PLACE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)

_REVISIONS = (
    # `content` stands last: a row's other columns are then read without its pages. `base` is the revision against
    # which `content` is a delta, NULL for a whole text; `written` is 0 until the system's file holds that text.
    """CREATE TABLE revision (
        number INTEGER PRIMARY KEY, parent INTEGER, hash TEXT NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL,
        reason TEXT NOT NULL, time TEXT NOT NULL, written INTEGER NOT NULL, edits BLOB, base INTEGER,
        depth INTEGER NOT NULL, content BLOB NOT NULL)""",
    "CREATE INDEX revision_by_hash ON revision (hash)",
    """CREATE TABLE evaluation (
        id INTEGER PRIMARY KEY, hash TEXT NOT NULL, time TEXT NOT NULL, body TEXT NOT NULL,
        UNIQUE (hash, time, body))""",
    "CREATE TABLE exchange (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX exchange_by_revision ON exchange (revision)",
)
_JOURNAL = (
    # AUTOINCREMENT: an id is never used twice, so that two sessions cannot take each other's entries for their own.
    """CREATE TABLE journal_session (
        id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL, time TEXT NOT NULL, base BLOB NOT NULL)""",
    """CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, act TEXT NOT NULL, time TEXT NOT NULL,
        hash TEXT, edits BLOB, undoing BLOB)""",
    "CREATE INDEX journal_by_session ON journal (session)",
)
_DECISIONS = (
    # What a person decided beside the edits; names are those of `revision`, the last one when it was decided.
    """CREATE TABLE cell_lock (
        id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, class TEXT NOT NULL, attribute TEXT NOT NULL,
        locked INTEGER NOT NULL, time TEXT NOT NULL)""",
    "CREATE TABLE refusal (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, time TEXT NOT NULL, body BLOB NOT NULL)",
)
_SEEN = (
    # The cells that a person looked at in the review, and the rule, as JSON, that stood there then.
    """CREATE TABLE seen (
        class TEXT NOT NULL, attribute TEXT NOT NULL, rule TEXT NOT NULL, time TEXT NOT NULL,
        PRIMARY KEY (class, attribute))""",
)
_WAITING = (
    # An LLM's proposals that nobody has judged to the end.
    "CREATE TABLE waiting (id INTEGER PRIMARY KEY, time TEXT NOT NULL, body BLOB NOT NULL)",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (_REVISIONS, _JOURNAL, _DECISIONS, _SEEN, _WAITING)
"""Entry *i* leads from schema *i* to *i* + 1. Entries are added, never changed."""


def history_path(path: str | Path) -> Path:
    """Where the history of the system file ``path`` lies: ``pokemon.history.db`` beside ``pokemon.json``.

    A symbolic link has the history of the file it leads to.
    """
    target = Path(os.path.realpath(path))
    name = target.name
    return target.with_name((name[:-5] if name.endswith(".json") else name) + SUFFIX)


def connect(path: str | Path, *, timeout: float = TIMEOUT_S) -> tuple[sqlite3.Connection, str]:
    """Open the history of the system file ``path`` for writing; create it, or bring it to the newest schema.

    A damaged database is set aside (renamed, never deleted) and a new one begun; the second value then says so,
    else it is ``""``. The connection is in autocommit mode and syncs to disk at every commit.

    Raises:
        HistoryError: locked for longer than ``timeout`` seconds, written by a newer version, not a history,
            read-only, or the disk is full.
    """
    database = history_path(path)
    notice = ""
    with translated(database):
        _refuse_folder(database)
        create_like(database, Path(path))
        try:
            return _open_to_write(database, timeout), notice
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
        notice = _set_aside(database)
        create_like(database, Path(path))
        return _open_to_write(database, timeout), notice


def connect_in_memory() -> sqlite3.Connection:
    """A database that is gone with the process, for where none can be kept."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    migrate(connection, Path(":memory:"))
    return connection


def connect_to_read(path: str | Path, *, timeout: float = TIMEOUT_S) -> sqlite3.Connection | None:
    """Open the history of ``path`` for reading, on a read-only disk as well; ``None`` when there is none yet.

    Raises:
        HistoryError: as for ``connect``; also when the database is damaged, for a reader moves nothing.
    """
    database = history_path(path)
    try:
        if not database.stat().st_size:
            return None
    except OSError:
        return None
    with translated(database):
        _refuse_folder(database)
        try:
            return _open_to_read(database, "mode=rw", timeout)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _NO_SHARED_MEMORY:
                raise
        return _open_on_read_only_disk(database, timeout)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: taken at once, committed at the end, undone when an exception leaves it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has undone it by itself after some errors
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def translated(database: Path) -> Iterator[None]:
    """Errors of SQLite and of the file system as ``HistoryError``, with what to do next."""
    try:
        yield
    except sqlite3.Error as error:
        message, hint = _explained(error)
        kind = HistoryPlaceError if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_PLACE else HistoryError
        raise kind(message, where=plain(str(database)), hint=hint) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise HistoryPlaceError(f"the history cannot be written: {reason}", where=plain(str(database))) from error


def is_damage(error: BaseException | None) -> bool:
    """Whether ``error`` says that the file itself is broken."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _explained(error: sqlite3.Error) -> tuple[str, str]:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another process is writing the history", "Try again when it has finished."
    if is_damage(error):
        return "the history is damaged", "The next save sets it aside under another name and begins a new one."
    if code == sqlite3.SQLITE_FULL:
        return "the history cannot be written: the disk is full", "Free some space; the system's file is whole."
    if code == sqlite3.SQLITE_CANTOPEN:
        return "the history cannot be opened: the folder or the file is read-only, or not yours to read", ""
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return "the history cannot be written: the folder or the file is read-only", ""
    return f"the history cannot be used: {error}", "Check the disk; the system's file needs no history."


def _refuse_folder(database: Path) -> None:
    if database.is_dir():
        hint = "Rename the folder, so that a history can be begun here."
        raise HistoryError("is a folder where the history should be", where=plain(str(database)), hint=hint)


def _open_to_write(database: Path, timeout: float) -> sqlite3.Connection:
    try:
        return _opened_to_write(database, timeout, shared=True)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NO_SHARED_MEMORY:
            raise
    return _opened_to_write(database, timeout, shared=False)


def _opened_to_write(database: Path, timeout: float, *, shared: bool) -> sqlite3.Connection:
    """``shared`` for WAL, which needs memory that processes share; some network disks have none, and there the older
    mode is as safe. A database in WAL mode is brought out of it by one who has it alone."""
    # A session may hand its connection from one thread to another; it never uses it from two at once.
    connection = sqlite3.connect(database, timeout=timeout, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        if not shared:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # before anything that would ask for that memory
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA locking_mode = NORMAL")
        connection.execute("PRAGMA synchronous = FULL")
        check(connection, database)
        migrate(connection, database)
        if shared:
            with contextlib.suppress(sqlite3.OperationalError):  # another process may be reading
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")  # whether that works is seen at the first use
            connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def _open_to_read(database: Path, mode: str, timeout: float) -> sqlite3.Connection | None:
    connection = sqlite3.connect(f"{database.as_uri()}?{mode}", uri=True, timeout=timeout, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA query_only = ON")
        check(connection, database)
        if not _pragma(connection, "user_version"):  # begun by a process that has not got further yet
            connection.close()
            return None
    except BaseException:
        connection.close()
        raise
    return connection


def _open_on_read_only_disk(database: Path, timeout: float) -> sqlite3.Connection | None:
    """SQLite wants to write beside a database in WAL mode; where it cannot, read it as it lies, or a copy."""
    log = database.with_name(database.name + "-wal")
    if not (log.exists() and log.stat().st_size):
        return _open_to_read(database, "immutable=1", timeout)
    with tempfile.TemporaryDirectory() as folder:
        for file in (database, log):
            shutil.copyfile(file, Path(folder) / file.name)
        copy = _open_to_read(Path(folder) / database.name, "mode=rw", timeout)
        if copy is None:
            return None
        # In memory, so that nothing is left behind when the folder goes.
        memory = sqlite3.connect(":memory:", isolation_level=None)
        memory.row_factory = sqlite3.Row
        with contextlib.closing(copy):
            copy.backup(memory)
        return memory


def check(connection: sqlite3.Connection, database: Path) -> None:
    """Raise for a database that is damaged, not a history, or from a newer version."""
    result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        damage = sqlite3.DatabaseError(f"quick_check: {result}")
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage
    version = _pragma(connection, "user_version")
    empty = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if _pragma(connection, "application_id") != APPLICATION_ID and not (version == 0 and empty):
        raise HistoryError(
            "an SQLite database, but no history of cotsmith",
            where=plain(str(database)),
            hint="Rename it, so that a history can be begun here.",
        )
    if version > len(MIGRATIONS):
        raise HistoryError(
            f"the history was written by a newer cotsmith (schema {version}; this one knows {len(MIGRATIONS)})",
            where=plain(str(database)),
            hint="Update cotsmith.",
        )


def migrate(connection: sqlite3.Connection, database: Path) -> None:
    """Bring a database to the newest schema."""
    if _pragma(connection, "user_version") == len(MIGRATIONS):
        return
    with transaction(connection):
        check(connection, database)  # again, now that no other process can be at it
        for version in range(_pragma(connection, "user_version"), len(MIGRATIONS)):
            for statement in MIGRATIONS[version]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def create_like(database: Path, path: Path) -> None:
    """Create the file with the permissions of the system's file: what is private stays private."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with contextlib.suppress(OSError):
            os.chmod(database, mode | stat.S_IRUSR | stat.S_IWUSR)
        os.close(descriptor)


def _set_aside(database: Path) -> str:
    number = 1
    while (aside := database.with_name(f"{database.name}.corrupt-{number}")).exists():
        number += 1
    os.rename(database, aside)
    for suffix in ("-wal", "-shm"):  # the log may hold what the database lost
        with contextlib.suppress(FileNotFoundError):
            os.rename(str(database) + suffix, str(aside) + suffix)
    return f"{plain(str(database))} is damaged; it was set aside as {plain(aside.name)} and a new history begun"
