"""Where text comes from: a path, a revision, ``gallery:NAME`` or standard input, decoded or refused with a reason."""

from __future__ import annotations

import difflib
import os
import stat
import sys
from importlib import resources
from pathlib import Path

from ..errors import InputError, UsageError
from .revision_spec import misspelt_revision, revision_bytes
from .text import did_you_mean, plain

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes; a thousand classes by fifty attributes take about two megabytes."""

GALLERY = "gallery:"
STDIN = "-"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstandard data"),
    (b"PK\x03\x04", "a ZIP archive (or an Excel workbook)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"\xff\xfe\x00\x00", "UTF-32 text"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
_NEXT = {
    **dict.fromkeys(("gzip data", "bzip2 data", "xz data", "zstandard data"), "Unpack it first."),
    "a ZIP archive (or an Excel workbook)": "Unpack it first, or save the workbook as CSV.",
}


def source_name(source: str | Path) -> str:
    """How messages call ``source``; safe to show."""
    return "<stdin>" if str(source) == STDIN else plain(str(source))


def read_text(source: str | Path) -> str:
    """The text of a file, of ``gallery:NAME`` or of ``-`` (standard input), without a byte order mark.

    A revision is read as well: ``pokemon.json@3``, ``pokemon.json@a1b2c3``, ``pokemon.json@~1``, git's ``REV:path``.

    Raises:
        InputError: missing, a folder, not readable, larger than ``SIZE_LIMIT``, empty, or not UTF-8 text.
    """
    name = source_name(source)
    return decode(read_bytes(source), name)


def read_bytes(source: str | Path) -> bytes:
    """The raw bytes of a source, at most ``SIZE_LIMIT`` of them; raises ``InputError`` like ``read_text``.

    Raises:
        UsageError: ``source`` is no path at all, such as None.
    """
    given: object = source  # a caller without a type checker may give anything
    if not isinstance(given, str | os.PathLike):
        kind = plain(type(given).__name__)
        raise UsageError(f"a file is named by its path, not by {kind}", hint='Such as "cards.json" or gallery:demo.')
    text, name = str(source), source_name(source)
    try:
        if text == STDIN:
            if sys.stdin is None:
                raise InputError("there is no standard input", where=name)
            content = sys.stdin.buffer.read(SIZE_LIMIT + 1)
        elif text.startswith(GALLERY):
            content = _gallery_bytes(text.removeprefix(GALLERY))
        else:
            revision = revision_bytes(text)
            content = _file_bytes(Path(source), name) if revision is None else revision
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        raise InputError(f"cannot be read: {reason(error)}", where=name) from error
    if len(content) > SIZE_LIMIT:
        raise InputError(f"larger than {SIZE_LIMIT // 2**20} MiB", where=name, hint="This cannot be a system file.")
    return content


def gallery_names() -> list[str]:
    """The systems that ship with cotsmith, sorted."""
    entries = resources.files(f"{__package__}.gallery").iterdir()
    return sorted(entry.name.removesuffix(".json") for entry in entries if entry.name.endswith(".json"))


def reason(error: Exception) -> str:
    """What an ``OSError`` says, without its number and path."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def _gallery_bytes(name: str) -> bytes:
    names = gallery_names()
    if name not in names:
        raise InputError(
            f'the gallery has no "{plain(name)}"{did_you_mean(name, names)}',
            hint=f"It has: {', '.join(GALLERY + known for known in names)}.",
        )
    return resources.files(f"{__package__}.gallery").joinpath(f"{name}.json").read_bytes()


def _file_bytes(path: Path, name: str) -> bytes:
    try:
        if stat.S_ISDIR(os.stat(path).st_mode):
            raise InputError("is a folder, not a file", where=name)
        with path.open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise misspelt_revision(str(path)) or InputError(
            "there is no such file", where=name, hint=_missing(path)
        ) from error


def _missing(path: Path) -> str:
    """What to do about a file that is not there."""
    from .history_store import history_path  # SQLite only where it matters

    if history_path(path).exists():
        return f"Its history is there; bring it back: cotsmith restore {plain(str(path))}@~0"
    try:
        names = os.listdir(path.parent)
    except OSError:
        return f"The folder {plain(str(path.parent))} is not there either."
    # Without the ending, in which all systems are alike; who types none means a system.
    ending = path.suffix or ".json"
    stems = [Path(name).stem for name in names if Path(name).suffix == ending]
    close = difflib.get_close_matches(path.stem, stems, n=1)
    if close:
        return f"Did you mean {plain(str(path.with_name(close[0] + ending)))}?"
    return f"Examples that ship with cotsmith: {', '.join(GALLERY + known for known in gallery_names())}."


def decode(content: bytes, name: str) -> str:
    """The text in ``content``; raises ``InputError`` where that is no text, with ``name`` for the place."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            hint = _NEXT.get(kind, "A system is a UTF-8 text file.")
            raise InputError(f"this is {kind}, not UTF-8 text", where=name, hint=hint)
    if not content.strip():
        raise InputError(
            "the file is empty", where=name, hint="Is it the right file? A new system begins with `cotsmith new`."
        )
    if b"\0" in content:
        raise InputError("this is binary data, not text", where=name, hint="A system is a UTF-8 text file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"0x{content[error.start]:02x}"
        hint = "Save it again as UTF-8."
        raise InputError(f"not UTF-8 text: byte {byte} in line {line}", where=name, hint=hint) from error
