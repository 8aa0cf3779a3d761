"""JSON text laid out for people and for git diffs: one member a line where that helps, one line where that does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from .text import is_control

_NOT_ASCII = re.compile(r"[^ -~]")


def object_text(members: Iterable[str], depth: int) -> str:
    """An object whose ``members`` (``"key": value``, already JSON) take a line each; ``depth`` is its own indent."""
    return _lines("{", list(members), "}", depth)


def list_text(items: Sequence[str], depth: int) -> str:
    """A list whose ``items`` (already JSON) take a line each."""
    return _lines("[", items, "]", depth)


def member(key: str, text: str) -> str:
    """``"key": text``, where ``text`` is already JSON."""
    return f"{json_text(key)}: {text}"


def json_text(value: object) -> str:
    """``value`` as JSON in one line: whole numbers without a point, control characters as escapes."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return _NOT_ASCII.sub(_escape, json.dumps(value, ensure_ascii=False))


def _lines(opening: str, items: Sequence[str], closing: str, depth: int) -> str:
    if not items:
        return opening + closing
    inner = "  " * (depth + 1)
    return opening + "\n" + ",\n".join(inner + item for item in items) + "\n" + "  " * depth + closing


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    # A lone surrogate stays as it is: it has no place in a UTF-8 file, and `save` refuses it.
    return json.dumps(char)[1:-1] if is_control(char) and not "\ud800" <= char <= "\udfff" else char
