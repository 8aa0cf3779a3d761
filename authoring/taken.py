"""What an LLM's earlier proposals brought, once taken: what helped before tells what may help again."""

from __future__ import annotations

from pathlib import Path

from ..errors import CotsmithError
from ..systems.describe import describe
from ..systems.edit_json import edits_from_json
from ..systems.edits import apply
from ..systems.file import parse
from ..systems.history import History, from_history
from ..systems.json_form import Json
from ..systems.revisions import Revision
from ..systems.text import percentage

MOST = 30
"""The latest so many edits are sent."""


def taken_before(path: str | Path | None) -> tuple[str, ...]:
    """A line for each edit of an LLM that is part of the file's history, oldest first, with what its round brought.

    Raises:
        HistoryError: the history cannot be read.
    """
    return from_history(path, _taken, ())


def _taken(history: History) -> tuple[str, ...]:
    known = history.revisions()
    by_number = {revision.number: revision for revision in known}
    measured = history.evaluations()
    lines: list[str] = []
    for revision in reversed(known):
        parent = None if revision.parent is None else by_number.get(revision.parent)
        if revision.kind != "llm" or parent is None or len(lines) >= MOST:
            continue
        brought = _brought(measured.get(parent.hash, []), measured.get(revision.hash, []))
        lines[:0] = [f"{text}{brought}" for text in _edits(history, parent, revision)]
    return tuple(lines[-MOST:])


def _edits(history: History, parent: Revision, revision: Revision) -> list[str]:
    found = []
    try:
        before = parse(history.content(parent).decode("utf-8-sig"))
        for edit in edits_from_json(list(revision.edits or ())):
            found.append(describe(edit, before))
            before = apply(before, [edit])
    except (CotsmithError, UnicodeDecodeError):  # written by another version, or by hand
        return []
    return found


def _brought(before: list[dict[str, Json]], after: list[dict[str, Json]]) -> str:
    """The accuracies around a revision, where both were measured in the same way."""
    for late in reversed(after):
        for early in reversed(before):
            same = all(early.get(key) == late.get(key) for key in ("encoder_key", "data", "split", "crop", "n"))
            first, then = early.get("accuracy"), late.get("accuracy")
            if same and isinstance(first, float) and isinstance(then, float):
                went = f"from {percentage(first, 1)}% to {percentage(then, 1)}%"
                return f" (with its round, accuracy went {went})"
    return ""
