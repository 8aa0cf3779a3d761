"""Locked cells: what a person set is not an LLM's to undo. Derived from the history, and changed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path
from typing import TypeAlias

from ..errors import CotsmithError, InputError, UsageError
from ..systems.decisions import LockChange, change_locks, lock_changes
from ..systems.diff import diff
from ..systems.edit_json import edits_from_json
from ..systems.edits import AddAttribute, AddClass, Edit, MergeOptions, RenameAttribute, RenameClass, SetRule, apply
from ..systems.file import load, parse
from ..systems.history import AuthorKind, History, from_history
from ..systems.model import System
from ..systems.revisions import Revision
from ..systems.saving import record_outside_change
from ..systems.text import did_you_mean, plain

Cell: TypeAlias = tuple[str, str]
"""A class and an attribute."""

PEOPLE: tuple[AuthorKind, ...] = ("person", "hand")
"""The kinds of author whose rules are locked: by cotsmith, or by hand in an editor."""

EVERY = "*"


def locked_cells(path: str | Path | None, system: System) -> frozenset[Cell]:
    """The cells of ``system`` that a person set last, or locked, as the history of the file ``path`` tells.

    A rule that a person sets is locked, one that anybody else sets is not any more; names follow renames. What
    ``system`` has beyond the last revision (a session's edits, a change made in an editor) counts as a person's; of a
    file without a revision, what it has beyond the file.

    Raises:
        HistoryError: the history cannot be read.
    """
    nothing: tuple[frozenset[Cell], System | None] = frozenset(), None
    locked, before = from_history(path, _recorded, nothing)
    before = before or as_written(path)
    if before is not None and before != system:
        locked = after_edits(locked, diff(before, system), by_person=True, before=before)
    return frozenset((c, a) for c, a in locked if a in system.rules.get(c, {}))


def as_written(path: str | Path | None) -> System | None:
    """The system in the file as it is now; None where there is none that can be read."""
    try:
        return None if path is None else load(path)
    except InputError:
        return None


def _recorded(history: History) -> tuple[frozenset[Cell], System | None]:
    """What the revisions lock, and the system of the last one."""
    last = history.last()
    return _replayed(history), None if last is None else _system_of(history.content(last))


def _replayed(history: History) -> frozenset[Cell]:
    by_hand: dict[int, list[LockChange]] = {}
    for change in lock_changes(history):
        by_hand.setdefault(change.revision, []).append(change)
    locked: frozenset[Cell] = frozenset()
    for revision in history.revisions():
        edits = _edits(revision.edits)
        found = revision.kind == "hand" and any(isinstance(edit, MergeOptions) for edit in edits)
        before = _parent(history, revision) if found else None
        locked = after_edits(locked, edits, by_person=revision.kind in PEOPLE, before=before)
        for change in by_hand.get(revision.number, ()):
            cell = {(change.class_name, change.attribute)}
            locked = locked | cell if change.locked else locked - cell
    return locked


def after_edits(
    locked: frozenset[Cell], edits: Iterable[Edit], *, by_person: bool, before: System | None = None
) -> frozenset[Cell]:
    """``locked`` after ``edits``: cells that a person sets join, cells that others set leave, renames are followed.

    ``before`` is the system that the edits were found on, by comparing: a rule changed in an editor looks like two
    options merged when the old one went with it, and its cell joins as well.
    """
    cells = set(locked)
    for edit in edits:
        cells = {renamed(cell, edit) for cell in cells}
        if not by_person:
            cells -= set(_set_by(edit))
            continue
        cells |= set(_set_by(edit))
        if before is not None:
            cells |= set(_merged_by(edit, before))
            before = apply(before, [edit])
    return frozenset(cells)


def _merged_by(edit: Edit, before: System) -> list[Cell]:
    if not isinstance(edit, MergeOptions):
        return []
    return [(name, edit.attribute) for name, row in before.rules.items() if edit.option in row[edit.attribute]]


def _parent(history: History, revision: Revision) -> System | None:
    parent = next((one for one in history.revisions() if one.number == revision.parent), None)
    return None if parent is None else _system_of(history.content(parent))


def renamed(cell: Cell, edit: Edit) -> Cell:
    """What ``cell`` is called after ``edit``."""
    class_name, attribute = cell
    match edit:
        case RenameClass() if edit.class_name == class_name:
            return edit.new_name, attribute
        case RenameAttribute() if edit.attribute == attribute:
            return class_name, edit.new_name
        case _:
            return cell


def _set_by(edit: Edit) -> list[Cell]:
    """The cells whose rule ``edit`` says."""
    match edit:
        case SetRule():
            return [(edit.class_name, edit.attribute)]
        case AddClass():
            return [(edit.class_name, attribute) for attribute, rule in edit.rules.items() if rule]
        case AddAttribute():
            return [(class_name, edit.attribute.name) for class_name, rule in edit.rules.items() if rule]
        case _:
            return []


def touched(system: System, edits: Sequence[Edit], locked: Iterable[Cell]) -> tuple[Cell, ...]:
    """Those of ``locked`` whose rule would read otherwise after ``edits``, which apply to ``system``; sorted.

    A rule may change because it is set, because its option is reworded, merged or removed, or because its class or
    attribute goes. A cell that is only renamed keeps its rule.
    """
    after = apply(system, edits)
    found = []
    for class_name, attribute in locked:
        now_class, now_attribute = reduce(renamed, edits, (class_name, attribute))
        new = after.rules.get(now_class, {}).get(now_attribute)
        if new != system.rules.get(class_name, {}).get(attribute):
            found.append((class_name, attribute))
    return tuple(sorted(found))


def set_locks(path: str | Path, *, lock: Sequence[str] = (), unlock: Sequence[str] = ()) -> frozenset[Cell]:
    """Lock and unlock cells of the file ``path`` by hand: in its history, so that the file stays as it is.

    A cell is written ``CLASS/ATTRIBUTE``; ``*`` in the place of either means every one. Returns what is then locked.

    Raises:
        UsageError: no such class or attribute.
        HistoryError: the history cannot be written.
    """
    system = load(path)
    chosen = [(cells_named(text, system), True) for text in lock]
    chosen += [(cells_named(text, system), False) for text in unlock]
    record_outside_change(path)
    with History.open(path) as history:
        for cells, locked in chosen:
            change_locks(history, cells, locked=locked)
    return locked_cells(path, system)


def cells_named(text: str, system: System) -> list[Cell]:
    """The cells that ``CLASS/ATTRIBUTE`` means; names may hold a slash. Raises ``UsageError`` when there are none."""
    attributes = [a.name for a in system.attributes]
    for at in (index for index, char in enumerate(text) if char == "/"):
        class_name, attribute = text[:at], text[at + 1 :]
        if class_name in (EVERY, *system.rules) and attribute in (EVERY, *attributes):
            classes = system.classes if class_name == EVERY else (class_name,)
            names = attributes if attribute == EVERY else [attribute]
            return [(c, a) for c in classes for a in names]
    class_name, _, attribute = text.partition("/")
    wrong, known = (attribute, attributes) if class_name in (EVERY, *system.rules) else (class_name, system.classes)
    raise UsageError(
        f'"{plain(text)}" is not a cell{did_you_mean(wrong, known)}',
        hint=f"A cell is CLASS/ATTRIBUTE, {EVERY}/ATTRIBUTE or CLASS/{EVERY}.",
    )


def _edits(edits: Sequence[object] | None) -> tuple[Edit, ...]:
    if not edits:
        return ()
    try:
        return edits_from_json(list(edits))
    except CotsmithError:  # written by another version: what it locked cannot be known
        return ()


def _system_of(content: bytes) -> System | None:
    try:
        return parse(content.decode("utf-8-sig"))
    except (InputError, UnicodeDecodeError):
        return None
