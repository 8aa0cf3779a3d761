"""Which words of a text were taken out and which put in."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

Mark: TypeAlias = Literal["same", "old", "new"]

# Scripts that put no space between words are compared letter by letter.
_LETTER = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_LETTER}]|[^\W{_LETTER}]+|\s+|.", re.DOTALL)
_ALIKE = 0.4
_FEW_WORDS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the old text, of the new one, or of both."""

    mark: Mark
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of both texts, in order; what was taken out stands before what was put in for it.

    Those marked ``same`` and ``old`` together are ``old``, those marked ``same`` and ``new`` are ``new``. Spaces and
    stops between two changes belong to the change: "a big red" and "a small blue" differ in one place, not in two.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    spans: list[tuple[bool, str, str]] = []
    for index, (tag, i1, i2, j1, j2) in enumerate(steps):
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        between = 0 < index < len(steps) - 1
        changed = tag != "equal" or (between and not any(char.isalnum() or char in "{}" for char in gone))
        spans.append((changed, gone, come))
    pieces: list[Piece] = []
    for changed, run in groupby(spans, key=lambda span: span[0]):
        parts = list(run)
        gone, come = "".join(part[1] for part in parts), "".join(part[2] for part in parts)
        pieces += [Piece("old", gone), Piece("new", come)] if changed else [Piece("same", gone)]
    return tuple(piece for piece in pieces if piece.text)


def alike(pieces: tuple[Piece, ...]) -> bool:
    """Whether the two texts are better read as one with changes in it than side by side: long, and much the same."""
    words = sum(any(map(str.isalnum, token)) for piece in pieces for token in _TOKEN.findall(piece.text))
    same = sum(len(piece.text.strip()) for piece in pieces if piece.mark == "same")
    longer = max(sum(len(p.text) for p in pieces if p.mark in ("same", mark)) for mark in ("old", "new"))
    return words > _FEW_WORDS and same >= _ALIKE * longer
