"""What git hands to an external diff and to a merge driver: files that may be missing, empty or no systems at all."""

from __future__ import annotations

import difflib
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import CotsmithError, UsageError
from .file import load
from .model import System
from .spans import Line, Span, Style
from .text import plain

NOTHING = "/dev/null"

_HEAD = 2
_STYLES: dict[str, Style] = {"-": "old", "+": "new", "@": "note"}


@dataclass(frozen=True, slots=True)
class GitDiff:
    """The arguments of an external diff: how to call the file, and the two versions, ``/dev/null`` for none.

    ``mode`` tells of changed permissions, such as ``100644 → 100755``, else it is ``""``.
    """

    name: str
    old: str
    new: str
    mode: str = ""


def git_diff(arguments: Sequence[str]) -> GitDiff | None:
    """Read ``path old-file old-hex old-mode new-file new-hex new-mode [new-path similarity]``.

    None for a path alone, which is how git tells of a file that is still to be merged.

    Raises:
        UsageError: any other number of arguments.
    """
    if len(arguments) == 1:
        return None
    if len(arguments) not in (7, 9):
        raise UsageError(
            f"git gives an external diff 7 or 9 arguments, not {len(arguments)}",
            hint="--git is for git: see docs/history.md. To compare two files leave it out.",
        )
    name = arguments[0] if len(arguments) == 7 else f"{arguments[0]} → {arguments[7]}"
    modes = arguments[3], arguments[6]
    changed = modes[0] != modes[1] and "." not in modes  # a file that is not there has the mode "."
    return GitDiff(name, arguments[1], arguments[4], " → ".join(modes) if changed else "")


def version(path: str) -> System | None:
    """The system in a file that git made; one without anything for no file or an empty one, None for no system."""
    try:
        if path == NOTHING or not Path(path).stat().st_size:
            return System()
        return load(path)
    except (CotsmithError, OSError):
        return None


def text_diff(what: GitDiff) -> Iterator[Line]:
    """The difference line by line, as git would show it, for files that are no systems."""
    old, new = (_lines(path) for path in (what.old, what.new))
    for number, line in enumerate(difflib.unified_diff(old, new, f"a/{what.name}", f"b/{what.name}", lineterm="")):
        yield (Span(line, "head" if number < _HEAD else _STYLES.get(line[:1], "")),)


def without_edits(what: GitDiff) -> Iterator[Line]:
    """What there is to say where two systems are the same: another layout, other permissions, or only another name."""
    if what.mode:
        yield (Span(f"  mode {what.mode}", "dim"),)
    if _bytes(what.old) != _bytes(what.new):
        yield (Span("  only the layout", "dim"),)


def merge_as_text(ours: str, base: str, theirs: str) -> bool:
    """Let git merge three files as text, into ``ours``, with its marks in conflicts; returns whether there were none.

    Raises:
        UsageError: git cannot.
    """
    try:
        done = subprocess.run(["git", "merge-file", "--", ours, base, theirs], capture_output=True, check=False)
    except OSError as error:
        raise UsageError("git is not there to merge the files as text", where=plain(ours)) from error
    if done.returncode < 0 or done.returncode > 127:
        raise UsageError(f"git cannot merge: {plain(done.stderr.decode(errors='replace').strip())}", where=plain(ours))
    return done.returncode == 0


def _bytes(path: str) -> bytes:
    try:
        return b"" if path == NOTHING else Path(path).read_bytes()
    except OSError:
        return b""


def _lines(path: str) -> list[str]:
    return [] if path == NOTHING else Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
