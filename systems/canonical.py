"""The canonical text of a system: stable order, an option a line, a class a line, so that git diffs can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from .json_form import attribute_to_json, prompts_to_json, rule_to_json
from .model import Attribute, System
from .text import is_control

FORMAT = 1
"""The version of the file format, the value of the key ``cotsmith``."""

_NOT_ASCII = re.compile(r"[^ -~]")


def render(system: System) -> str:
    """The text that ``parse`` reads back as an equal system; equal systems have equal texts.

    What says no more than its default does (a weight of 1, an empty note) is left out. Control characters, which a
    description or a note may hold, are written as escapes, so that no terminal or editor obeys them.
    """
    members = [f'"cotsmith": {FORMAT}', f'"name": {_json(system.name)}']
    if system.description:
        members.append(f'"description": {_json(system.description)}')
    members.append(f'"class_prompt": {_json(prompts_to_json(system.class_prompts))}')
    if system.temperature != 1.0:
        members.append(f'"temperature": {_json(system.temperature)}')
    members.append(f'"attributes": {_object(map(_attribute, system.attributes), 1)}')
    members.append(f'"rules": {_object(_rows(system), 1)}')
    if system.notes:
        members.append(f'"notes": {_notes(system)}')
    if system.allow:
        forms = [{"check": a.check, "place": a.place, "reason": a.reason} for a in system.allow]
        members.append(f'"allow": {_list([_json(form) for form in forms], 1)}')
    return _object(members, 0) + "\n"


def _attribute(attribute: Attribute) -> str:
    form = attribute_to_json(attribute)
    members = []
    for key, value in form.items():
        text = _list([_json(item) for item in value], 3) if isinstance(value, list) else _json(value)
        members.append(f"{_json(key)}: {text}")
    return f"{_json(attribute.name)}: {_object(members, 2)}"


def _rows(system: System) -> Iterable[str]:
    for class_name, row in system.rules.items():
        yield f"{_json(class_name)}: {_json({a.name: rule_to_json(row[a.name]) for a in system.attributes})}"


def _notes(system: System) -> str:
    about_classes = [f"{_json(c)}: {_json(system.notes[c, None])}" for c in system.rules if (c, None) in system.notes]
    about_cells = []
    for class_name in system.rules:
        names = [a.name for a in system.attributes if (class_name, a.name) in system.notes]
        if names:
            row = {name: system.notes[class_name, name] for name in names}
            about_cells.append(f"{_json(class_name)}: {_json(row)}")
    members = []
    if about_classes:
        members.append(f'"classes": {_object(about_classes, 2)}')
    if about_cells:
        members.append(f'"cells": {_object(about_cells, 2)}')
    return _object(members, 1)


def _object(members: Iterable[str], depth: int) -> str:
    return _lines("{", list(members), "}", depth)


def _list(items: Sequence[str], depth: int) -> str:
    return _lines("[", items, "]", depth)


def _lines(opening: str, items: Sequence[str], closing: str, depth: int) -> str:
    if not items:
        return opening + closing
    inner = "  " * (depth + 1)
    return opening + "\n" + ",\n".join(inner + item for item in items) + "\n" + "  " * depth + closing


def _json(value: object) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return _NOT_ASCII.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    # A lone surrogate stays as it is: it has no place in a UTF-8 file, and `save` refuses it.
    return json.dumps(char)[1:-1] if is_control(char) and not "\ud800" <= char <= "\udfff" else char
