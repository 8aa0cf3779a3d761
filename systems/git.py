"""What git knows: a file as it was in a commit, who works here, and which commit a file came from."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as far as it explains a file."""

    hash: str
    author: str
    subject: str


def blob(revision: str, path: str, *, folder: Path | None = None) -> bytes | None:
    """The bytes of ``REV:path``, where ``path`` is relative to the top of the work tree or to ``folder``.

    ``None`` when git knows no such revision or file; an option cannot be slipped in as a revision.
    """
    if revision.startswith("-") or not revision:
        return None
    for candidate in (path, f"./{path}"):
        content = _git("cat-file", "blob", f"{revision}:{candidate}", folder=folder)
        if content is not None:
            return content
    return None


def top() -> Path | None:
    """The top of the work tree that the current folder is in; ``None`` outside."""
    found = _line("rev-parse", "--show-toplevel")
    return Path(found) if found else None


def user_name() -> str:
    """The name that git would sign with; ``""`` when there is none."""
    return _line("config", "user.name")


def commit_of(path: Path) -> Commit | None:
    """The last commit that changed ``path``, when the file is just as it is there; ``None`` when it is not."""
    folder = path.parent
    found = _line("log", "-1", "--format=%h%x09%an%x09%s", "--", f"./{path.name}", folder=folder)
    if not found:
        return None
    here = _line("hash-object", "--", path.name, folder=folder)
    if not here or here != _line("rev-parse", "--verify", "--quiet", f"HEAD:./{path.name}", folder=folder):
        return None
    short, author, subject = found.split("\t", 2)
    return Commit(short, author, subject)


def _line(*arguments: str, folder: Path | None = None) -> str:
    content = _git(*arguments, folder=folder)
    return "" if content is None else content.decode("utf-8", "replace").strip()


def _git(*arguments: str, folder: Path | None) -> bytes | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):  # no git; a NUL character; git hangs
        return None
    return done.stdout if done.returncode == 0 else None
