"""What each kind of edit does to a system: one function per kind, sharing whatever the edit leaves alone.

Every function upholds the model's invariants (complete rows in attribute order, any-of rules in option order, notes
on existing cells only), so that the result need not be checked again. They raise ``CotsmithError`` with the bare
reason; ``apply`` adds which edit it was.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from ..errors import EditError
from .edit_kinds import (
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
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
    SetNote,
    SetRule,
)
from .lookup import allowance_index, attribute_index, find_attribute, find_row, option_index
from .model import NO_RULE, Attribute, Rule, System, evolve, rule_in_order, text_problem
from .text import plain

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
Row: TypeAlias = Mapping[str, Rule]
Notes: TypeAlias = dict[tuple[str, str | None], str]


def add_attribute(system: System, edit: AddAttribute) -> System:
    new = edit.attribute
    _refuse_taken("attribute", new.name, [a.name for a in system.attributes])
    for class_name in edit.rules:
        find_row(system, class_name)
    attributes = inserted(system.attributes, new, edit.position)
    column = {name: checked_rule(name, new, rule) for name, rule in edit.rules.items()}
    names = [a.name for a in attributes]
    rows: dict[str, Row] = {}
    for class_name, row in system.rules.items():
        wider = updated(row, {new.name: column.get(class_name, NO_RULE)})
        rows[class_name] = MappingProxyType(wider if names[-1] == new.name else {name: wider[name] for name in names})
    return evolve(system, attributes=attributes, rules=rows)


def remove_attribute(system: System, edit: RemoveAttribute) -> System:
    index = attribute_index(system, edit.attribute)
    attributes = system.attributes[:index] + system.attributes[index + 1 :]
    notes = {key: note for key, note in system.notes.items() if key[1] != edit.attribute}
    return _in_attribute_order(evolve(system, notes=notes), attributes)


def rename_attribute(system: System, edit: RenameAttribute) -> System:
    old, new = edit.attribute, edit.new_name
    renamed = replace(find_attribute(system, old), name=new)
    if old == new:
        return system
    _refuse_taken("attribute", new, [a.name for a in system.attributes])
    rows = {
        class_name: MappingProxyType({new if name == old else name: rule for name, rule in row.items()})
        for class_name, row in system.rules.items()
    }
    notes = {(who, new if name == old else name): note for (who, name), note in system.notes.items()}
    return evolve(_with_attribute(system, old, renamed), rules=rows, notes=notes)


def move_attribute(system: System, edit: MoveAttribute) -> System:
    attributes = moved(system.attributes, attribute_index(system, edit.attribute), edit.position)
    return system if attributes == system.attributes else _in_attribute_order(system, attributes)


def change_attribute(system: System, name: str, change: Callable[[Attribute], Attribute]) -> System:
    """The prompts, weight or note of the attribute ``name`` changed; no rule is concerned."""
    return _with_attribute(system, name, change(find_attribute(system, name)))


def add_option(system: System, edit: AddOption) -> System:
    attribute = find_attribute(system, edit.attribute)
    _refuse_taken("option", edit.option, attribute.options)
    options = inserted(attribute.options, edit.option, edit.position)
    return _with_attribute(system, attribute.name, replace(attribute, options=options))


def remove_option(system: System, edit: RemoveOption) -> System:
    attribute = find_attribute(system, edit.attribute)
    gone = option_index(attribute, edit.option)
    changed = replace(attribute, options=attribute.options[:gone] + attribute.options[gone + 1 :])
    return _with_rules(system, changed, edit.option, lambda rule: tuple(o for o in rule if o != edit.option))


def reword_option(system: System, edit: RewordOption) -> System:
    attribute = find_attribute(system, edit.attribute)
    option_index(attribute, edit.option)
    if edit.text == edit.option:
        return system
    _refuse_taken("option", edit.text, attribute.options)
    words = tuple(edit.text if o == edit.option else o for o in attribute.options)
    return _with_rules(
        system,
        replace(attribute, options=words),
        edit.option,
        lambda rule: tuple(edit.text if o == edit.option else o for o in rule),
    )


def merge_options(system: System, edit: MergeOptions) -> System:
    attribute = find_attribute(system, edit.attribute)
    gone = option_index(attribute, edit.option)
    option_index(attribute, edit.into)
    if edit.option == edit.into:
        raise EditError("an option cannot be merged into itself", hint="Name two different options.")
    options = attribute.options[:gone] + attribute.options[gone + 1 :]

    def merged(rule: Rule) -> Rule:
        named = {edit.into if o == edit.option else o for o in rule}
        return tuple(o for o in options if o in named)

    return _with_rules(system, replace(attribute, options=options), edit.option, merged)


def move_option(system: System, edit: MoveOption) -> System:
    attribute = find_attribute(system, edit.attribute)
    options = moved(attribute.options, option_index(attribute, edit.option), edit.position)

    def reordered(rule: Rule) -> Rule:
        return tuple(o for o in options if o in rule) if len(rule) > 1 else rule

    return _with_rules(system, replace(attribute, options=options), edit.option, reordered)


def set_rule(system: System, edit: SetRule) -> System:
    row = find_row(system, edit.class_name)
    attribute = find_attribute(system, edit.attribute)
    rule = checked_rule(edit.class_name, attribute, edit.rule)
    cell: Row = MappingProxyType(updated(row, {edit.attribute: rule}))
    return evolve(system, rules=updated(system.rules, {edit.class_name: cell}))


def add_class(system: System, edit: AddClass) -> System:
    _refuse_text("class name", edit.class_name)
    _refuse_taken("class", edit.class_name, system.rules)
    for name in edit.rules:
        attribute_index(system, name)
    row: Row = MappingProxyType(
        {a.name: checked_rule(edit.class_name, a, edit.rules.get(a.name, NO_RULE)) for a in system.attributes}
    )
    rows = updated(system.rules, {edit.class_name: row})
    if edit.position is None:
        return evolve(system, rules=rows)
    order = inserted(tuple(system.rules), edit.class_name, edit.position)
    return evolve(system, rules={name: rows[name] for name in order})


def remove_class(system: System, edit: RemoveClass) -> System:
    find_row(system, edit.class_name)
    rows = updated(system.rules, {})
    del rows[edit.class_name]
    notes = {key: note for key, note in system.notes.items() if key[0] != edit.class_name}
    return evolve(system, rules=rows, notes=notes)


def rename_class(system: System, edit: RenameClass) -> System:
    old, new = edit.class_name, edit.new_name
    find_row(system, old)
    _refuse_text("class name", new)
    if old == new:
        return system
    _refuse_taken("class", new, system.rules)
    rows = {new if name == old else name: row for name, row in system.rules.items()}
    notes = {(new if who == old else who, name): note for (who, name), note in system.notes.items()}
    return evolve(system, rules=rows, notes=notes)


def move_class(system: System, edit: MoveClass) -> System:
    find_row(system, edit.class_name)
    order = list(system.rules)
    names = moved(tuple(order), order.index(edit.class_name), edit.position)
    return evolve(system, rules={name: system.rules[name] for name in names})


def set_note(system: System, edit: SetNote) -> System:
    if edit.class_name is None:
        return change_attribute(system, edit.attribute or "", lambda a: replace(a, note=edit.note))
    find_row(system, edit.class_name)
    if edit.attribute is not None:
        attribute_index(system, edit.attribute)
    notes: Notes = dict(system.notes)
    if edit.note:
        notes[edit.class_name, edit.attribute] = edit.note
    else:
        notes.pop((edit.class_name, edit.attribute), None)
    return evolve(system, notes=notes)


def add_allowance(system: System, edit: AddAllowance) -> System:
    return evolve(system, allow=inserted(system.allow, edit.allowance, edit.position))


def remove_allowance(system: System, edit: RemoveAllowance) -> System:
    first = allowance_index(system, edit.allowance)
    return evolve(system, allow=system.allow[:first] + system.allow[first + 1 :])


def checked_rule(class_name: str, attribute: Attribute, rule: Rule | str) -> Rule:
    """``rule`` in the attribute's option order; ``CotsmithError`` for an option that is not one of them."""
    if isinstance(rule, str):
        raise EditError("a rule is a tuple of options", hint=f'Write ("{plain(rule)}",) instead.')
    return rule_in_order(class_name, attribute, rule)


def inserted(items: tuple[T, ...], item: T, position: int | None) -> tuple[T, ...]:
    """``items`` with ``item`` at the index ``position``, or at the end; ``EditError`` for an index beyond it."""
    if position is None:
        return (*items, item)
    if not 0 <= position <= len(items):
        raise EditError(f"position {position} is not between 0 and {len(items)}")
    return (*items[:position], item, *items[position:])


def moved(items: tuple[T, ...], index: int, position: int) -> tuple[T, ...]:
    """``items`` with the one at ``index`` put at ``position`` in the result; ``EditError`` when there is no such."""
    if not 0 <= position < len(items):
        raise EditError(f"position {position} is not between 0 and {len(items) - 1}")
    rest = items[:index] + items[index + 1 :]
    return (*rest[:position], items[index], *rest[position:])


def updated(items: Mapping[K, V], changes: Mapping[K, V]) -> dict[K, V]:
    """A dict of ``items`` with ``changes``; a key that is there keeps its place.

    ``|`` copies what is behind a mapping proxy at once; ``dict(proxy)`` goes key by key and is 25 times slower.
    """
    if isinstance(items, MappingProxyType):
        return items | dict(changes)
    return {**items, **changes}


def _with_attribute(system: System, name: str, changed: Attribute) -> System:
    return evolve(system, attributes=tuple(changed if a.name == name else a for a in system.attributes))


def _with_rules(system: System, changed: Attribute, option: str, change: Callable[[Rule], Rule]) -> System:
    """The attribute replaced, and ``change`` done to each of its rules that name ``option``."""
    name = changed.name
    rows: dict[str, Row] = {
        class_name: MappingProxyType(updated(row, {name: change(row[name])}))
        for class_name, row in system.rules.items()
        if option in row[name]
    }
    return evolve(_with_attribute(system, name, changed), rules=updated(system.rules, rows))


def _in_attribute_order(system: System, attributes: tuple[Attribute, ...]) -> System:
    names = [a.name for a in attributes]
    rows = {who: MappingProxyType({name: row[name] for name in names}) for who, row in system.rules.items()}
    return evolve(system, attributes=attributes, rules=rows)


def _refuse_text(kind: str, text: str) -> None:
    if problem := text_problem(text):
        raise EditError(f'{kind} "{plain(text)}": {problem}')


def _refuse_taken(kind: str, text: str, taken: Container[str]) -> None:
    if text in taken:
        raise EditError(f'there already is {"an" if kind[0] in "ao" else "a"} {kind} "{plain(text)}"')
