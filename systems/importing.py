"""Reads a system in whatever form it comes: looks at the content, chooses the reader, says what it had to assume."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import InputError, InvalidSystemError
from .canonical import FORMAT
from .document import parse_document
from .import_csv import looks_like_csv, read_csv
from .import_descriptors import is_descriptors, read_descriptors
from .import_index import find_index_form, names_indexes, read_index_form
from .import_texts import FaultPlace, Faults, name_from, nowhere
from .json_form import Json
from .literal_places import json_place, path_to
from .literal_values import json_value
from .model import System
from .positions import Path as Steps
from .python_literal import Broken, Literal, find_literals
from .repair import repaired
from .sources import read_text, source_name

_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})[ \t]*([^`\n]*)")
_FORMS = (
    "Known forms: a cotsmith file; classification_cot or classification_groups with rules, as JSON or Python; "
    "class → attribute → descriptors as JSON; a CSV table with a row for each class."
)


@dataclass(frozen=True, slots=True)
class Imported:
    """A system that came in another form: which form it was, and remarks on what was assumed or repaired."""

    system: System
    form: str
    remarks: tuple[str, ...]


def import_file(source: str | Path, *, name: str | None = None) -> Imported:
    """Read a path, ``gallery:NAME`` or ``-`` in any form; raises like ``import_text``, or ``InputError``."""
    return import_text(read_text(source), source_name(source), name=name)


def import_text(text: str, source: str = "<text>", *, name: str | None = None) -> Imported:
    """The system that ``text`` writes in any form that ``cotsmith import`` knows.

    ``source`` stands for the text in messages and gives the system its name, unless ``name`` or the text itself does.

    Raises:
        InvalidSystemError: the form was recognised, but what it says is wrong.
        InputError: no form was recognised; the message says what was tried.
    """
    try:
        imported = _recognise(text, source, name or name_from(source))
    except InputError as error:
        if error.where.startswith(source):
            raise
        # A reader that knows no source gives the line and column alone.
        joint = ":" if re.match(r"\d+(:\d+)?\Z", error.where) else ": "
        where = f"{source}{joint}{error.where}" if error.where else source
        raise type(error)(error.message, where=where, hint=error.hint) from error
    return replace(imported, system=replace(imported.system, name=name)) if name else imported


def _recognise(text: str, source: str, name: str) -> Imported:
    try:
        value = json_value(text)
    except RecursionError:
        return Imported(parse_document(text, source).system, "cotsmith", ())  # which says that it is too deep
    except json.JSONDecodeError:
        return _recognise_pieces(text, source, name)
    except ValueError:
        return Imported(parse_document(text, source).system, "cotsmith", ())  # which says where the number is too long
    if isinstance(value, dict) and "cotsmith" in value:
        return Imported(parse_document(text, source).system, "cotsmith", ())
    literals = [Literal("", value, 1, json_place(text))]
    return _choose(literals, source, name) or _incomplete(literals, source, name) or _unknown(source, [])


def _recognise_pieces(text: str, source: str, name: str) -> Imported:
    bodies = _fenced(text)
    literals, broken = _pieces(bodies)
    if not literals and not broken:
        bodies = [*bodies, (text, 1)]
        literals, broken = _pieces(bodies)
    if imported := _choose(literals, source, name):
        return imported
    refused: InvalidSystemError | None = None
    for body, _ in bodies:
        if looks_like_csv(body):
            try:
                system, remarks = read_csv(body, source, name)
                return Imported(system, "CSV table", tuple(remarks))
            except InvalidSystemError as error:  # or prose with commas around something broken
                refused = refused or error
    if imported := _choose([*literals, *repaired(broken)], source, name):
        remark = "the text was broken and has been repaired: check the result"
        return replace(imported, remarks=(remark, *imported.remarks))
    serious = [piece for piece in broken if piece.lines > 1 or piece.name]  # not words in braces
    if not serious and (imported := _incomplete(literals, source, name)):
        return imported
    if refused is not None and not literals and not broken:
        raise refused
    return _unknown(source, serious or broken)


def _fenced(text: str) -> list[tuple[str, int]]:
    """The contents of Markdown's fenced blocks, each with its first line. A block that is never closed is none."""
    bodies: list[tuple[str, int]] = []
    opened = ""
    first_line, begins, offset = 0, 0, 0
    for number, line in enumerate(text.split("\n"), start=1):
        fence = _FENCE.fullmatch(line.rstrip())
        if fence and not opened:
            opened, first_line, begins = fence[1], number + 1, offset + len(line) + 1
        elif fence and fence[1].startswith(opened) and not fence[2]:
            bodies.append((text[begins:offset], first_line))
            opened = ""
        offset += len(line) + 1
    return bodies


def _pieces(bodies: list[tuple[str, int]]) -> tuple[list[Literal], list[Broken]]:
    literals: list[Literal] = []
    broken: list[Broken] = []
    for body, first_line in bodies:
        found, failed = find_literals(body, first_line)
        literals += found
        broken += failed
    return literals, broken


def _choose(literals: list[Literal], source: str, name: str) -> Imported | None:
    """The first form that the literals hold completely."""
    for literal in literals:
        if imported := _own_form(literal, source, name):
            return imported
    form = _index_form(literals)
    if form is not None:
        if form[1] is None:
            return None
        system, remarks = read_index_form(*form, source, name, _placing(literals, *form))
        return Imported(system, "index form", tuple(remarks))
    candidates = [literal for literal in literals if is_descriptors(literal.value)]
    if not candidates:
        return None
    largest = max(candidates, key=lambda literal: _size(literal.value))
    system, remarks = read_descriptors(largest.value, source, name, largest.place or nowhere)
    return Imported(system, "descriptors", tuple(remarks))


def _incomplete(literals: list[Literal], source: str, name: str) -> Imported | None:
    """Refuses groups without rules; ``None`` when there are not even groups."""
    form = _index_form(literals)
    if form is None:
        return None
    return Imported(read_index_form(*form, source, name, _placing(literals, *form))[0], "index form", ())


def _placing(literals: list[Literal], groups: Json, rules: Json) -> FaultPlace:
    """Where a fault of the index form stands, whose groups and rules may come from two literals."""

    def place(path: Steps, key: bool) -> tuple[int, int] | None:
        part, below = (rules, path[1:]) if path[:1] == ("rules",) else (groups, path)
        for literal in literals:
            above = path_to(part, literal.value)
            if above is not None:
                return literal.place((*above, *below), key) if literal.place else None
        return None

    return place


def _own_form(literal: Literal, source: str, name: str) -> Imported | None:
    value = literal.value
    if not isinstance(value, dict) or not isinstance(value.get("attributes"), dict) or "rules" not in value:
        return None
    if "cotsmith" not in value and names_indexes(value["rules"]):
        form = (value["attributes"], value["rules"])
        system, said = read_index_form(*form, source, name, _placing([literal], *form))
        return Imported(system, "index form", tuple(said))
    remarks = () if "cotsmith" in value else (f'"cotsmith": {FORMAT} was missing; read as format {FORMAT}',)
    document = parse_document(json.dumps({"cotsmith": FORMAT, **value}), source)
    faults = Faults(source, literal.place or nowhere)
    for problem in document.problems:
        faults.add(problem.path, problem.message, problem.hint, on_key=problem.on_key)
    faults.refuse()
    return Imported(document.system, "cotsmith", remarks)


def _index_form(literals: list[Literal]) -> tuple[Json, Json] | None:
    """Groups with rules from one literal, else from names or keys spread over several, else groups alone."""
    table: dict[str, Json] = {}
    for literal in literals:
        if literal.name:
            table[literal.name] = literal.value
        elif isinstance(literal.value, dict):
            table.update(literal.value)
    forms = [form for value in (*(x.value for x in literals), table) if (form := find_index_form(value)) is not None]
    return next((form for form in forms if form[1] is not None), forms[0] if forms else None)


def _size(value: Json) -> int:
    return len(value) if isinstance(value, dict) else 0


def _unknown(source: str, broken: list[Broken]) -> Imported:
    if broken:
        main = max(broken, key=lambda piece: piece.lines)
        hint = f"Mend that place and import again. {_FORMS}"
        raise InputError(main.reason, where=f"{source}:{main.line}:{main.column}", hint=hint)
    raise InputError("no form of system was recognised", where=source, hint=_FORMS)
