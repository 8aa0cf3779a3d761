"""The canonical text of a system: stable order, an option a line, a class a line, so that git diffs can be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .json_form import attribute_to_json, prompts_to_json, rule_to_json
from .layout import json_text, list_text, member, object_text
from .model import Attribute, System

FORMAT = 1
"""The version of the file format, the value of the key ``cotsmith``."""


def render(system: System) -> str:
    """The text that ``parse`` reads back as an equal system; equal systems have equal texts.

    What says no more than its default does (a weight of 1, an empty note) is left out. Control characters, which a
    description or a note may hold, are written as escapes, so that no terminal or editor obeys them.
    """
    members = [member("cotsmith", json_text(FORMAT)), member("name", json_text(system.name))]
    if system.description:
        members.append(member("description", json_text(system.description)))
    members.append(member("class_prompt", json_text(prompts_to_json(system.class_prompts))))
    if system.temperature != 1.0:
        members.append(member("temperature", json_text(system.temperature)))
    members.append(member("attributes", attributes_text(system.attributes)))
    members.append(member("rules", object_text(_rows(system), 1)))
    if system.notes:
        members.append(member("notes", _notes(system)))
    if system.allow:
        forms = [{"check": a.check, "place": a.place, "reason": a.reason} for a in system.allow]
        members.append(member("allow", list_text([json_text(form) for form in forms], 1)))
    return object_text(members, 0) + "\n"


def attributes_text(attributes: Sequence[Attribute]) -> str:
    """The object of attributes, as it stands one level deep in a file: a prompt and an option a line."""
    return object_text(map(_attribute, attributes), 1)


def _attribute(attribute: Attribute) -> str:
    form = attribute_to_json(attribute)
    members = []
    for key, value in form.items():
        text = list_text([json_text(item) for item in value], 3) if isinstance(value, list) else json_text(value)
        members.append(member(key, text))
    return member(attribute.name, object_text(members, 2))


def _rows(system: System) -> Iterable[str]:
    for class_name, row in system.rules.items():
        yield member(class_name, json_text({a.name: rule_to_json(row[a.name]) for a in system.attributes}))


def _notes(system: System) -> str:
    about_classes = [member(c, json_text(system.notes[c, None])) for c in system.rules if (c, None) in system.notes]
    about_cells = []
    for class_name in system.rules:
        names = [a.name for a in system.attributes if (class_name, a.name) in system.notes]
        if names:
            row = {name: system.notes[class_name, name] for name in names}
            about_cells.append(member(class_name, json_text(row)))
    members = []
    if about_classes:
        members.append(member("classes", object_text(about_classes, 2)))
    if about_cells:
        members.append(member("cells", object_text(about_cells, 2)))
    return object_text(members, 1)
