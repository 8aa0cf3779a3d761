"""An LLM's proposals that nobody has judged to the end, kept in the history until somebody has."""

from __future__ import annotations

from .history import History
from .history_store import history_path, translated
from .json_form import Json
from .revisions import now, pack, unpack


def keep_waiting(history: History, proposals: Json) -> None:
    """Keep ``proposals``, a JSON value, in the place of those kept before; ``None`` keeps none."""
    with history.transaction():
        history.connection.execute("DELETE FROM waiting")
        if proposals is not None:
            history.connection.execute("INSERT INTO waiting (time, body) VALUES (?, ?)", (now(), pack(proposals)))


def waiting(history: History) -> Json:
    """What ``keep_waiting`` kept; None for nothing, and where an older cotsmith wrote the history."""
    with translated(history_path(history.path)):
        known = history.connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'waiting'")
        if known.fetchone() is None:
            return None
        row = history.connection.execute("SELECT body FROM waiting ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else unpack(row["body"])
