"""Where a reply leaves things out: an ellipsis in place of entries, as code, as a text of its own or in a comment."""

from __future__ import annotations

import re

from ..systems.json_form import Json
from ..systems.text import plain

_DOTS = ("...", "…")
_MARK = re.compile(
    r"""(?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|“[^“”\n]*”)"""
    r"""|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))"""
    r"""|(?P<open>[{\[(])|(?P<close>[}\])])|(?P<dots>(?:\.\.\.|…)[ \t]*,?)""",
    re.DOTALL,
)
_LONGEST = 80


def without_ellipses(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` without the ellipses that stand as entries within braces, and a remark on each thing left out.

    Texts are left alone; so is a comment, but one with an ellipsis is remarked on. Line breaks stay.
    """
    kept: list[str] = []
    remarks: list[str] = []
    depth, at, copied = 0, text.find("{"), 0
    while at >= 0:
        mark = _MARK.search(text, at)
        if mark is None:
            break
        at = mark.end()
        if mark["open"]:
            depth += 1
        elif mark["close"]:
            depth -= 1
            if depth <= 0:  # prose again, whose apostrophes are no quotes
                depth, at = 0, text.find("{", mark.end())
        elif mark["dots"]:
            kept.append(text[copied : mark.start()])
            copied = mark.end()
            remarks.append(f"line {_line(text, mark)}: an ellipsis stands for something that was left out")
        elif mark["comment"] and any(dots in mark["comment"] for dots in _DOTS):
            shown = plain(" ".join(mark["comment"].split()))[:_LONGEST]
            remarks.append(f'line {_line(text, mark)}: a comment stands for something that was left out: "{shown}"')
    return "".join([*kept, text[copied:]]), tuple(remarks)


def without_dots(value: Json) -> tuple[Json, int]:
    """``value`` without the entries whose text, or whose key, is nothing but an ellipsis; and how many there were."""
    if isinstance(value, list):
        parts = [without_dots(entry) for entry in value if entry not in _DOTS]
        return [part for part, _ in parts], len(value) - len(parts) + sum(count for _, count in parts)
    if isinstance(value, dict):
        pairs = {key: without_dots(entry) for key, entry in value.items() if key not in _DOTS}
        count = len(value) - len(pairs) + sum(count for _, count in pairs.values())
        return {key: part for key, (part, _) in pairs.items()}, count
    return value, 0


def _line(text: str, mark: re.Match[str]) -> int:
    return text.count("\n", 0, mark.start()) + 1
