"""The cells that a person looked at in the review, kept in the history: a mark holds while its rule stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from .history import History
from .history_store import history_path, translated
from .model import Rule
from .revisions import now

Seen: TypeAlias = dict[tuple[str, str], Rule]
"""The rule that stood in each cell (class, attribute) when a person looked at it."""


def seen_cells(history: History) -> Seen:
    """Every mark; empty where an older cotsmith wrote the history."""
    with translated(history_path(history.path)):
        known = history.connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seen'")
        if known.fetchone() is None:
            return {}
        rows = history.connection.execute("SELECT class, attribute, rule FROM seen").fetchall()
    return {(row["class"], row["attribute"]): tuple(json.loads(row["rule"])) for row in rows}


def mark_cells(history: History, cells: Mapping[tuple[str, str], Rule | None]) -> None:
    """Mark ``cells`` with the rules that stand there; ``None`` takes a mark away."""
    with history.transaction():
        for (class_name, attribute), rule in cells.items():
            history.connection.execute("DELETE FROM seen WHERE class = ? AND attribute = ?", (class_name, attribute))
            if rule is not None:
                history.connection.execute(
                    "INSERT INTO seen (class, attribute, rule, time) VALUES (?, ?, ?, ?)",
                    (class_name, attribute, json.dumps(list(rule)), now()),
                )
