"""The one sentence that says what an edit does, for people: in a diff, a finding, a history, a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from .model import Allowance, Attribute, Rule, System
from .text import counted, plain


def describe(edit: Edit, before: System | None = None) -> str:
    """One line for people, without control characters, such as ``Absol › color: "white" -> any of "gray", "white"``.

    An edit does not carry what it replaces: the old value is shown when ``before``, the system that the edit is
    made for, is given. Never raises, also where the edit does not apply to ``before``.
    """
    match edit:
        case SetRule():
            row = before.rules.get(edit.class_name, {}) if before else {}
            old = row.get(edit.attribute)
            place = f"{plain(edit.class_name)} › {plain(edit.attribute)}"
            return _change(place, None if old is None else describe_rule(old), describe_rule(edit.rule))
        case SetNote():
            return _describe_note(edit, before)
        case AddOption() | RemoveOption() | RewordOption() | MoveOption() | MergeOptions():
            return f"{plain(edit.attribute)}: {_option_change(edit, _find(before, edit.attribute))}"
        case AddAttribute() | RemoveAttribute() | RenameAttribute() | MoveAttribute() | SetPrompts() | SetWeight():
            return _describe_attribute(edit, before)
        case AddClass() | RemoveClass() | RenameClass() | MoveClass():
            return _describe_class(edit, before)
        case _:
            return _describe_system(edit, before)


def describe_rule(rule: Rule) -> str:
    """``"white"``, ``any of "gray", "white"``, or ``nothing``."""
    if not rule:
        return "nothing"
    return _quoted(rule) if len(rule) == 1 else f"any of {_quoted(rule)}"


def _describe_note(edit: SetNote, before: System | None) -> str:
    parts = [part for part in (edit.class_name, edit.attribute) if part is not None]
    old: str | None = None
    if before is not None and edit.class_name is not None:
        old = before.notes.get((edit.class_name, edit.attribute), "")
    elif (attribute := _find(before, edit.attribute)) is not None:
        old = attribute.note
    place = " › ".join(plain(part) for part in parts) or "system"
    return _change(f"{place} › note", None if old is None else _text(old), _text(edit.note))


def _option_change(
    edit: AddOption | RemoveOption | RewordOption | MoveOption | MergeOptions, attribute: Attribute | None
) -> str:
    option = _quote(edit.option)
    match edit:
        case AddOption():
            return f"add option {option}{_as_number(edit.position)}"
        case RemoveOption():
            return f"remove option {option}"
        case RewordOption():
            return f"reword option {option} to {_quote(edit.text)}"
        case MergeOptions():
            return f"merge option {option} into {_quote(edit.into)}"
        case MoveOption():
            options = attribute.options if attribute else ()
            return f"make {option} the {ordinal(edit.position)} option{_was(options, edit.option)}"


def _describe_attribute(
    edit: AddAttribute | RemoveAttribute | RenameAttribute | MoveAttribute | SetPrompts | SetWeight,
    before: System | None,
) -> str:
    if isinstance(edit, AddAttribute):
        new = edit.attribute
        options = f"{counted(len(new.options), 'option')} ({_quoted(new.options)})" if new.options else "no options"
        rules = f", {counted(_speaking(edit.rules), 'rule')}" if _speaking(edit.rules) else ""
        place = _as_number(edit.position)
        return f"add attribute {_quote(new.name)}{place}: {_quoted(new.prompts)}, {options}{rules}"
    old = _find(before, edit.attribute)
    match edit:
        case RemoveAttribute():
            return f"remove attribute {_quote(edit.attribute)}"
        case RenameAttribute():
            return f"rename attribute {_quote(edit.attribute)} to {_quote(edit.new_name)}"
        case MoveAttribute():
            names = [a.name for a in before.attributes] if before else []
            was = _was(names, edit.attribute)
            return f"make {_quote(edit.attribute)} the {ordinal(edit.position)} attribute{was}"
        case SetPrompts():
            return _change(
                f"{plain(edit.attribute)} › prompt", _quoted(old.prompts) if old else None, _quoted(edit.prompts)
            )
        case SetWeight():
            return _change(
                f"{plain(edit.attribute)} › weight", _number(old.weight) if old else None, _number(edit.weight)
            )


def _describe_class(edit: AddClass | RemoveClass | RenameClass | MoveClass, before: System | None) -> str:
    name = _quote(edit.class_name)
    match edit:
        case AddClass():
            spoken = [f"{plain(a)} {describe_rule(rule)}" for a, rule in edit.rules.items() if rule]
            return f"add class {name}{_as_number(edit.position)}" + (f": {', '.join(spoken)}" if spoken else "")
        case RemoveClass():
            return f"remove class {name}"
        case RenameClass():
            return f"rename class {name} to {_quote(edit.new_name)}"
        case MoveClass():
            was = _was(before.classes if before else (), edit.class_name)
            return f"make {name} the {ordinal(edit.position)} class{was}"


def _describe_system(
    edit: SetName | SetDescription | SetClassPrompts | SetTemperature | AddAllowance | RemoveAllowance,
    before: System | None,
) -> str:
    match edit:
        case SetName():
            return _change("name", _quote(before.name) if before else None, _quote(edit.name))
        case SetDescription():
            return _change("description", _text(before.description) if before else None, _text(edit.description))
        case SetClassPrompts():
            return _change("class prompt", _quoted(before.class_prompts) if before else None, _quoted(edit.prompts))
        case SetTemperature():
            return _change("temperature", _number(before.temperature) if before else None, _number(edit.temperature))
        case AddAllowance():
            return f"allow {_allowance(edit.allowance)}{_as_number(edit.position)}"
        case RemoveAllowance():
            return f"no longer allow {_allowance(edit.allowance)}"


def ordinal(position: int) -> str:
    """The 0-based ``position`` as people count: 0 is ``1st``."""
    number = position + 1
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _allowance(allowance: Allowance) -> str:
    place = f" at {plain(allowance.place)}" if allowance.place else ""
    return f"{plain(allowance.check)}{place}: {_text(allowance.reason)}"


def _change(place: str, old: str | None, new: str) -> str:
    return f"{place} -> {new}" if old is None else f"{place}: {old} -> {new}"


def _number(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _as_number(position: int | None) -> str:
    return "" if position is None else f" as the {ordinal(position)}"


def _was(names: Sequence[str], name: str) -> str:
    return f" (it was the {ordinal(names.index(name))})" if name in names else ""


def _find(system: System | None, name: str | None) -> Attribute | None:
    return next((a for a in system.attributes if a.name == name), None) if system else None


def _speaking(rules: Mapping[str, Rule]) -> int:
    return sum(1 for rule in rules.values() if rule)


def _text(text: str) -> str:
    return _quote(text) if text else "nothing"


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(_quote(text) for text in texts)


def _quote(text: str) -> str:
    return f'"{plain(text)}"'
