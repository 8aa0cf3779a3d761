"""Text that came from outside: shown literally, compared kindly."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

# Bidirectional controls could reorder what a person reads; the joiners that emoji and Indic scripts need stay.
_INVISIBLE_BUT_HARMLESS = {"\u200c", "\u200d"}

_MOST_DIGITS = 4
"""Of a percentage; beyond that even what is not all is as good as all."""


def is_control(char: str) -> bool:
    """Whether a terminal might obey ``char`` instead of showing it (Unicode Cc, and Cf but for the joiners)."""
    category = unicodedata.category(char)
    return category in {"Cc", "Zl", "Zp", "Cs"} or (category == "Cf" and char not in _INVISIBLE_BUT_HARMLESS)


def plain(text: str) -> str:
    """``text`` with every control character written as a visible escape, so that no terminal obeys it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char.encode("unicode_escape").decode() if is_control(char) else char for char in text)


def plain_lines(text: str) -> str:
    """Like ``plain``, but the line breaks stay: for messages of several lines."""
    return "\n".join(plain(line) for line in text.split("\n"))


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 image``, ``2 images``; ``plural`` is for nouns that take no s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def percentage(share: float, digits: int = 0, *, fixed: bool = False) -> str:
    """A share in percent, without the sign: ``81``, or ``81.2`` with one digit.

    All and nothing are written only of what is all and nothing: 9,997 of 10,000 are ``99.97``, and 3 are ``0.03``; in
    a column of ``fixed`` width, where no digit can be added, ``99`` and ``1``.
    """
    shown = round(100 * share, digits)
    if 0 < share < 1 and not 0 < shown < 100:
        if not fixed and digits < _MOST_DIGITS:
            return percentage(share, digits + 1)
        least = 10.0**-digits
        shown = min(max(shown, least), 100 - least)
    return f"{shown:.{digits}f}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A closing phrase such as ``; did you mean "white"?``, or nothing when no known word is close."""
    candidates = list(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f'; did you mean "{plain(folded[close[0]])}"?' if close else ""
