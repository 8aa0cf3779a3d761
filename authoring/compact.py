"""Parts of a system as an LLM reads them: JSON, a line for each attribute and class, with nothing said twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ..systems.json_form import Json, attribute_to_json, rule_to_json
from ..systems.model import System


def json_line(value: Json) -> str:
    """``value`` as JSON in one line, with its letters as they are."""
    return json.dumps(value, ensure_ascii=False)


def names_text(names: Iterable[str]) -> str:
    """Names as a JSON list: a name may hold a comma, a quote or a brace."""
    return json_line(list(names))


def attributes_text(system: System) -> str:
    """A line for each attribute: ``{"name": ..., "prompt": ..., "options": [...]}``."""
    return "\n".join(json_line({"name": a.name, **attribute_to_json(a)}) for a in system.attributes)


def rows_text(system: System, classes: Sequence[str] | None = None) -> str:
    """A line for each class, or each of ``classes``: ``["Absol", "white", ["gray", "white"], null]``."""
    chosen = system.classes if classes is None else classes
    rows = ([name, *(rule_to_json(rule) for rule in system.rules[name].values())] for name in chosen)
    return "\n".join(json_line(row) for row in rows)


def system_text(system: System, classes: Sequence[str] | None = None) -> str:
    """The attributes, an empty line, and the rows of all classes or of ``classes``."""
    return f"{attributes_text(system)}\n\n{rows_text(system, classes)}"


def notes_text(system: System, classes: Sequence[str] | None = None) -> str:
    """A line for each note on an attribute, a class or a cell; of ``classes`` only, where they are given."""
    lines = [f"{json_line([a.name])}: {json_line(a.note)}" for a in system.attributes if a.note]
    for (class_name, attribute), note in system.notes.items():
        if classes is None or class_name in classes:
            place = [class_name] if attribute is None else [class_name, attribute]
            lines.append(f"{json_line(place)}: {json_line(note)}")
    return "\n".join(lines)
