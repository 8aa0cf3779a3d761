"""What the importers share: kindly cleaned texts, prompts for attributes that come without one, faults gathered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from ..errors import InvalidSystemError
from .model import SLOT, text_problem
from .positions import Path
from .problem import LISTED, format_place

_NAMED_SLOT = re.compile(r"\{[A-Za-z_][A-Za-z0-9_ ]*\}")
_BREAKS = re.compile(r"[ ]*[\t-\r\x85\u2028\u2029][\s]*")


FaultPlace: TypeAlias = Callable[[Path, bool], tuple[int, int] | None]
"""The line and column of what a fault's path leads to, or of its key; ``None`` where that is not known."""


def nowhere(path: Path, key: bool) -> None:
    """For texts in which nothing can be pointed at."""


class Faults:
    """Faults of one source, gathered so that a person sees all of them at once."""

    def __init__(self, source: str, place: FaultPlace = nowhere) -> None:
        self._source = source
        self._place = place
        self._found: list[tuple[Path, bool, str]] = []
        self._hints: dict[str, None] = {}

    def add(self, path: Path, message: str, hint: str = "", *, on_key: bool = False) -> None:
        """Note that ``message`` is wrong at ``path`` (or with its key), and what to do about it."""
        self._found.append((path, on_key, message))
        if hint:
            self._hints[hint] = None

    def refuse(self) -> None:
        """Raise ``InvalidSystemError`` when there are faults; it lists the first ``LISTED`` and counts the rest."""
        if not self._found:
            return
        hint = "\n".join(self._hints)
        if len(self._found) == 1:
            path, on_key, message = self._found[0]
            raise InvalidSystemError(message, where=self._where(path, on_key), hint=hint)
        listed = [f"{self._where(path, on_key)}: {message}" for path, on_key, message in self._found[:LISTED]]
        lines = [f"{len(self._found)} problems", *listed]
        if len(self._found) > LISTED:
            lines.append(f"... and {len(self._found) - LISTED} more")
        raise InvalidSystemError("\n".join(lines), where=self._source, hint=hint)

    def _where(self, path: Path, on_key: bool) -> str:
        position = self._place(path, on_key)
        source = self._source if position is None else f"{self._source}:{position[0]}:{position[1]}"
        return ": ".join(filter(None, (source, format_place(path))))


def clean(text: str) -> str:
    """``text`` without white space around it, and with one blank for line breaks and tabs within it."""
    return _BREAKS.sub(" ", text.strip())


def words(name: str) -> str:
    """An attribute's name as words that a prompt can hold: no underscores, no braces."""
    return clean(re.sub(r"[_{}]+", " ", name))


def made_up_prompt(attribute: str) -> str:
    """A template for an attribute that came without one; to be edited."""
    return f"A photo of something whose {words(attribute)} is {SLOT}."


def slotted(prompt: str) -> str:
    """``prompt`` with its one named slot, such as ``{color}``, written as ``{}``; unchanged when that is unclear."""
    if prompt.count("{") == prompt.count("}") == 1:
        return _NAMED_SLOT.sub(SLOT, prompt)
    return prompt


def name_from(source: str) -> str:
    """A name for the system that is read from ``source``: a file's name without its ending, else ``untitled``."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", re.split(r"[/\\]", source)[-1])
    return stem if not text_problem(stem) and not stem.startswith("<") else "untitled"
