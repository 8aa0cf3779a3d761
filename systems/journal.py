"""The journal of a session: every edit is on disk before it is shown, and can be undone, also after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ..errors import CotsmithError, HistoryError
from .delta import decompress
from .edit_json import edits_from_json, edits_to_json
from .edits import Edit, apply, invert
from .file import parse, render
from .history import History
from .history_store import TIMEOUT_S, history_path, translated
from .journal_store import Entry, add_entry, begin_session, forget, last_session, newest, write_again
from .json_form import Json
from .kept_history import KeptHistory, Place
from .model import System
from .revisions import hash_of, unpack
from .sources import decode, read_bytes, source_name
from .text import plain


@dataclass(frozen=True, slots=True)
class _Step:
    """One undoable step: edits made together, and the edits that undo them."""

    id: int
    edits: tuple[Edit, ...]
    undoing: tuple[Edit, ...]


class Journal:
    """The edits of an interactive session on one file, in the database of its history.

    An edit is applied, then stored and synced, and only then returned. What was stored is replayed when the journal
    is opened again: after a crash as after a quiet end, with everything that could be undone or redone. A save
    (``mark_saved``) does not end this. One session at a time: of two that share a file, the second to write fails.

    A database that somebody deletes, replaces or destroys meanwhile is noticed before the next step, and by ``secure``.

    Attributes:
        recovered: how many steps that no save holds were found on opening.
        diverged: whether the file was changed outside since these steps were begun; ``agreed()`` is then the common
            ancestor of ``current()`` and the file. Decide with ``rebase`` or ``restart`` before you append.
    """

    _content: bytes
    _base: System
    _system: System
    _done: list[_Step]
    _undone: list[_Step]
    _saved: list[_Step]
    _saved_hash: str
    _session: int | None
    _entries: list[Entry]

    def __init__(self, path: Path, kept: KeptHistory) -> None:
        self.path = path
        self.diverged = False
        self._kept = kept
        self._newest = 0  # the session that was the newest in the database when last looked
        self._begin(read_bytes(path))
        self._resume()
        self.recovered = self.unsaved

    @classmethod
    def open(cls, path: str | Path, *, place: Place = "disk", timeout: float = TIMEOUT_S) -> Journal:
        """The journal of the system file ``path``, where the last session left it.

        ``adrift``, it begins in memory, for where nothing can be written, and goes to disk as soon as it can; undo and
        redo work as well. In ``memory`` it begins at the file, whatever the last session left, and is kept nowhere.

        Raises:
            InputError: the file cannot be read, or holds no valid system.
            HistoryError: the database cannot be used (see ``history_store.connect``), or holds steps that this
                version cannot replay.
        """
        kept = KeptHistory(Path(path), place, timeout)
        try:
            return cls(Path(path), kept)
        except BaseException:
            kept.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; the session can be resumed."""
        self._kept.close()

    @property
    def durable(self) -> bool:
        """Whether it is kept on disk."""
        return self._kept.durable

    def history(self) -> History:
        """The history in the database of the journal; another one after that was lost. Leave closing it to ``close``.

        Raises:
            HistoryError: as ``secure``.
        """
        self.secure()
        return self._kept.now

    @property
    def notice(self) -> str:
        """What became of the database, on opening or since; ``""`` for nothing."""
        return self._kept.notice

    def take_notice(self) -> str:
        """``notice``, once."""
        return self._kept.take_notice()

    def secure(self) -> None:
        """Look whether the database is still the one that was opened, which is cheap.

        Where it was deleted, replaced or destroyed, put it back with all that is known of it; ``notice`` then says so.
        Where it is adrift, try whether that has an end.

        Raises:
            HistoryError: that cannot be done now; what it held is kept in memory until it can.
        """
        self._kept.secure(self._bring_up_to_date)

    def current(self) -> System:
        """The system with every step that is not undone."""
        return self._system

    def agreed(self) -> System:
        """The system as the session and the file last had it in common: at the last save, else at the beginning."""
        return apply(self._base, [edit for step in self._saved for edit in step.edits])

    @property
    def unsaved(self) -> int:
        """How many steps lie between the last save and now, done or undone; 0 when the file holds ``current()``."""
        common = 0
        for mine, saved in zip(self._done, self._saved, strict=False):
            if mine.id != saved.id:
                break
            common += 1
        return len(self._done) + len(self._saved) - 2 * common

    @property
    def can_undo(self) -> int:
        """How many steps can be undone."""
        return len(self._done)

    @property
    def can_redo(self) -> int:
        """How many undone steps can be done again."""
        return len(self._undone)

    def append(self, edits: Sequence[Edit]) -> System:
        """Make one step of ``edits``; returns the system after it. What was undone can no longer be redone.

        Raises:
            EditError: they do not apply; nothing is stored.
            HistoryError: they could not be stored, and do not count.
        """
        system, undoing = _applied(self._system, edits)
        entry = self._store("edit", edits=edits_to_json(edits), undoing=edits_to_json(undoing))
        self._done.append(_Step(entry.id, tuple(edits), undoing))
        self._undone.clear()
        self._system = system
        return system

    def undo(self) -> tuple[Edit, ...]:
        """Undo the last step; returns the edits that did so, none when there is nothing to undo."""
        if not self._done:
            return ()
        system = apply(self._system, self._done[-1].undoing)
        self._store("undo")
        step = self._done.pop()
        self._undone.append(step)
        self._system = system
        return step.undoing

    def redo(self) -> tuple[Edit, ...]:
        """Do the last undone step again; returns its edits, none when there is nothing to redo."""
        if not self._undone:
            return ()
        system = apply(self._system, self._undone[-1].edits)
        self._store("redo")
        step = self._undone.pop()
        self._done.append(step)
        self._system = system
        return step.edits

    def mark_saved(self, content_hash: str) -> None:
        """Note that the file now holds ``current()``; ``content_hash`` is the hash of the revision that was saved."""
        if self._session is None:  # no step yet: the file as it is now is the beginning
            self._begin(read_bytes(self.path))
        else:
            self._store("save", content_hash=content_hash)
        self._saved = list(self._done)
        self._saved_hash = content_hash
        self.diverged = False

    def restart(self) -> System:
        """Take the file as it is now and begin anew; the steps of the session are given up."""
        content = read_bytes(self.path)
        self._parse(content)
        self.secure()
        with self._kept.now.transaction():
            self._check_alone()
            forget(self._kept.now.connection)
        self._newest = 0
        self._begin(content)
        return self._system

    def rebase(self, edits: Sequence[Edit]) -> System:
        """Begin anew from the file as it is now, with ``edits``, which must apply to it, as the first step."""
        content = read_bytes(self.path)
        system, undoing = _applied(self._parse(content), edits)
        forms = edits_to_json(edits), edits_to_json(undoing)
        entry = self._store("edit", edits=forms[0], undoing=forms[1], fresh=content)
        session = self._session
        self._begin(content)
        self._session, self._entries, self._system = session, [entry], system
        self._done.append(_Step(entry.id, tuple(edits), undoing))
        return system

    def _begin(self, content: bytes) -> None:
        """A new session in memory; it reaches the database with its first step."""
        self._content = content
        self._base = self._system = self._parse(content)
        self._done, self._undone, self._saved = [], [], []
        self._saved_hash = hash_of(content)
        self._session = None
        self._entries = []
        self.diverged = False

    def _resume(self) -> None:
        """Take up the session in the database where it fits the file, or holds steps that no save holds."""
        with translated(history_path(self.path)):
            stored = last_session(self._kept.now.connection)
            if stored is None:
                return
            row, entries = stored
        file = self._content, self._saved_hash
        try:
            self._begin(decompress(row["base"]))
            self._session, self._saved_hash = row["id"], row["hash"]
            self._newest = row["id"]
            self._replay(entries)
        except (CotsmithError, ValueError, KeyError) as error:
            raise HistoryError(
                f"the journal of the last session cannot be replayed: {error}",
                where=plain(str(history_path(self.path))),
                hint="Rename this database to begin without it; keep it if the edits in it matter.",
            ) from error
        if file[1] == self._saved_hash:
            return
        if file[1] == hash_of(render(self._system).encode()):  # saved, but the process died before it could say so
            self.mark_saved(file[1])
        elif self.unsaved:
            self.diverged = True
        else:
            self._begin(file[0])

    def _replay(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            match entry.act:
                case "edit":
                    self._done.append(_Step(entry.id, _edits(entry.edits), _edits(entry.undoing)))
                    self._undone.clear()
                case "undo":
                    self._undone.append(self._done.pop())
                case "redo":
                    self._done.append(self._undone.pop())
                case "save":
                    self._saved, self._saved_hash = list(self._done), entry.hash or ""
            self._entries.append(entry)
        self._system = apply(self._base, [edit for step in self._done for edit in step.edits])

    def _store(
        self,
        act: str,
        *,
        edits: Json = None,
        undoing: Json = None,
        content_hash: str | None = None,
        fresh: bytes | None = None,
    ) -> Entry:
        """Add one entry, synced to disk when this returns it; ``fresh`` begins a new session from that text."""

        def write() -> tuple[int, Entry]:
            session = self._session if fresh is None else None
            with self._kept.now.transaction():
                connection = self._kept.now.connection
                self._check_alone()
                if session is None:
                    session = begin_session(connection, self._content if fresh is None else fresh)
                return session, add_entry(connection, session, act, content_hash, edits, undoing)

        self.secure()
        try:
            session, entry = write()
        except HistoryError as error:
            self._kept.mend(error, self._bring_up_to_date)
            session, entry = write()
        self._kept.written()
        self._session = self._newest = session
        self._entries.append(entry)
        return entry

    @property
    def _last_id(self) -> int:
        return self._entries[-1].id if self._entries else 0

    def _check_alone(self) -> None:
        session, entry = newest(self._kept.now.connection)
        if session != self._newest or (self._session is not None and entry != self._last_id):
            raise HistoryError(
                "another session has edited this file",
                where=plain(str(self.path)),
                hint="End one of the two; open the file again to see the edits of the other.",
            )

    def _bring_up_to_date(self, history: History) -> None:
        """Give a history what it lacks of the session. One that holds newer steps is another session's, and left."""
        with history.transaction():
            connection = history.connection
            session, entry = newest(connection)
            if session > self._newest or entry > self._last_id > 0:
                return  # the next step says so
            if self._session is not None and (session, entry) != (self._session, self._last_id):
                write_again(connection, self._session, self._content, self._entries)
                session = self._session
            self._newest = session

    def _parse(self, content: bytes) -> System:
        name = source_name(self.path)
        return parse(decode(content, name), name)


def _edits(packed: bytes | None) -> tuple[Edit, ...]:
    value = None if packed is None else unpack(packed)
    return edits_from_json(value if isinstance(value, list) else [])


def _applied(system: System, edits: Sequence[Edit]) -> tuple[System, tuple[Edit, ...]]:
    """The system after ``edits``, and the edits that undo them."""
    undoing: list[Edit] = []
    for edit in edits:
        after = apply(system, [edit])
        undoing[:0] = invert(system, edit)
        system = after
    return system, tuple(undoing)
