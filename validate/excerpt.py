"""The line of a file that a finding points at, with carets under the place."""

from __future__ import annotations

import re
import unicodedata

from ..systems.text import plain

WIDTH = 96
"""Terminal cells that an excerpt may take; a class with fifty attributes stands on one long line."""

_BEFORE = 24
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,:\[\]{}"]+|.', re.DOTALL)


def excerpt(text: str, line: int, column: int) -> tuple[str, str]:
    """``(source, carets)``: line number ``line`` of ``text``, safe to show, and carets under what begins at ``column``.

    A long line is cut at both sides of the place. ``("", "")`` where there is no such line.
    """
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return "", ""
    source = lines[line - 1].replace("\t", " ").rstrip("\r")
    at = min(column - 1, len(source))
    match = _TOKEN.match(source, at)
    before, marked = source[:at], match[0] if match else ""
    after = source[at + len(marked) :]
    cut = len(before) > _BEFORE and cells(plain(source)) > WIDTH
    shown_before = "…" + plain(before[-_BEFORE:]) if cut else plain(before)
    shown = shown_before + plain(marked) + plain(after)
    carets = " " * cells(shown_before) + "^" * max(1, min(cells(plain(marked)), WIDTH - cells(shown_before)))
    return _clip(shown), carets


def cells(text: str) -> int:
    """How many columns of a terminal ``text`` takes: two for wide East Asian characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _clip(text: str) -> str:
    if cells(text) <= WIDTH:
        return text
    kept, used = [], 1
    for char in text:
        used += cells(char)
        if used > WIDTH:
            break
        kept.append(char)
    return "".join(kept) + "…"
