"""What became of each attribute, option and class of a base on one side of a merge, read off the edits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypeAlias

from .diff import diff
from .edits import (
    AddAttribute,
    AddClass,
    AddOption,
    MergeOptions,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
)
from .model import NO_RULE, Rule, System

Id: TypeAlias = str
"""``=NAME`` for what the base has under that name, ``+NAME`` for what a side added: two that add one name mean one."""


def base_id(name: str) -> Id:
    """The id of what the base calls ``name``."""
    return f"={name}"


def new_id(name: str) -> Id:
    """The id of what a side added as ``name``."""
    return f"+{name}"


def _added(name: str, present: Collection[Id], in_base: bool) -> Id:
    # What was removed and added again under its name is meant to be the same thing.
    return base_id(name) if in_base and base_id(name) not in present else new_id(name)


@dataclass(slots=True)
class Names:
    """The ids of one kind of thing, in the side's order, by their names there; and what was merged into what."""

    by_name: dict[str, Id]
    merged: dict[Id, Id] = field(default_factory=dict)

    def rename(self, old: str, new: str) -> None:
        """A thing is called otherwise."""
        self.by_name[new] = self.by_name.pop(old)

    def names(self) -> dict[Id, str]:
        """The side's name of each id, in the side's order."""
        return {identity: name for name, identity in self.by_name.items()}

    def order(self, names: tuple[str, ...]) -> None:
        """Bring the ids into the order of ``names``, which are all there are."""
        self.by_name = {name: self.by_name[name] for name in names}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a merge: the system, and the ids of its attributes, of their options, and of its classes."""

    system: System
    attributes: dict[Id, str]
    options: dict[Id, dict[Id, str]]
    merged: dict[Id, dict[Id, Id]]
    classes: dict[Id, str]
    option_ids: dict[Id, dict[str, Id]]

    def rule(self, class_id: Id, attribute: Id) -> frozenset[Id]:
        """The options that the rule names, by id; none where the side has no such class or attribute."""
        if class_id not in self.classes or attribute not in self.attributes:
            return frozenset()
        text = self.rule_text(class_id, attribute)
        return frozenset([self.option_ids[attribute][option] for option in text]) if text else frozenset()

    def rule_text(self, class_id: Id, attribute: Id) -> Rule:
        """The rule as it stands in the side's system; ``()`` where it has no such class or attribute."""
        if class_id not in self.classes or attribute not in self.attributes:
            return NO_RULE
        return self.system.rules[self.classes[class_id]][self.attributes[attribute]]

    def carried(self, rule: frozenset[Id], attribute: Id) -> frozenset[Id]:
        """What a rule of the base became through the removal and merging of options alone."""
        options, merged = self.options[attribute], self.merged[attribute]
        found = set()
        for option in rule:
            while option not in options and option in merged:
                option = merged[option]
            if option in options:
                found.add(option)
        return frozenset(found)

    def note(self, class_id: Id, attribute: Id | None) -> str | None:
        """The note on a class or a cell, ``""`` when there is none; ``None`` where the side has no such place."""
        if class_id not in self.classes or (attribute is not None and attribute not in self.attributes):
            return None
        name = None if attribute is None else self.attributes[attribute]
        return self.system.notes.get((self.classes[class_id], name), "")


@dataclass(frozen=True, slots=True)
class Sides:
    """The base and what the two sides made of it."""

    base: Side
    ours: Side
    theirs: Side


def set_by_hand(base: Side, side: Side, class_id: Id, attribute: Id) -> bool:
    """Whether ``side`` set a rule of the base otherwise, and not only by removing or merging its options.

    A rule of a class or an attribute that it may have renamed past recognition counts as set, also where it is none.
    """
    if attribute not in side.attributes or class_id not in side.classes:
        return False
    if _replaces(class_id, base.classes, side.classes) or _replaces(attribute, base.attributes, side.attributes):
        return True
    before = base.rule(class_id, attribute)
    return side.rule(class_id, attribute) != side.carried(before, attribute)


def _replaces(identity: Id, base: Collection[Id], side: Collection[Id]) -> bool:
    """Whether the side added it and has left out something else."""
    return identity not in base and any(other not in side for other in base)


def trace(base: System, side: System) -> Side:
    """Follow everything that ``base`` has to where it is in ``side``, by the edits of ``diff``."""
    attributes = Names({a.name: base_id(a.name) for a in base.attributes})
    options = {base_id(a.name): Names({o: base_id(o) for o in a.options}) for a in base.attributes}
    classes = Names({name: base_id(name) for name in base.rules})
    known = {a.name: a for a in base.attributes}
    for edit in diff(base, side):
        match edit:
            case AddAttribute(attribute=new):
                identity = _added(new.name, attributes.by_name.values(), new.name in known)
                before = known[new.name].options if identity == base_id(new.name) else ()
                attributes.by_name[new.name] = identity
                options[identity] = Names({o: base_id(o) if o in before else new_id(o) for o in new.options})
            case RemoveAttribute(attribute=name):
                del options[attributes.by_name.pop(name)]
            case RenameAttribute(attribute=name, new_name=new_name):
                attributes.rename(name, new_name)
            case AddClass(class_name=name):
                classes.by_name[name] = _added(name, classes.by_name.values(), name in base.rules)
            case RemoveClass(class_name=name):
                del classes.by_name[name]
            case RenameClass(class_name=name, new_name=new_name):
                classes.rename(name, new_name)
            case AddOption() | RemoveOption() | RewordOption() | MergeOptions():
                identity = attributes.by_name[edit.attribute]
                _follow_option(options[identity], edit, known[identity[1:]].options if identity[0] == "=" else ())
            case _:
                pass
    attributes.order(tuple(a.name for a in side.attributes))
    classes.order(side.classes)
    for attribute in side.attributes:
        options[attributes.by_name[attribute.name]].order(attribute.options)
    ids = attributes.by_name.values()
    return Side(
        system=side,
        attributes=attributes.names(),
        options={identity: options[identity].names() for identity in ids},
        merged={identity: options[identity].merged for identity in ids},
        classes=classes.names(),
        option_ids={identity: options[identity].by_name for identity in ids},
    )


def _follow_option(
    options: Names, edit: AddOption | RemoveOption | RewordOption | MergeOptions, before: tuple[str, ...]
) -> None:
    match edit:
        case AddOption(option=option):
            identity = _added(option, options.by_name.values(), option in before)
            options.by_name[option] = identity
            options.merged.pop(identity, None)
        case RemoveOption(option=option):
            del options.by_name[option]
        case RewordOption(option=option, text=text):
            options.rename(option, text)
        case MergeOptions(option=option, into=into):
            options.merged[options.by_name.pop(option)] = options.by_name[into]
