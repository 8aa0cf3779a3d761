"""Changes as lines for people: old and new side by side, in columns, with colour or with marks in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .changes import Change, Changes
from .spans import Line, Row, Span, Style, table
from .text import counted
from .word_diff import alike, word_diff


def heading(title: str, edits: int) -> list[Line]:
    """The line above the changes: what is compared, and how many edits there are."""
    return [(Span(title, "head"), *_remark(counted(edits, "edit"))), ()]


def changes_text(changes: Sequence[Changes], *, color: bool = False, width: int | None = None) -> list[Line]:
    """The changes, line by line: the system, each attribute, then the classes in one table.

    Without ``color`` the words that were taken out or put in stand in ``[-...-]`` and ``{+...+}``. Lines longer than
    ``width`` columns are wrapped and indented; None leaves them long, one for each change.
    """
    lines: list[Line] = []
    for group in (group for group in changes if group.kind != "class"):
        rows = [Row((Span(change.what),), _content(change, group, color)) for change in group.lines]
        lines += [*_gap(lines), _title(group), *table(rows, indent=2, width=width)]
    rows = [row for group in changes if group.kind == "class" for row in _class_rows(group, color)]
    if rows:
        lines += [*_gap(lines), (Span("classes", "head"),), *table(rows, indent=2, width=width)]
    return lines


def _title(group: Changes) -> Line:
    if group.kind == "system":
        return (Span("system", "head"),)
    return (*_sign(group), Span(f"{group.kind} ", "head"), *_name(group), *_remark(group.remark))


def _sign(group: Changes) -> Line:
    return {"added": (Span("+ ", "new"),), "removed": (Span("- ", "old"),), "changed": ()}[group.state]


def _name(group: Changes) -> Line:
    if group.old_name != group.name:
        return (Span(group.old_name, "old"), Span(" → "), Span(group.name, "new"))
    styles: dict[str, Style] = {"added": "new", "removed": "old", "changed": "head"}
    return (Span(group.name, styles[group.state]),)


def _class_rows(group: Changes, color: bool) -> Iterator[Row]:
    """A class's rows; its name stands in the first only."""
    name = (*_sign(group), *_name(group))
    first = Span("".join(span.text for span in name), name[-1].style)
    if group.old_name != group.name or not group.lines:
        yield Row((), (*name, *_remark(group.remark)))
        first = Span("")
    for change in group.lines:
        yield Row((first, Span(change.what)), _content(change, group, color))
        first = Span("")


def _content(change: Change, group: Changes, color: bool) -> Line:
    old, new, remark = change.old, change.new, _remark(change.remark)
    if old is None or new is None:
        sign = "" if group.state == "added" else "- " if new is None else "+ "
        return (Span(sign + (old or ""), "old") if new is None else Span(sign + new, "new"), *remark)
    if old == new:
        return (Span(old), *remark)
    if change.wording:
        pieces = word_diff(old, new)
        if alike(pieces):
            return (*(_word(piece.text, piece.mark, color) for piece in pieces), *remark)
    return (Span(old, "old"), Span(" → "), Span(new, "new"), *remark)


def _word(text: str, mark: str, color: bool) -> Span:
    if mark == "same":
        return Span(text)
    if color:
        return Span(text, "gone" if mark == "old" else "come")
    return Span(f"[-{text}-]" if mark == "old" else f"{{+{text}+}}")


def _remark(text: str) -> Line:
    return (Span(f"  ({text})", "dim"),) if text else ()


def _gap(lines: list[Line]) -> list[Line]:
    return [()] if lines else []
