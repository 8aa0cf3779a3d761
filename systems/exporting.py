"""Writes a system in the forms that other tools and people read, and says what a form cannot hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .canonical import attributes_text, render
from .import_csv import join_cell, read_csv
from .layout import json_text, member, object_text
from .markdown import escape, paragraph, table
from .model import SLOT, Attribute, Rule, System
from .problem import quoted

Form: TypeAlias = Literal["cotsmith", "index", "csv", "markdown"]
FORMS: tuple[Form, ...] = ("cotsmith", "index", "csv", "markdown")


@dataclass(frozen=True, slots=True)
class Exported:
    """A system in another form: its text, and what of the system the text leaves out, in words."""

    text: str
    lost: tuple[str, ...]


def export(system: System, form: Form) -> Exported:
    """``system`` as ``form``.

    ``cotsmith`` is the file format and holds everything. ``index`` (groups of options, rules by position) and
    ``csv`` (a class a row) can be imported again; what they cannot hold is listed in ``lost``. ``markdown`` is for
    people and holds all but what only machines need.
    """
    if form == "index":
        return Exported(_index(system), tuple(_lost_everywhere(system)))
    if form == "csv":
        return Exported(_csv(system), (*_lost_everywhere(system), *_lost_in_csv(system)))
    if form == "markdown":
        return Exported(_markdown(system), ())
    return Exported(render(system), ())


def _lost_everywhere(system: System) -> Iterator[str]:
    if system.description:
        yield "the description"
    if system.class_prompts != (SLOT,):
        yield "the class prompt"
    if system.temperature != 1.0:
        yield "the temperature"
    if system.notes:
        yield "the notes on classes and rules"
    if system.allow:
        yield "the accepted findings"


def _lost_in_csv(system: System) -> Iterator[str]:
    if system.attributes:
        yield "the prompts"
    if any(attribute.weight != 1.0 for attribute in system.attributes):
        yield "the weights"
    if any(attribute.note for attribute in system.attributes):
        yield "the notes on attributes"
    if not system.rules:
        if system.attributes:
            yield "the options"
        return
    again = read_csv(_csv(system), "", "x")[0] if system.attributes else system
    pairs = list(zip(system.attributes, again.attributes, strict=True))
    unused = [old.name for old, new in pairs if set(old.options) != set(new.options)]
    if unused:
        yield f"options that no rule names (of {quoted(unused, 4)})"
    if any([o for o in old.options if o in new.options] != list(new.options) for old, new in pairs):
        yield "the order of the options"


def _index(system: System) -> str:
    rows = []
    for class_name, row in system.rules.items():
        rows.append(member(class_name, json_text({a.name: _indexes(a, row[a.name]) for a in system.attributes})))
    groups = member("classification_cot", attributes_text(system.attributes))
    return object_text([groups, member("rules", object_text(rows, 1))], 0) + "\n"


def _indexes(attribute: Attribute, rule: Rule) -> int | list[int] | None:
    numbers = [attribute.options.index(option) for option in rule]
    return None if not numbers else numbers[0] if len(numbers) == 1 else numbers


def _csv(system: System) -> str:
    text = io.StringIO()
    header = ["class", *(attribute.name for attribute in system.attributes)]
    # A reader finds the separator by looking at the header, so no other separator may stand bare in it.
    bare = any(";" in name or "\t" in name for name in header)
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL).writerow(header)
    writer = csv.writer(text, lineterminator="\n")
    for class_name, row in system.rules.items():
        writer.writerow([class_name, *(join_cell(row[attribute.name]) for attribute in system.attributes)])
    return text.getvalue()


def _markdown(system: System) -> str:
    parts = [f"# {escape(system.name)}"]
    if system.description.strip():
        parts.append(paragraph(system.description))
    parts.append("## Attributes")
    questions = [
        [escape(a.name), "<br>".join(map(escape, a.prompts)), "<br>".join(map(escape, a.options)), f"{a.weight:g}"]
        for a in system.attributes
    ]
    parts.append(table(["attribute", "prompt", "options", "weight"], questions))
    parts.append("## Rules")
    rows = [
        [escape(class_name), *(" or ".join(map(escape, row[a.name])) or "–" for a in system.attributes)]
        for class_name, row in system.rules.items()
    ]
    parts.append(table(["class", *(escape(a.name) for a in system.attributes)], rows))
    notes = [(a.name, a.note) for a in system.attributes if a.note]
    notes += [(" › ".join(part for part in place if part is not None), note) for place, note in system.notes.items()]
    if notes:
        parts.append("## Notes")
        parts.append(table(["place", "note"], [[escape(place), escape(note)] for place, note in notes]))
    return "\n\n".join(parts) + "\n"
