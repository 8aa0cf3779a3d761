"""Lines for people, made of pieces that have a style: laid out in columns, wrapped, with or without colour."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import click

from .text import plain

Style: TypeAlias = Literal["", "head", "old", "new", "gone", "come", "dim", "note"]
"""``old`` and ``new`` values, words that are ``gone`` or have ``come``, headings, and what stands back."""

_COLORS: dict[str, dict[str, Any]] = {
    "head": {"bold": True},
    "old": {"fg": "red"},
    "new": {"fg": "green"},
    "gone": {"fg": "red", "strikethrough": True},
    "come": {"fg": "green", "bold": True},
    "dim": {"dim": True},
    "note": {"fg": "yellow"},
}
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text and its style. The text may come from outside: it is made safe when it is shown."""

    text: str
    style: Style = ""


Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, which stand in columns with those of the rows around, and the rest of the line, which may be wrapped."""

    cells: tuple[Span, ...]
    rest: Line


def width_of(text: str) -> int:
    """How many columns of a terminal ``text`` takes: two for wide letters, none for accents of their own."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    empty = sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)
    return len(text) + wide - empty


def line_text(line: Iterable[Span], *, color: bool = False) -> str:
    """A line as it is printed, without white space at the end."""
    spans = [(plain(span.text), span.style) for span in line]
    while spans and not spans[-1][0].strip():
        spans.pop()
    if not color:
        return "".join(text for text, _ in spans).rstrip()
    return "".join(click.style(text, **_COLORS[style]) if style else text for text, style in spans)


def table(rows: Sequence[Row], *, indent: int, width: int | None, widest: int = 28) -> Iterator[Line]:
    """The rows with their cells in columns; what is longer than ``width`` columns is wrapped below its beginning.

    A cell of more than ``widest`` columns pushes the rest of its row to the right instead of that of all rows.
    """
    widths = [0] * max((len(row.cells) for row in rows), default=0)
    for row in rows:
        for column, cell in enumerate(row.cells):
            length = width_of(plain(cell.text))
            widths[column] = max(widths[column], length if length <= widest else 0)
    start = indent + sum(wide + 2 for wide in widths)
    for row in rows:
        head = [Span(" " * indent)]
        for cell, wide in zip(row.cells, widths, strict=False):
            head += [cell, Span(" " * max(2, wide + 2 - width_of(plain(cell.text))))]
        yield from _wrapped(tuple(head), row.rest, start, width)


def _wrapped(head: Line, rest: Line, start: int, width: int | None) -> Iterator[Line]:
    if width is None or _length(head) + _length(rest) <= width:
        yield (*head, *rest)
        return
    if _length(head) > start or start > width // 2:
        yield head
        start = 6
        head = (Span(" " * start),)
    for part in wrap(rest, width - start):
        yield (*head, *part)
        head = (Span(" " * start),)


def wrap(line: Line, width: int) -> Iterator[Line]:
    """``line`` in pieces of at most ``width`` columns, broken between words; a longer word is cut."""
    width = max(width, _NARROWEST)
    part: list[Span] = []
    used = 0
    for word in _words(line):
        length = width_of(word.text)
        if used + length > width and word.text.strip():
            if used:
                yield tuple(part)
            part, used = [], 0
            while length > width:
                cut = _fitting(word.text, width)
                yield (Span(word.text[:cut], word.style),)
                word = Span(word.text[cut:], word.style)
                length = width_of(word.text)
        if used or word.text.strip():
            part.append(word)
            used += length
    if part:
        yield tuple(part)


def _words(line: Line) -> Iterator[Span]:
    for span in line:
        for text in re.findall(r"\s+|\S+", plain(span.text)):
            yield Span(text, span.style)


def _fitting(text: str, width: int) -> int:
    """How many characters of ``text`` fit into ``width`` columns."""
    used = 0
    for index, char in enumerate(text):
        used += width_of(char)
        if used > width:
            return index
    return len(text)


def _length(line: Line) -> int:
    return sum(width_of(plain(span.text)) for span in line)
