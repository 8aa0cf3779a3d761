"""Saving a system together with its history, so that file and history agree whenever the process dies.

The protocol: the revision is committed to the history as an *intent*; the file is replaced; the intent is confirmed.
Whoever opens the history next settles an intent that was left: the file holds its text, so it is confirmed; or the
file still holds the parent's, so it never happened. The file always wins, and does not need the history.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import CotsmithError, HistoryError
from . import git, revisions
from .atomic import write_atomically
from .edit_kinds import Edit
from .history import History
from .history_store import TIMEOUT_S, history_path
from .json_form import Json
from .model import System
from .revisions import AuthorKind, Revision, hash_of
from .secrets import without_secrets
from .sources import read_bytes
from .text import plain

__all__ = [
    "Saved",
    "person_name",
    "record_as_person",
    "record_evaluation",
    "record_outside_change",
    "save_content",
    "save_revision",
]

UNKNOWN = "unknown"
"""The author of a change outside cotsmith that git does not explain."""

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Saved:
    """A system that is on disk. ``revision`` is ``None`` when the history could not record it; ``warnings`` say why.

    ``outside`` is the revision under which a change made outside cotsmith was recorded first; ``changed`` tells
    whether the file's bytes are other than before.
    """

    path: Path
    revision: Revision | None
    outside: Revision | None
    changed: bool
    warnings: tuple[str, ...] = ()


def save_revision(
    system: System,
    path: str | Path,
    *,
    kind: AuthorKind,
    author: str | None = None,
    reason: str = "",
    edits: Sequence[Edit] | None = None,
    evaluation: Mapping[str, Json] | None = None,
    exchanges: Sequence[Json] = (),
    timeout: float = TIMEOUT_S,
) -> Saved:
    """Write ``system`` to ``path``, atomically, and record it as a revision; when this returns, both are on disk.

    ``author`` defaults to ``person_name()`` for a person. ``edits`` are what led here from the last revision; left out,
    or when they do not lead here, they are worked out. A file that was changed outside cotsmith since is recorded
    first. Saving what the file holds already makes no revision, but keeps ``evaluation`` and ``exchanges`` with the
    last one. Without a usable history (locked, read-only, newer, full) the file is saved all the same.

    Raises:
        InvalidSystemError: the text of ``system`` would not load again.
        UsageError: ``path`` is not a file (``gallery:NAME``, ``-``).
        InputError: the file cannot be written; it is as it was.
    """
    from .file import content_for

    who = author if author is not None else _default_author(kind)
    draft = _Draft(content_for(system, path), system, kind, who, reason, edits)
    return _save_draft(Path(path), draft, evaluation, exchanges, timeout)


def save_content(
    content: bytes, path: str | Path, *, author: str | None = None, reason: str = "", timeout: float = TIMEOUT_S
) -> Saved:
    """Write a text as it is, to the byte, and record it as a person's revision, like ``save_revision``.

    Raises:
        InputError: the file cannot be written; it is as it was.
    """
    draft = _Draft(content, None, "person", person_name() if author is None else author, reason, None)
    return _save_draft(Path(path), draft, None, (), timeout)


def record_candidate(
    system: System,
    path: str | Path,
    *,
    parent: int | None = None,
    author: str = "",
    reason: str = "",
    edits: Sequence[Edit] | None = None,
    evaluation: Mapping[str, Json] | None = None,
    timeout: float = TIMEOUT_S,
) -> Revision:
    """Record a system that an optimiser tried as a revision on a branch; the file stays as it is.

    ``parent`` is the number of the candidate before; left out, the branch begins at what the file holds, which is
    recorded first if it was changed outside cotsmith. What was recorded there already is not recorded again.

    Raises:
        HistoryError: the history cannot be written, or has no revision ``parent``.
    """
    from .file import content_for

    content = content_for(system, path)
    draft = _Draft(content, system, "optimiser", author or _default_author("optimiser"), reason, edits)
    with History.open(path, timeout=timeout) as history, history.transaction():
        _settle(history)
        known = revisions.listed(history.connection, "", branches=True)
        before = next((r for r in known if r.number == parent), None) if parent is not None else None
        if parent is not None and before is None:
            raise HistoryError(f"there is no revision {parent}", where=plain(str(history.path)))
        before = before or revisions.last(history.connection)
        number = None if before is None else before.number
        again = (r for r in known if r.branch and (r.parent, r.hash) == (number, hash_of(content)))
        revision = next(again, None) or _add(history, draft, before, branch=True)
        _keep(history, revision, evaluation, ())
        return revision


def record_outside_change(path: str | Path, *, timeout: float = TIMEOUT_S) -> Revision | None:
    """Record the file as it is, if it was changed outside cotsmith since the last revision; ``None`` if not.

    Begins a history when there is none. Raises ``HistoryError`` when that cannot be done.
    """
    with History.open(path, timeout=timeout) as history, history.transaction():
        return _settle(history)


def record_as_person(
    path: str | Path, *, author: str | None = None, reason: str = "", timeout: float = TIMEOUT_S
) -> tuple[Revision | None, str]:
    """Record the file as it is as a person's revision, with the reason; ``None`` if the last one holds it already.

    Begins a history when there is none. The second value is ``History.notice``.

    Raises:
        InputError: the file cannot be read.
        HistoryError: the history cannot be written.
    """
    content = read_bytes(path)
    who = person_name() if author is None else author
    draft = _Draft(content, None, "person", who, reason, None)
    with History.open(path, timeout=timeout) as history, history.transaction():
        return _settle(history, draft), history.notice


def record_evaluation(
    path: str | Path,
    evaluation: Mapping[str, Json],
    *,
    content: bytes | None = None,
    timeout: float = TIMEOUT_S,
) -> str:
    """Keep with the history what the file scored; returns a warning, or ``""``.

    ``evaluation`` is JSON: ``accuracy`` (a share of 1) and what a reader needs to compare: ``n``, ``ci95``,
    ``encoder``, ``data``, ``split`` ... ``content`` is the text that was measured, the file's or an older one; left
    out, it is the file as it is now. A text that no revision has is not kept. Where no history has begun, none is:
    measuring a file does not change it.
    """
    if not history_path(path).exists():
        return ""
    try:
        with History.open(path, timeout=timeout) as history, history.transaction():
            _settle(history)
            measured = hash_of(content) if content is not None else history.file_hash()
            if revisions.has_hash(history.connection, measured):
                revisions.add_evaluation(history.connection, measured, revisions.now(), dict(evaluation))
            return history.notice
    except HistoryError as error:
        return f"the history does not keep this evaluation: {error}"


def person_name() -> str:
    """Who works here: git's ``user.name``, else the name of the account, else ``person``."""
    name = git.user_name()
    if not name:
        with contextlib.suppress(OSError, KeyError, ImportError):
            name = getpass.getuser()
    return name or "person"


@dataclass(frozen=True, slots=True)
class _Draft:
    """A revision before it has a number."""

    content: bytes
    system: System | None
    kind: AuthorKind
    author: str
    reason: str
    edits: Sequence[Edit] | None


def _save_draft(
    target: Path,
    draft: _Draft,
    evaluation: Mapping[str, Json] | None,
    exchanges: Sequence[Json],
    timeout: float,
) -> Saved:
    """Save with history, and without where it cannot be used."""
    if _is_special(target):
        write_atomically(target, draft.content)
        return Saved(target, None, None, changed=True)
    try:
        with History.open(target, timeout=timeout) as history:
            return _save(history, draft, evaluation, exchanges)
    except HistoryError as error:
        changed = _content(target) != draft.content
        write_atomically(target, draft.content)
        return Saved(target, None, None, changed, (f"saved without history: {error}",))


def _save(history: History, draft: _Draft, evaluation: Mapping[str, Json] | None, exchanges: Sequence[Json]) -> Saved:
    target, outside = history.path, None
    notices = (history.notice,) if history.notice else ()
    for _ in range(_ATTEMPTS):
        with history.transaction():
            outside = _settle(history) or outside
            head = revisions.last(history.connection)
            if head is not None and head.hash == hash_of(draft.content):
                missing = history.file_hash() != head.hash
                if missing:
                    write_atomically(target, draft.content)
                _keep(history, head, evaluation, exchanges)
                return Saved(target, head, outside, changed=missing, warnings=notices)
            revision = _add(history, draft, head, written=False)
            _keep(history, revision, evaluation, exchanges)
        if _write_and_confirm(history, revision, draft.content):
            return Saved(target, revision, outside, changed=True, warnings=notices)
    raise HistoryError("other processes keep saving this file")


def _write_and_confirm(history: History, revision: Revision, content: bytes) -> bool:
    """Replace the file and confirm the intent; ``False`` when another process settled the intent in between."""
    written = False
    try:
        with history.transaction():
            if not any(_same(intent, revision) for intent in revisions.intents(history.connection)):
                return False
            write_atomically(history.path, content)
            written = True
            revisions.confirm(history.connection, revision.number)
    except HistoryError:
        if not written:
            raise
        # The file and the intent are both on disk: the next one to open the history confirms it.
    except CotsmithError:
        with contextlib.suppress(HistoryError), history.transaction():
            revisions.withdraw(history.connection, revision.number)
        raise
    return True


def _same(intent: Revision, revision: Revision) -> bool:
    return (intent.number, intent.hash, intent.time) == (revision.number, revision.hash, revision.time)


def _settle(history: History, told: _Draft | None = None) -> Revision | None:
    """Confirm or withdraw what a dead process left, and record a change made outside; inside a transaction.

    ``told`` says who changed it and why, if it is the file as it is.
    """
    content = _content(history.path)
    found = "" if content is None else hash_of(content)
    head = revisions.last(history.connection)
    for intent in revisions.intents(history.connection):
        if found == ("" if head is None else head.hash):
            revisions.withdraw(history.connection, intent.number)
        else:  # the file holds it, or held it before it was changed once more
            revisions.confirm(history.connection, intent.number)
            head = intent
    if content is None or (head is not None and head.hash == found):
        return None
    if told is not None and told.content == content:
        return _add(history, told, head, written=True)
    author, reason = _explain(history, found)
    return _add(history, _Draft(content, None, "hand", author, reason, None), head, written=True)


def _add(
    history: History, draft: _Draft, head: Revision | None, *, written: bool = True, branch: bool = False
) -> Revision:
    revision = Revision(
        number=revisions.next_number(history.connection),
        parent=None if head is None else head.number,
        hash=hash_of(draft.content),
        author=_storable(draft.author),
        kind=draft.kind,
        reason=_storable(draft.reason),
        time=revisions.now(),
        edits=_edits(history, draft, head),
        branch=branch,
    )
    revisions.add(history.connection, draft.content, revision, written=written)
    return revision


def _edits(history: History, draft: _Draft, head: Revision | None) -> tuple[Json, ...] | None:
    """The edits from the last revision to the draft in JSON form; ``None`` where either is no valid system."""
    from .diff import diff
    from .edit_json import edits_to_json
    from .edits import apply
    from .file import parse

    if head is None:
        return ()
    try:
        before = parse(revisions.content_of(history.connection, head.number).decode("utf-8-sig"))
        after = draft.system if draft.system is not None else parse(draft.content.decode("utf-8-sig"))
    except (CotsmithError, UnicodeDecodeError):
        return None
    if draft.edits is not None:
        with contextlib.suppress(CotsmithError):
            if apply(before, draft.edits) == after:
                return tuple(edits_to_json(draft.edits))
    return tuple(edits_to_json(diff(before, after)))


def _keep(
    history: History, revision: Revision, evaluation: Mapping[str, Json] | None, exchanges: Sequence[Json]
) -> None:
    if evaluation is not None:
        revisions.add_evaluation(history.connection, revision.hash, revisions.now(), dict(evaluation))
    cleaned = [without_secrets(exchange) for exchange in exchanges]
    revisions.add_exchanges(history.connection, revision.number, cleaned)


def _explain(history: History, found: str) -> tuple[str, str]:
    """Who changed the file outside cotsmith, and to what, as far as git and the history can tell."""
    known = revisions.listed(history.connection, "")
    for revision in reversed(known):
        if revision.hash == found:
            return UNKNOWN, f"changed outside cotsmith: again as in revision {revision.number}"
    commit = git.commit_of(history.path)
    if commit is not None:
        return commit.author, f"{commit.subject} (git {commit.hash})"
    return UNKNOWN, "changed outside cotsmith" if known else "as found"


def _default_author(kind: AuthorKind) -> str:
    return "cotsmith" if kind in ("check-fix", "optimiser") else "LLM" if kind == "llm" else person_name()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_special(path: Path) -> bool:
    """Whether ``path`` is a pipe or a device, which has no past."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


def _storable(text: str) -> str:
    # An argument that is no UTF-8 arrives with half surrogate pairs, which SQLite refuses.
    return text.encode("utf-8", "replace").decode()
