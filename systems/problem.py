"""A fault of a system file: what, where as a person would name it, and at which line and column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import InvalidSystemError
from .positions import Path
from .text import did_you_mean, plain

LISTED = 20
"""How many problems one error message lists before it only counts."""

SUGGESTIONS = 40
"""How many unknown names get a suggestion: comparing texts is slow, and nobody reads more."""

LONG = 200
"""How many characters of a text from outside a message shows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One structural fault.

    ``kind`` is a stable slug (``not-json``, ``duplicate-key``, ``schema``, ``bad-text``, ``bad-prompt``,
    ``duplicate``, ``bad-number``, ``unknown-option``, ``unknown-attribute``, ``unknown-class``, ``missing-rule``);
    ``path`` leads to the value, ``on_key`` says that its key is meant; ``line`` and ``column`` count from 1.
    """

    kind: str
    path: Path
    message: str
    hint: str = ""
    line: int = 1
    column: int = 1
    on_key: bool = False

    @property
    def place(self) -> str:
        """The place as a person would name it."""
        return format_place(self.path)


def format_place(path: Path) -> str:
    """A path as a person would name it: ``rules › Absol › dominant_color``; list entries count from ``#1``."""
    return " › ".join(f"#{part + 1}" if isinstance(part, int) else plain(part[:LONG]) for part in path)


def quote(text: str) -> str:
    """A text from outside between quotes, in one line, shortened when it is very long."""
    return f'"{plain(text)}"' if len(text) <= LONG else f'"{plain(text[:LONG])}…"'


def suggest(word: str, known: Iterable[str]) -> str:
    """``did_you_mean``, but nothing for a very long word, for which the comparison would take for ever."""
    return did_you_mean(word, known) if len(word) <= LONG else ""


def quoted(texts: Sequence[str], limit: int = 8) -> str:
    """Texts from outside as a list to read: ``"white", "gray" and 3 more``."""
    shown = ", ".join(map(quote, texts[:limit]))
    return f"{shown} and {len(texts) - limit} more" if len(texts) > limit else shown


def problems_error(name: str, problems: Sequence[Problem]) -> InvalidSystemError:
    """The error that tells of all ``problems`` of the file called ``name``; at least one."""
    if len(problems) == 1:
        problem = problems[0]
        position = f"{name}:{problem.line}:{problem.column}"
        where = f"{position}: {problem.place}" if problem.path else position
        return InvalidSystemError(problem.message, where=where, hint=problem.hint)
    lines = [f"{len(problems)} problems"]
    for problem in problems[:LISTED]:
        place = f"{problem.place}: " if problem.path else ""
        lines.append(f"{name}:{problem.line}:{problem.column}: {place}{problem.message}")
    if len(problems) > LISTED:
        lines.append(f"... and {len(problems) - LISTED} more")
    return InvalidSystemError("\n".join(lines), where=name)


class Suggestions:
    """Closing phrases for unknown names, remembered: many cells may hold the same wrong one."""

    def __init__(self) -> None:
        self._phrases: dict[tuple[str, str], str] = {}

    def of(self, word: str, scope: str, known: Iterable[str]) -> str:
        """A phrase such as ``; did you mean "white"?``, or nothing: none is close, or too many were asked for.

        ``scope`` stands for the ``known`` names: an attribute's name for its options, ``rules`` for the classes.
        """
        key = (scope, word)
        if key not in self._phrases and len(self._phrases) < SUGGESTIONS:
            self._phrases[key] = suggest(word, known)
        return self._phrases.get(key, "")
