"""Markdown for people: tables and lines in which text from outside stands literally."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .text import plain

# What means something in the middle of a line. An underscore within a word, as in dominant_color, means nothing.
_SPECIAL = re.compile(r"[\\`*\[\]<|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w]+;)|!(?=\[)")
# What forges make a mention of somebody, or a link to an issue, and so tell people who have nothing to do with it.
_REFERENCE = re.compile(r"(?<![^\W_])@(?=\w)|#(?=\d)|(?i:\bgh-)(?=\d)")
# A backslash does not prevent that; a comment behind the sign does, and shows nothing.
_APART = "<!-- -->"
# What means something at the beginning of a line.
_LEADING = re.compile(r"^(\s*)([#+=:>-]|\d+(?=[.)]))")


def escape(text: str) -> str:
    """``text`` in one line, so that Markdown shows it as it is: no markup, nobody mentioned, no issue linked."""
    shown = _SPECIAL.sub(lambda match: "\\" + match[0], plain(text))
    shown = _LEADING.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", shown)
    return _REFERENCE.sub(lambda match: match[0] + _APART, shown)


def paragraph(text: str) -> str:
    """``text``, which may have several lines, as a paragraph with the same lines."""
    return "\\\n".join(escape(line.strip()) for line in text.splitlines() if line.strip())


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are already Markdown, such as ``escape`` gives."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
