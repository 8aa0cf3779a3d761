"""The edits that lead from one system to another, few enough to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

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
)
from .lookup import find_attribute
from .match_options import OptionMatch
from .matching import Matching, match
from .model import Allowance, Attribute, System
from .ordering import additions, moves, renames


@dataclass(slots=True)
class _Path:
    """The way so far: the edits, and where they lead from the old system."""

    system: System
    edits: list[Edit] = field(default_factory=list)

    def go(self, edits: Iterable[Edit]) -> None:
        steps = list(edits)
        self.system = apply(self.system, steps)
        self.edits += steps


def diff(a: System, b: System) -> tuple[Edit, ...]:
    """Edits with ``apply(a, diff(a, b)) == b``, for any two systems; none when they are equal.

    What was renamed, reworded, merged or moved is found by likeness (``matching``) and is one edit each, whatever
    number of rules it carries along. The structure is edited first and the edits are applied; then what remains is
    compared cell by cell with ``b``. So a wrong guess makes the list longer, never wrong.
    """
    matching = match(a, b)
    path = _Path(a)
    path.go(_of_system(a, b))
    path.go(RemoveClass(name) for name in a.rules if name not in matching.classes)
    path.go(RemoveAttribute(old.name) for old in a.attributes if old.name not in matching.attributes)
    path.go(RenameClass(*pair) for pair in renames(matching.classes, path.system.classes))
    path.go(RenameAttribute(*pair) for pair in renames(matching.attributes, _attribute_names(path.system)))
    kept_classes = set(matching.classes.values())
    kept_attributes = set(matching.attributes.values())
    order = [name for name in b.rules if name in kept_classes]
    path.go(MoveClass(*move) for move in moves(path.system.classes, order))
    names = [new.name for new in b.attributes if new.name in kept_attributes]
    path.go(MoveAttribute(*move) for move in moves(_attribute_names(path.system), names))
    _edit_attributes(path, b, matching)
    path.go(_new_attributes(path.system, b))
    path.go(_new_classes(path.system, b))
    path.go(_rules(path.system, b))
    path.go(_notes(path.system, b))
    return tuple(path.edits)


def _of_system(a: System, b: System) -> Iterator[Edit]:
    if a.name != b.name:
        yield SetName(b.name)
    if a.description != b.description:
        yield SetDescription(b.description)
    if a.class_prompts != b.class_prompts:
        yield SetClassPrompts(b.class_prompts)
    if a.temperature != b.temperature:
        yield SetTemperature(b.temperature)
    yield from _allowances(a.allow, b.allow)


def _allowances(a: tuple[Allowance, ...], b: tuple[Allowance, ...]) -> Iterator[Edit]:
    """Allowances have no move: one that changed places is removed and added."""
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    kept = {block.a + offset for block in blocks for offset in range(block.size)}
    gone = [allowance for index, allowance in enumerate(a) if index not in kept]
    if gone:
        rest = list(a)
        for allowance in gone:
            rest.remove(allowance)
            yield RemoveAllowance(allowance)
        # Where an allowance stands twice, the first one went, perhaps not the one meant: look again.
        yield from _allowances(tuple(rest), b)
        return
    present = {block.b + offset for block in blocks for offset in range(block.size)}
    length = len(a)
    for index, allowance in enumerate(b):
        if index not in present:
            yield AddAllowance(allowance, None if index == length else index)
            length += 1


def _edit_attributes(path: _Path, b: System, matching: Matching) -> None:
    """Prompts, weight, note and options of every attribute that stays, in its new name and place."""
    old_names = {new: old for old, new in matching.attributes.items()}
    for goal in b.attributes:
        if goal.name not in old_names:
            continue
        now = find_attribute(path.system, goal.name)
        path.go(_wording(now, goal))
        found = matching.options[old_names[goal.name]]
        if now.options != goal.options or any(old != new for old, new in found.kept.items()):
            _edit_options(path, goal, found)


def _wording(now: Attribute, goal: Attribute) -> Iterator[Edit]:
    if now.prompts != goal.prompts:
        yield SetPrompts(goal.name, goal.prompts)
    if now.weight != goal.weight:
        yield SetWeight(goal.name, goal.weight)
    if now.note != goal.note:
        yield SetNote(goal.note, attribute=goal.name)


def _edit_options(path: _Path, goal: Attribute, found: OptionMatch) -> None:
    name = goal.name

    def options() -> tuple[str, ...]:
        return find_attribute(path.system, name).options

    path.go(MergeOptions(name, option, into) for option, into in found.merged.items())
    path.go(RemoveOption(name, option) for option in options() if option not in found.kept)
    path.go(RewordOption(name, old, new) for old, new in renames(found.kept, options()))
    kept = set(found.kept.values())
    path.go(MoveOption(name, *move) for move in moves(options(), [o for o in goal.options if o in kept]))
    path.go(AddOption(name, option, position) for option, position in additions(options(), goal.options))


def _new_attributes(now: System, b: System) -> Iterator[Edit]:
    present = _attribute_names(now)
    goals = {goal.name: goal for goal in b.attributes}
    for name, position in additions(present, list(goals)):
        rules = {class_name: b.rules[class_name][name] for class_name in now.rules if b.rules[class_name][name]}
        yield AddAttribute(goals[name], position, rules)


def _new_classes(now: System, b: System) -> Iterator[Edit]:
    for name, position in additions(now.classes, b.classes):
        yield AddClass(name, position, {attribute: rule for attribute, rule in b.rules[name].items() if rule})


def _rules(now: System, b: System) -> Iterator[Edit]:
    for class_name, row in b.rules.items():
        current = now.rules[class_name]
        if current != row:
            yield from (SetRule(class_name, name, rule) for name, rule in row.items() if rule != current[name])


def _notes(now: System, b: System) -> Iterator[Edit]:
    """Notes on classes and cells; those on attributes came with the attributes."""
    if now.notes == b.notes:
        return
    for class_name in b.rules:
        for attribute in (None, *_attribute_names(b)):
            note = b.notes.get((class_name, attribute), "")
            if note != now.notes.get((class_name, attribute), ""):
                yield SetNote(note, class_name, attribute)


def _attribute_names(system: System) -> list[str]:
    return [attribute.name for attribute in system.attributes]
