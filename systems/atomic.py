"""Writing a file so that a crash, a full disk or a second reader never meets half of it."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from ..errors import InputError
from .sources import reason
from .text import plain


def write_atomically(path: str | Path, content: bytes) -> None:
    """Replace the file at ``path`` with ``content``: all or nothing, on disk when this returns.

    A temporary file in the same folder is written, synced and renamed over the old one, whose permissions it takes;
    then the folder is synced. A symbolic link stays a link: its target is replaced. What is not a regular file
    (a pipe, ``/dev/stdout``) is written to directly, for a rename would destroy it.

    Raises:
        InputError: the place cannot be written; the old file is as it was.
    """
    shown = plain(str(path))
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise InputError("is a folder, not a file", where=shown, hint="Name a file in it.")
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as file:
                file.write(content)
            return
        if mode is not None and not os.access(target, os.W_OK):  # a rename would not ask
            raise PermissionError(errno.EACCES, "the file is write-protected")
        _replace(target, content, mode)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        hint = "Create the folder first." if not Path(path).parent.is_dir() else "Nothing was changed."
        raise InputError(f"cannot be written: {reason(error)}", where=shown, hint=hint) from error


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, content: bytes, mode: int | None) -> None:
    # Short, whatever the target's name: a name of 255 bytes leaves no room for a suffix.
    temporary = target.with_name(f".cotsmith-{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # Without this the rename itself may be lost in a power cut. Windows cannot open a folder, and need not.
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some network file systems refuse
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
