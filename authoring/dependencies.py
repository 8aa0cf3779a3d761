"""Which proposals must be taken before another: those that bring the option or the attribute that it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ..systems.edits import (
    AddAttribute,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    MoveOption,
    RemoveAttribute,
    RemoveOption,
    RenameAttribute,
    RewordOption,
    SetNote,
    SetPrompts,
    SetRule,
    SetWeight,
)
from ..systems.model import System
from .proposal import Proposal

Thing: TypeAlias = tuple[str, str | None]
"""An attribute, or with a text one of its options."""


def needed(system: System, edits: Sequence[Edit]) -> tuple[tuple[int, ...], ...]:
    """For each of ``edits`` the indexes of the others that bring what it names and ``system`` does not have.

    Of several that bring the same the first one counts. What nobody brings is left to ``apply`` to refuse.
    """
    present: set[Thing] = {(a.name, None) for a in system.attributes}
    present |= {(a.name, option) for a in system.attributes for option in a.options}
    bringers: dict[Thing, int] = {}
    for index, edit in enumerate(edits):
        for thing in _brought(edit):
            bringers.setdefault(thing, index)
    found = []
    for index, edit in enumerate(edits):
        wanted = {bringers[thing] for thing in _named(edit) if thing not in present and thing in bringers}
        found.append(tuple(sorted(wanted - {index})))
    return tuple(found)


def steps_to(index: int, items: Sequence[Proposal]) -> tuple[int, ...]:
    """The indexes of what ``index`` requires, directly or not, each after what it requires itself; ``index`` is last.

    Proposals that require one another in a circle are listed once each; such a list does not apply.
    """
    order: list[int] = []
    _visit(index, items, order, {index})
    return tuple(order)


def _visit(index: int, items: Sequence[Proposal], order: list[int], seen: set[int]) -> None:
    for required in items[index].requires:
        if required not in seen:
            seen.add(required)
            _visit(required, items, order, seen)
    order.append(index)


def _brought(edit: Edit) -> Iterable[Thing]:
    """What is there after ``edit`` that need not have been before."""
    match edit:
        case AddAttribute():
            name = edit.attribute.name
            return [(name, None), *((name, option) for option in edit.attribute.options)]
        case RenameAttribute():
            return [(edit.new_name, None)]
        case AddOption():
            return [(edit.attribute, edit.option)]
        case RewordOption():
            return [(edit.attribute, edit.text)]
        case _:
            return []


def _named(edit: Edit) -> Iterable[Thing]:
    """What must be there before ``edit``."""
    match edit:
        case SetRule():
            return [(edit.attribute, None), *((edit.attribute, option) for option in edit.rule)]
        case RemoveOption() | RewordOption() | MoveOption():
            return [(edit.attribute, None), (edit.attribute, edit.option)]
        case MergeOptions():
            return [(edit.attribute, None), (edit.attribute, edit.option), (edit.attribute, edit.into)]
        case AddOption() | SetPrompts() | SetWeight() | RemoveAttribute() | RenameAttribute() | MoveAttribute():
            return [(edit.attribute, None)]
        case SetNote():
            return [] if edit.attribute is None else [(edit.attribute, None)]
        case _:
            return []
