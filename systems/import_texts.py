"""What the importers share: kindly cleaned texts, prompts for attributes that come without one, faults gathered."""

from __future__ import annotations

import re

from ..errors import InvalidSystemError
from .model import SLOT, text_problem
from .positions import Path
from .problem import LISTED, format_place

_NAMED_SLOT = re.compile(r"\{[A-Za-z_][A-Za-z0-9_ ]*\}")
_BREAKS = re.compile(r"[ ]*[\t-\r\x85\u2028\u2029][\s]*")


class Faults:
    """Faults of one source, gathered so that a person sees all of them at once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[tuple[str, str]] = []

    def add(self, path: Path, message: str) -> None:
        """Note that ``message`` is wrong at ``path``."""
        self._found.append((format_place(path), message))

    def refuse(self, hint: str = "") -> None:
        """Raise ``InvalidSystemError`` when there are faults; it lists the first ``LISTED`` and counts the rest."""
        if not self._found:
            return
        if len(self._found) == 1:
            place, message = self._found[0]
            raise InvalidSystemError(message, where=": ".join(filter(None, (self._source, place))), hint=hint)
        listed = [": ".join(filter(None, fault)) for fault in self._found[:LISTED]]
        lines = [f"{len(self._found)} problems", *listed]
        if len(self._found) > LISTED:
            lines.append(f"... and {len(self._found) - LISTED} more")
        raise InvalidSystemError("\n".join(lines), where=self._source, hint=hint)


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
