"""Changes as Markdown for a pull request: a table for each attribute and one for the classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .changes import Change, Changes
from .markdown import escape, table
from .word_diff import alike, word_diff


def changes_markdown(changes: Sequence[Changes]) -> str:
    """The changes as Markdown without a heading: words taken out are struck, words put in are bold."""
    blocks = []
    for group in changes:
        if group.kind != "class":
            blocks.append(_title(group))
            if group.lines:
                rows = [(escape(change.what), *_before_and_after(change)) for change in group.lines]
                blocks.append(table(("", "before", "after"), rows))
    classes = [group for group in changes if group.kind == "class"]
    if classes:
        blocks.append("**classes**")
        cells = [row for group in classes for row in _class_rows(group)]
        blocks.append(table(("class", "", "before", "after"), cells))
    return "\n\n".join(blocks)


def _title(group: Changes) -> str:
    if group.kind == "system":
        return "**system**"
    state = "" if group.state == "changed" else f" {group.state}"
    remark = f" ({escape(group.remark)})" if group.remark else ""
    return f"**{group.kind} {_name(group)}**{state}{remark}"


def _name(group: Changes) -> str:
    return escape(group.name) if group.name == group.old_name else f"{escape(group.old_name)} → {escape(group.name)}"


def _class_rows(group: Changes) -> Iterable[tuple[str, str, str, str]]:
    name = _name(group)
    if group.state != "changed":
        name += f" ({group.state})"
    if not group.lines:
        yield name, "", escape(group.remark), ""
    for change in group.lines:
        yield name, escape(change.what), *_before_and_after(change)
        name = ""


def _before_and_after(change: Change) -> tuple[str, str]:
    old, new = change.old, change.new
    remark = f" ({escape(change.remark)})" if change.remark else ""
    if old is None or new is None:
        return (f"{_cell(old)}{remark}", "") if new is None else ("", f"{_cell(new)}{remark}")
    if old == new:
        return _cell(old), f"{_cell(new)}{remark}"
    pieces = word_diff(old, new) if change.wording else ()
    if not pieces or not alike(pieces):
        return _cell(old), f"{_cell(new)}{remark}"
    before = "".join(_emphasised(p.text, "~~" if p.mark == "old" else "") for p in pieces if p.mark != "new")
    after = "".join(_emphasised(p.text, "**" if p.mark == "new" else "") for p in pieces if p.mark != "old")
    return before, after + remark


def _cell(text: str | None) -> str:
    return escape(text or "")


def _emphasised(text: str, mark: str) -> str:
    # Spaces must stand outside: Markdown takes `** word**` literally.
    inner = text.strip()
    if not inner or not mark:
        return escape(text)
    start = text.index(inner)
    return f"{text[:start]}{mark}{escape(inner)}{mark}{text[start + len(inner) :]}"
