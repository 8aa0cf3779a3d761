"""Which two systems a diff compares, where one of them, or both, are left to be understood."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import UsageError
from . import git
from .history import History
from .history_store import SUFFIX
from .renamed_history import no_history
from .revision_spec import file_of, split_git, split_revision
from .sources import STDIN
from .text import plain

_TWO = "Name two: cotsmith diff OLD NEW"


def resolve(old: str | None, new: str | None) -> tuple[str, str]:
    """The two sources to compare.

    One alone is compared with its file: a revision with the file it is of, a file with its last revision. ``@3`` is
    revision 3 of the other's file. Without any it is the one system in this folder that has a history.

    Raises:
        UsageError: there is nothing to compare with.
        InputError, HistoryError: the history cannot be read.
    """
    if old is None:
        return _last_revision(_only_system())
    if new is not None:
        if old == new == STDIN:
            raise UsageError("standard input can be read only once", hint=_TWO)
        return _completed(old, new), _completed(new, old)
    file = file_of(old)
    if file is None:
        raise UsageError("there is nothing to compare it with", where=plain(old), hint=_TWO)
    parts = split_revision(old)
    if parts is not None:
        only = parts[0] or _only_system()
        return f"{only}@{parts[1]}", only
    in_git = split_git(old)
    return (old, _of_work_tree(in_git[1])) if in_git is not None else _last_revision(str(file))


def _completed(source: str, other: str) -> str:
    parts = split_revision(source)
    if parts is None or parts[0]:
        return source
    file = file_of(other)
    if file is None or not str(file):
        raise UsageError("names no file", where=plain(source), hint=f"Put the file first: FILE{plain(source)}")
    return f"{file}{source}"


def _of_work_tree(path: str) -> str:
    """The file that git's ``REV:path`` is a version of: from the top of the work tree, else from this folder."""
    top = git.top()
    file = None if top is None or path.startswith(".") else top / path
    return path if file is None or not file.exists() else os.path.relpath(file)


def _last_revision(file: str) -> tuple[str, str]:
    history = History.read(file)
    if history is None:
        error = no_history(file)
        if not os.path.lexists(file):
            raise error
        raise UsageError("has no history yet to compare with", where=plain(file), hint=f"{_TWO}. {error.hint}")
    with history:
        return f"{file}@{history.find('~0').number}", file


def _only_system() -> str:
    found = sorted(path for path in Path().glob(f"*{SUFFIX}"))
    files = [path.with_name(path.name.removesuffix(SUFFIX) + ".json") for path in found]
    known = [str(file) for file in files if file.exists()]
    if len(known) != 1:
        listed = f"This folder has {', '.join(map(plain, known))}. " if known else ""
        raise UsageError("which system?", hint=f"{listed}Name a file: cotsmith diff FILE")
    return known[0]
