"""What people changed since an LLM last did: the corrections that tell it what they want."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import CotsmithError, InputError
from ..systems.describe import describe
from ..systems.diff import diff
from ..systems.edit_json import edits_from_json
from ..systems.edits import Edit, SetNote, apply
from ..systems.file import parse
from ..systems.history import History, Revision, from_history
from ..systems.model import System
from .locks import PEOPLE, as_written

MOST = 200
"""The latest so many are sent."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One edit that a person made, in words, with what it replaced; ``reason`` is that of its revision."""

    text: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.reason})" if self.reason else self.text


def corrections(path: str | Path | None, system: System) -> tuple[Correction, ...]:
    """The edits of people since the last revision of an LLM, oldest first; notes are left out, they are sent apart.

    What ``system`` has beyond the last revision counts as a person's; of a file without one, what it has beyond the
    file.

    Raises:
        HistoryError: the history cannot be read.
    """
    nothing: tuple[tuple[Correction, ...], System | None] = (), None
    found, last = from_history(path, _recorded, nothing)
    last = last or as_written(path)
    if last is not None and last != system:
        found += _in_words(last, diff(last, system), "")
    return found[-MOST:]


def _recorded(history: History) -> tuple[tuple[Correction, ...], System | None]:
    """What the revisions tell, and the system of the last one."""
    known = history.revisions()
    found: list[Correction] = []
    for revision in _since_llm(known):
        if revision.kind in PEOPLE and revision.edits and revision.parent is not None:
            found += _of_revision(history, revision, known)
    return tuple(found), _system_at(history, known[-1]) if known else None


def _since_llm(known: Sequence[Revision]) -> Sequence[Revision]:
    start = max((index + 1 for index, revision in enumerate(known) if revision.kind == "llm"), default=0)
    return known[start:]


def _of_revision(history: History, revision: Revision, known: Sequence[Revision]) -> tuple[Correction, ...]:
    parent = next((one for one in known if one.number == revision.parent), None)
    before = None if parent is None else _system_at(history, parent)
    try:
        edits = edits_from_json(list(revision.edits or ()))
    except CotsmithError:  # written by another version
        return ()
    return () if before is None else _in_words(before, edits, revision.reason)


def _in_words(before: System, edits: Sequence[Edit], reason: str) -> tuple[Correction, ...]:
    found: list[Correction] = []
    for edit in edits:
        if not isinstance(edit, SetNote):
            found.append(Correction(describe(edit, before), reason))
        try:
            before = apply(before, [edit])
        except CotsmithError:
            break
    return tuple(found)


def _system_at(history: History, revision: Revision) -> System | None:
    try:
        return parse(history.content(revision).decode("utf-8-sig"))
    except (InputError, UnicodeDecodeError):
        return None
