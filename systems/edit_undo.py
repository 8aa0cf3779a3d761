"""What undoes each kind of edit, read off the system it is made for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .edit_kinds import (
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    MoveClass,
    MoveOption,
    RemoveAllowance,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetClassPrompts,
    SetDescription,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetTemperature,
    SetWeight,
)
from .lookup import allowance_index, attribute_index, find_attribute, find_row, option_index
from .model import Allowance, System


def undo_of_system(
    system: System,
    edit: SetName | SetDescription | SetClassPrompts | SetTemperature | AddAllowance | RemoveAllowance,
) -> tuple[Edit, ...]:
    """What undoes an edit of the system's own fields."""
    match edit:
        case SetName():
            return (SetName(system.name),)
        case SetDescription():
            return (SetDescription(system.description),)
        case SetClassPrompts():
            return (SetClassPrompts(system.class_prompts),)
        case SetTemperature():
            return (SetTemperature(system.temperature),)
        case AddAllowance():
            return _undo_allowance(system.allow, edit)
        case RemoveAllowance():
            index = allowance_index(system, edit.allowance)
            return (AddAllowance(edit.allowance, _position(index, len(system.allow))),)


def undo_of_attribute(
    system: System,
    edit: AddAttribute | RemoveAttribute | RenameAttribute | MoveAttribute | SetPrompts | SetWeight,
) -> tuple[Edit, ...]:
    """What undoes an edit of an attribute; a removed one comes back with its rules and the notes on its cells."""
    if isinstance(edit, AddAttribute):
        return (RemoveAttribute(edit.attribute.name),)
    name = edit.attribute
    index = attribute_index(system, name)
    old = system.attributes[index]
    match edit:
        case RemoveAttribute():
            rules = {who: row[name] for who, row in system.rules.items() if row[name]}
            back = AddAttribute(old, _position(index, len(system.attributes)), rules)
            return (back, *_notes_back(system, lambda _, attribute: attribute == name))
        case RenameAttribute():
            return (RenameAttribute(edit.new_name, name),)
        case MoveAttribute():
            return (MoveAttribute(name, index),)
        case SetPrompts():
            return (SetPrompts(name, old.prompts),)
        case SetWeight():
            return (SetWeight(name, old.weight),)


def undo_of_option(
    system: System, edit: AddOption | RemoveOption | RewordOption | MoveOption | MergeOptions
) -> tuple[Edit, ...]:
    """What undoes an edit of an option; a removed or merged one comes back with the rules that named it."""
    attribute = find_attribute(system, edit.attribute)
    if isinstance(edit, AddOption):
        return (RemoveOption(edit.attribute, edit.option),)
    index = option_index(attribute, edit.option)
    match edit:
        case RewordOption():
            return (RewordOption(edit.attribute, edit.text, edit.option),)
        case MoveOption():
            return (MoveOption(edit.attribute, edit.option, index),)
        case RemoveOption() | MergeOptions():
            back = AddOption(edit.attribute, edit.option, _position(index, len(attribute.options)))
            named = (
                SetRule(who, edit.attribute, row[edit.attribute])
                for who, row in system.rules.items()
                if edit.option in row[edit.attribute]
            )
            return (back, *named)


def undo_of_class(system: System, edit: SetRule | AddClass | RemoveClass | RenameClass | MoveClass) -> tuple[Edit, ...]:
    """What undoes an edit of a class or a rule; a removed class comes back with its rules and notes."""
    if isinstance(edit, AddClass):
        return (RemoveClass(edit.class_name),)
    name = edit.class_name
    row = find_row(system, name)
    match edit:
        case SetRule():
            attribute_index(system, edit.attribute)
            return (SetRule(name, edit.attribute, row[edit.attribute]),)
        case RemoveClass():
            index = list(system.rules).index(name)
            rules = {attribute: rule for attribute, rule in row.items() if rule}
            back = AddClass(name, _position(index, len(system.rules)), rules)
            return (back, *_notes_back(system, lambda who, _: who == name))
        case RenameClass():
            return (RenameClass(edit.new_name, name),)
        case MoveClass():
            return (MoveClass(name, list(system.rules).index(name)),)


def undo_of_note(system: System, edit: SetNote) -> tuple[Edit, ...]:
    """The note as it was."""
    if edit.class_name is not None:
        find_row(system, edit.class_name)
        old = system.notes.get((edit.class_name, edit.attribute), "")
    else:
        old = find_attribute(system, edit.attribute or "").note
    return (SetNote(old, edit.class_name, edit.attribute),)


def _undo_allowance(allow: tuple[Allowance, ...], edit: AddAllowance) -> tuple[Edit, ...]:
    """The new allowance removed; as the first of its equals goes, those that stood before it are put back."""
    end = len(allow) if edit.position is None else edit.position
    before = [index for index, known in enumerate(allow[:end]) if known == edit.allowance]
    removals = [RemoveAllowance(edit.allowance) for _ in range(len(before) + 1)]
    return (*removals, *(AddAllowance(edit.allowance, index) for index in before))


def _notes_back(system: System, concerned: Callable[[str, str | None], bool]) -> Iterator[SetNote]:
    return (SetNote(note, who, name) for (who, name), note in system.notes.items() if concerned(who, name))


def _position(index: int, count: int) -> int | None:
    """The position that puts back the item at ``index`` of ``count``: ``None``, the end, for the last one."""
    return None if index == count - 1 else index
