"""Mends broken JSON, but only where the mended value holds exactly the texts that were written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from .json_form import Json
from .python_literal import Broken, Literal

REPAIR_LIMIT = 2 * 1024 * 1024
"""Characters of broken JSON that are handed to the repairer, which is slow."""

_TEXT = re.compile(r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|“([^“”\n]*)”')
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def repaired(broken: Iterable[Broken]) -> list[Literal]:
    """The values of the pieces that can be mended without a guess.

    A missing comma or quote-less key is mended; a quote within a text, or a text in single quotes, is not, for
    there the repairer moves the ends of texts. What was cut off is left alone: it could only be made up.
    """
    from json_repair import repair_json

    literals = []
    for piece in broken:
        if not piece.text or len(piece.text) > REPAIR_LIMIT:
            continue
        try:
            value = repair_json(piece.text, return_objects=True, skip_json_loads=True)
        except (ValueError, RecursionError):
            continue
        if _same_texts(piece.text, value):
            literals.append(Literal(piece.name, value, piece.line))
    return literals


def _same_texts(source: str, value: Json) -> bool:
    written: set[str] = set()
    for quoted, curly in _TEXT.findall(source):
        try:
            written.add(curly or json.loads(f'"{quoted}"'))
        except ValueError:
            return False
    words = set(_WORD.findall(_TEXT.sub(" ", source)))
    read = set(_texts(value))
    return written <= read <= written | words


def _texts(value: Json) -> Iterator[str]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            waiting += [*node, *node.values()]
        elif isinstance(node, list):
            waiting += node
