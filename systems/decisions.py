"""What a person decided beside the edits, kept in the history: cells locked or unlocked, proposals refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import revisions
from .history import History
from .history_store import history_path, translated
from .json_form import Json

MOST_REFUSALS = 1000
"""The oldest beyond these are forgotten."""


@dataclass(frozen=True, slots=True)
class LockChange:
    """A cell that a person locked or unlocked by hand; the names are those of ``revision``."""

    revision: int
    class_name: str
    attribute: str
    locked: bool
    time: str


def change_locks(history: History, cells: Iterable[tuple[str, str]], *, locked: bool) -> None:
    """Lock or unlock ``cells``, (class, attribute) as the last revision calls them; nothing without a revision."""
    with history.transaction():
        head = revisions.last(history.connection)
        if head is None:
            return
        rows = [(head.number, class_name, attribute, int(locked), revisions.now()) for class_name, attribute in cells]
        history.connection.executemany(
            "INSERT INTO cell_lock (revision, class, attribute, locked, time) VALUES (?, ?, ?, ?, ?)", rows
        )


def lock_changes(history: History) -> list[LockChange]:
    """Every change of a lock made by hand, oldest first; empty where an older cotsmith wrote the history."""
    with translated(history_path(history.path)):
        if not _has_table(history, "cell_lock"):
            return []
        rows = history.connection.execute(
            "SELECT revision, class, attribute, locked, time FROM cell_lock ORDER BY id"
        ).fetchall()
    return [LockChange(r["revision"], r["class"], r["attribute"], bool(r["locked"]), r["time"]) for r in rows]


def remember_refusals(history: History, refusals: Sequence[Json]) -> None:
    """Keep refused proposals, each a JSON value, with the last revision; nothing without one."""
    with history.transaction():
        head = revisions.last(history.connection)
        if head is None:
            return
        rows = [(head.number, revisions.now(), revisions.pack(refusal)) for refusal in refusals]
        history.connection.executemany("INSERT INTO refusal (revision, time, body) VALUES (?, ?, ?)", rows)
        history.connection.execute(
            "DELETE FROM refusal WHERE id NOT IN (SELECT id FROM refusal ORDER BY id DESC LIMIT ?)", (MOST_REFUSALS,)
        )


def refusals(history: History) -> list[Json]:
    """The refused proposals that ``remember_refusals`` kept, oldest first."""
    with translated(history_path(history.path)):
        if not _has_table(history, "refusal"):
            return []
        rows = history.connection.execute("SELECT body FROM refusal ORDER BY id").fetchall()
    return [revisions.unpack(row["body"]) for row in rows]


def decisions_of(history: History, revision: int) -> dict[str, list[Json]]:
    """What was decided while ``revision`` was the last, for an export: ``locks`` and ``refusals``, as far as any."""
    found: dict[str, list[Json]] = {}
    with translated(history_path(history.path)):
        for key, table in (("locks", "cell_lock"), ("refusals", "refusal")):
            if _has_table(history, table):
                statement = f"SELECT * FROM {table} WHERE revision = ? ORDER BY id"
                rows = history.connection.execute(statement, (revision,)).fetchall()
                found[key] = [_lock(row) if key == "locks" else _refusal(row) for row in rows]
    return {key: rows for key, rows in found.items() if rows}


def add_decisions(history: History, revision: int, locks: Sequence[Json], refused: Sequence[Json]) -> None:
    """Add what ``decisions_of`` found elsewhere; inside a transaction. Raises ``ValueError`` for anything else."""
    for lock in locks:
        if not (isinstance(lock, dict) and lock.keys() == {"class", "attribute", "locked", "time"}):
            raise ValueError("a lock has class, attribute, locked and time")
        history.connection.execute(
            "INSERT INTO cell_lock (revision, class, attribute, locked, time) VALUES (?, ?, ?, ?, ?)",
            (revision, str(lock["class"]), str(lock["attribute"]), int(lock["locked"] is True), str(lock["time"])),
        )
    for refusal in refused:
        if not (isinstance(refusal, dict) and refusal.keys() == {"time", "proposal"}):
            raise ValueError("a refusal has time and proposal")
        history.connection.execute(
            "INSERT INTO refusal (revision, time, body) VALUES (?, ?, ?)",
            (revision, str(refusal["time"]), revisions.pack(refusal["proposal"])),
        )


def _lock(row: sqlite3.Row) -> Json:
    return {"class": row["class"], "attribute": row["attribute"], "locked": bool(row["locked"]), "time": row["time"]}


def _refusal(row: sqlite3.Row) -> Json:
    return {"time": row["time"], "proposal": revisions.unpack(row["body"])}


def _has_table(history: History, name: str) -> bool:
    found = history.connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return found.fetchone() is not None
