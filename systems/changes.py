"""A list of edits as people look for them: gathered under the system, the attribute or the class they change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .edits import (
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
    apply,
    touches,
)
from .lookup import find_attribute
from .model import Allowance, Attribute, Rule, System
from .text import counted

Kind: TypeAlias = Literal["system", "attribute", "class"]
State: TypeAlias = Literal["changed", "added", "removed"]
_ORDER: tuple[Kind, ...] = ("system", "attribute", "class")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``what`` is ``prompt``, ``option``, ``weight`` ..., or the attribute whose rule was set.

    ``old`` is None where there was none before, ``new`` where there is none any more; they are equal where only the
    place changed. ``remark`` tells the rest: how many rules follow, what an option was merged into. ``wording`` says
    that both are one text in other words. Nothing in it is escaped yet.
    """

    what: str
    old: str | None
    new: str | None
    remark: str = ""
    wording: bool = False


@dataclass(slots=True)
class Changes:
    """What was changed about one attribute, one class (its rules and notes included), or the system as a whole.

    ``name`` is the attribute's or class's name after the edits, ``old_name`` the one before; both are ``""`` for the
    system.
    """

    kind: Kind
    name: str
    old_name: str
    state: State = "changed"
    remark: str = ""
    lines: list[Change] = field(default_factory=list)


def gather(system: System, edits: Iterable[Edit]) -> list[Changes]:
    """The changes that ``edits``, which must apply to ``system``, make: the system's, then by attribute, then by class.

    Attributes and classes stand in the order in which they are first changed.

    Raises:
        EditError: an edit does not apply.
    """
    found: list[Changes] = []
    places: dict[tuple[Kind, str], Changes] = {}
    for edit in edits:
        kind, name = _key(edit)
        changes = places.get((kind, name))
        if changes is None or (changes.state == "removed" and isinstance(edit, AddAttribute | AddClass)):
            changes = places[kind, name] = Changes(kind, name, name)
            found.append(changes)
        _note(changes, edit, system)
        if isinstance(edit, RenameAttribute | RenameClass):
            # What follows calls it by its new name; a new one may take the old name.
            del places[kind, name]
            changes.name = edit.new_name
            places[kind, edit.new_name] = changes
        system = apply(system, [edit])
    return sorted(found, key=lambda changes: _ORDER.index(changes.kind))


def _key(edit: Edit) -> tuple[Kind, str]:
    class_name, attribute = touches(edit)
    if class_name is not None:
        return "class", class_name
    return ("system", "") if attribute is None else ("attribute", attribute)


def _note(changes: Changes, edit: Edit, system: System) -> None:
    """Add to ``changes`` what ``edit`` does to ``system``."""
    match edit:
        case SetRule():
            old = system.rules[edit.class_name][edit.attribute]
            changes.lines.append(Change(edit.attribute, rule_text(old), rule_text(edit.rule)))
        case SetNote():
            changes.lines.append(_of_note(edit, system))
        case AddClass():
            changes.state = "added"
            changes.lines += [Change(name, None, rule_text(rule)) for name, rule in edit.rules.items() if rule]
        case AddAttribute():
            changes.state = "added"
            changes.lines += _of_new(edit)
        case RemoveClass():
            changes.state, changes.remark = (
                "removed",
                counted(sum(map(bool, system.rules[edit.class_name].values())), "rule"),
            )
        case RemoveAttribute():
            options = find_attribute(system, edit.attribute).options
            rules = sum(bool(row[edit.attribute]) for row in system.rules.values())
            changes.state, changes.remark = "removed", f"{counted(len(options), 'option')}, {counted(rules, 'rule')}"
        case MoveClass():
            changes.lines.append(_place(system.classes.index(edit.class_name), edit.position))
        case MoveAttribute():
            names = [a.name for a in system.attributes]
            changes.lines.append(_place(names.index(edit.attribute), edit.position))
        case RenameAttribute() | RenameClass():
            pass  # the name says it
        case AddOption() | RemoveOption() | RewordOption() | MoveOption() | MergeOptions():
            changes.lines.append(_of_option(edit, system))
        case SetPrompts() | SetWeight():
            changes.lines.append(_of_attribute(edit, find_attribute(system, edit.attribute)))
        case _:
            changes.lines.append(_of_system(edit, system))


def _of_note(edit: SetNote, system: System) -> Change:
    if edit.class_name is not None:
        old = system.notes.get((edit.class_name, edit.attribute), "")
        what = "note" if edit.attribute is None else f"{edit.attribute} › note"
    else:
        assert edit.attribute is not None
        old, what = find_attribute(system, edit.attribute).note, "note"
    return Change(what, old or None, edit.note or None, wording=True)


def _of_new(edit: AddAttribute) -> list[Change]:
    new, rules = edit.attribute, sum(map(bool, edit.rules.values()))
    lines = [Change("prompt", None, prompts_text(new.prompts))]
    if new.options:
        lines.append(Change("option" if len(new.options) == 1 else "options", None, ", ".join(new.options)))
    if new.weight != 1:
        lines.append(Change("weight", None, number_text(new.weight)))
    if new.note:
        lines.append(Change("note", None, new.note))
    if rules:
        lines.append(Change("rules", None, f"of {counted(rules, 'class', 'classes')}"))
    return lines


def _of_option(edit: AddOption | RemoveOption | RewordOption | MoveOption | MergeOptions, system: System) -> Change:
    users = sum(edit.option in row[edit.attribute] for row in system.rules.values())
    match edit:
        case AddOption():
            return Change("option", None, edit.option)
        case RemoveOption():
            return Change("option", edit.option, None, f"{counted(users, 'rule')} named it" if users else "")
        case RewordOption():
            return Change("option", edit.option, edit.text, counted(users, "rule") if users else "", wording=True)
        case MergeOptions():
            return Change(
                "option",
                edit.option,
                None,
                f"merged into {edit.into}" + (f", {counted(users, 'rule')}" if users else ""),
            )
        case MoveOption():
            place = _place(find_attribute(system, edit.attribute).options.index(edit.option), edit.position)
            return Change("option", edit.option, edit.option, f"{place.old} → {place.new}")


def _of_attribute(edit: SetPrompts | SetWeight, old: Attribute) -> Change:
    if isinstance(edit, SetPrompts):
        return Change("prompt", prompts_text(old.prompts), prompts_text(edit.prompts), wording=True)
    return Change("weight", number_text(old.weight), number_text(edit.weight))


def _of_system(
    edit: SetName | SetDescription | SetClassPrompts | SetTemperature | AddAllowance | RemoveAllowance, old: System
) -> Change:
    match edit:
        case SetName():
            return Change("name", old.name, edit.name, wording=True)
        case SetDescription():
            return Change("description", old.description or None, edit.description or None, wording=True)
        case SetClassPrompts():
            return Change("class prompt", prompts_text(old.class_prompts), prompts_text(edit.prompts), wording=True)
        case SetTemperature():
            return Change("temperature", number_text(old.temperature), number_text(edit.temperature))
        case AddAllowance():
            return Change("allow", None, _allowance(edit.allowance))
        case RemoveAllowance():
            return Change("allow", _allowance(edit.allowance), None)


def rule_text(rule: Rule) -> str:
    """``white``, ``gray or white``, or ``nothing``."""
    return " or ".join(rule) or "nothing"


def prompts_text(prompts: tuple[str, ...]) -> str:
    """One prompt as it is, several with a bar between."""
    return " | ".join(prompts)


def number_text(value: float) -> str:
    """A number as short as it can be written."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _place(old: int, new: int) -> Change:
    return Change("place", f"#{old + 1}", f"#{new + 1}")


def _allowance(allowance: Allowance) -> str:
    place = f" at {allowance.place}" if allowance.place else ""
    return f"{allowance.check}{place}: {allowance.reason}"
