"""The file of a system: load, save, parse and render, for paths, ``gallery:NAME`` and standard input."""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError
from .atomic import write_atomically
from .canonical import render
from .document import Document, parse_document
from .model import System
from .problem import Problem, format_place, problems_error
from .sources import GALLERY, STDIN, gallery_names, read_text, source_name
from .text import plain

__all__ = [
    "Document",
    "Problem",
    "content_for",
    "format_place",
    "gallery_names",
    "load",
    "parse",
    "read",
    "render",
    "save",
]


def load(source: str | Path) -> System:
    """The system in a file, ``gallery:NAME`` or ``-`` (standard input).

    Raises:
        InputError: the source cannot be read as text.
        InvalidSystemError: it holds no valid system; the message lists every problem with line and column.
    """
    return read(source).system


def read(source: str | Path) -> Document:
    """The source as a document, which knows its problems; only a source that is no text raises ``InputError``."""
    return parse_document(read_text(source), source_name(source))


def parse(text: str, name: str = "<text>") -> System:
    """The system that ``text`` writes; ``name`` stands for the file in messages. Raises ``InvalidSystemError``."""
    return parse_document(text, name).system


def save(system: System, path: str | Path) -> None:
    """Write the canonical text to ``path``: atomically, synced to disk, all or nothing.

    Raises:
        UsageError: ``path`` is not a file (``gallery:NAME``, ``-``).
        InvalidSystemError: ``load`` would refuse the result (half a surrogate pair in a note).
        InputError: the file cannot be written.
    """
    write_atomically(path, content_for(system, path))


def content_for(system: System, path: str | Path) -> bytes:
    """The bytes that ``save`` would write to ``path``; raises its ``UsageError`` and ``InvalidSystemError``."""
    if str(path).startswith(GALLERY):
        hint = f"Make a copy of your own: cotsmith export {plain(str(path))} -o FILE"
        raise UsageError("the gallery is read-only", where=plain(str(path)), hint=hint)
    if str(path) == STDIN:
        raise UsageError("a system cannot be saved to -", hint="Name a file.")
    text = render(system)
    problems = parse_document(text, plain(str(path))).problems
    if problems:
        raise problems_error(plain(str(path)), problems)
    return text.encode()
