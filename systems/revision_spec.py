"""How a revision is written wherever a file is read: ``pokemon.json@3``, ``@a1b2c3``, ``@~1``, git's ``REV:path``."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..errors import InputError
from .text import plain

# The number of a revision, at least four digits of its hash, or so many before the last.
_REVISION = re.compile(r"(?P<path>.*)@(?P<name>\d+|[0-9a-fA-F]{4,64}|~\d*)", re.DOTALL)
_GIT = re.compile(r"(?P<revision>[^:]+|:[0-3]):(?P<path>[^:]+)", re.DOTALL)


def split_revision(source: str) -> tuple[str, str] | None:
    """``("pokemon.json", "~1")`` for ``pokemon.json@~1``; ``None`` when ``source`` names no revision of a history.

    A file that is really called so comes first.
    """
    match = _REVISION.fullmatch(source)
    if match is None or os.path.lexists(source):
        return None
    return match["path"], match["name"]


def split_git(source: str) -> tuple[str, str] | None:
    """``("HEAD~2", "pokemon.json")`` for ``HEAD~2:pokemon.json``; ``None`` for what is no ``REV:path``.

    ``:1:pokemon.json`` is the common ancestor in a merge with conflicts, ``:2:`` our side, ``:3:`` theirs.
    """
    match = _GIT.fullmatch(source)
    if match is None or os.path.lexists(source):
        return None
    return match["revision"], match["path"]


def names_revision(source: str) -> bool:
    """Whether ``source`` is a revision of a file that is there, and so nothing that can be written."""
    parts = split_revision(source)
    return parts is not None and os.path.lexists(parts[0])


def misspelt_revision(source: str) -> InputError | None:
    """The error for ``FILE@`` and something that is no revision, where FILE is there; ``None`` for anything else."""
    path, at, name = source.rpartition("@")
    if not at or not os.path.isfile(path):
        return None
    shown = plain(path)
    return InputError(
        f'"{plain(name)}" names no revision',
        where=shown,
        hint=f"@3 is the third, @a1b2 the one whose hash begins so, @~1 the one before the last: cotsmith log {shown}",
    )


def revision_bytes(source: str) -> bytes | None:
    """The bytes that ``FILE@REVISION`` or git's ``REV:path`` names; ``None`` when ``source`` is neither.

    Raises:
        InputError: there is no such revision, no history, or git does not have it.
    """
    parts = split_revision(source)
    if parts is not None:
        return _from_history(*parts)
    parts = split_git(source)
    if parts is not None:
        return _from_git(*parts)
    return None


def _from_history(path: str, name: str) -> bytes:
    from .history import History  # SQLite only where a revision is meant
    from .renamed_history import no_history

    if not path:
        raise InputError("names no file", where=f"@{plain(name)}", hint=f"Put the file first: FILE@{plain(name)}")
    history = History.read(path)
    if history is None:
        raise no_history(path)
    with history:
        return history.content(history.find(name))


def _from_git(revision: str, path: str) -> bytes:
    from .git import blob

    content = blob(revision, path)
    if content is None:
        raise InputError(
            f'git has no "{plain(path)}" in "{plain(revision)}"',
            where=plain(f"{revision}:{path}"),
            hint="REV:PATH reads from the git repository of this folder; `git log --oneline` lists its revisions.",
        )
    return content


def file_of(source: str) -> Path | None:
    """The file on disk whose revision ``source`` is, or ``source`` itself when it is a path; ``None`` for the rest."""
    from .sources import GALLERY, STDIN

    if source == STDIN or source.startswith(GALLERY):
        return None
    parts = split_revision(source)
    if parts is not None:
        return Path(parts[0])
    parts = split_git(source)
    return Path(parts[1] if parts is not None else source)
