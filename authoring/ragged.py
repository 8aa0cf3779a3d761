"""Replies as LLMs really write them, read without a guess: fences, prose, Python, comments, ellipses."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import InputError
from ..systems.json_form import Json
from ..systems.literal_values import json_value
from ..systems.python_literal import Broken, Literal, find_literals
from ..systems.repair import repaired
from ..systems.text import counted, plain
from .ellipses import without_dots, without_ellipses
from .schema_faults import faults_of

_MOST_CANDIDATES = 20
_LONGEST = 120
_PROSE = "the reply ->\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says: its ``value``, or the ``faults`` for which there is none.

    ``notes`` say what had to be mended and what could not be used.
    """

    value: Json = None
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def read_reply(text: str, schema: Mapping[str, Json]) -> Reading:
    """The object that ``text`` writes as JSON or as a Python literal, whatever stands around it.

    ``schema`` tells which object is meant where the text holds several; the value need not satisfy it. Nothing is
    evaluated, and no text comes out that did not stand in the reply: what could mean two things is a fault.
    """
    try:
        return _checked(text, _read(text.strip().removeprefix("\ufeff"), schema), _properties(schema))
    except RecursionError:
        return Reading(faults=("the reply is nested too deeply",))


def _read(text: str, schema: Mapping[str, Json]) -> Reading:
    try:
        return _whole(json_value(text), schema)
    except InputError as error:  # a key twice
        return Reading(faults=(_fault(error),))
    except ValueError:
        pass
    trimmed, remarks = without_ellipses(text)
    try:
        literals, broken = find_literals(trimmed)
        if not literals:  # a text that is all Python is read as such; what is left is read piece by piece
            literals, broken = find_literals(_PROSE + trimmed, first_line=0)
    except InputError as error:
        return Reading(faults=(_fault(error),))
    reading = _chosen(literals, schema)
    if reading is None:
        mended = repaired(broken)
        reading = _chosen([*literals, *mended], schema)
        if reading is not None and mended:
            lines = ", ".join(str(literal.line) for literal in mended)
            reading = replace(
                reading, notes=(f"line {lines}: broken JSON was mended; check the result", *reading.notes)
            )
    if reading is None:
        return Reading(faults=_why_not(literals, broken, schema), notes=remarks)
    unused = [f"{_reason(piece)}: this was not used" for piece in broken if piece.lines > 1 and not piece.text]
    return replace(reading, notes=(*remarks, *unused, *reading.notes))


def _whole(value: Json, schema: Mapping[str, Json]) -> Reading:
    """A reply that is JSON and nothing else."""
    if isinstance(value, list):
        names = list(_properties(schema))
        if len(names) == 1 and _kind(_properties(schema)[names[0]]) == "array":
            return Reading({names[0]: value}, (f'the reply is the list of "{plain(names[0])}" alone',))
    if isinstance(value, dict):
        return _chosen([Literal("", value, 1)], schema) or Reading(value)
    return Reading(value)


def _chosen(literals: Sequence[Literal], schema: Mapping[str, Json]) -> Reading | None:
    """The value that the literals hold together; ``None`` when there is none of which that could be said."""
    found = [literal for literal in literals if isinstance(literal.value, dict) and literal.value]
    if not found:
        return None
    found = sorted(found, key=lambda literal: _size(literal.value), reverse=True)[:_MOST_CANDIDATES]
    good = [literal for literal in found if not faults_of(_usable(literal.value), schema)]
    if good:
        if any(literal.value != good[0].value for literal in good):
            lines = " and ".join(str(literal.line) for literal in sorted(good, key=lambda literal: literal.line))
            return Reading(faults=(f"there are several different objects that would do, in lines {lines}: send one",))
        return Reading(good[0].value)
    properties = _properties(schema)
    for literal in found:
        name, inner = _only(literal.value)
        if isinstance(inner, dict) and inner and not faults_of(_usable(inner), schema):
            return Reading(inner, (f'the object stands within another, under "{plain(name)[:_LONGEST]}"',))
    if len(found) > 1 and (together := _together(found, properties)) is not None:
        return Reading(together, (f"the {len(found)} objects of the reply were taken together",))
    wanted = [literal for literal in found if isinstance(literal.value, dict) and set(literal.value) & set(properties)]
    if wanted or not properties:
        return Reading((wanted or found)[0].value)
    return None


def _only(value: Json) -> tuple[str, Json]:
    """The name and value of an object with one property; ``None`` as the value of anything else."""
    return next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else ("", None)


def _together(literals: Sequence[Literal], properties: Mapping[str, Json]) -> dict[str, Json] | None:
    """One object of several, where each is assigned to another property, or holds other properties than the rest."""
    result: dict[str, Json] = {}
    for literal in literals:
        assert isinstance(literal.value, dict)
        part = literal.value if set(literal.value) <= set(properties) else {literal.name: literal.value}
        if not set(part) <= set(properties) or set(part) & set(result):
            return None
        result |= part
    return result


def _checked(text: str, reading: Reading, known: Container[str]) -> Reading:
    """``reading`` with the ellipses among its texts taken out, and refused where it holds what the reply does not."""
    if reading.faults:
        return reading
    value, count = without_dots(reading.value)
    for leaf in _leaves(value):
        if isinstance(leaf, float) and not math.isfinite(leaf):
            return Reading(notes=reading.notes, faults=(f"{leaf} is not a number that JSON knows",))
        # With a backslash it may stand there in another spelling.
        if isinstance(leaf, str) and leaf not in text and leaf not in known and "\\" not in text:
            shown = plain(leaf)[:_LONGEST]
            return Reading(notes=reading.notes, faults=(f'"{shown}" does not stand in the reply in one piece',))
    notes = (
        (f"{counted(count, 'entry is', 'entries are')} only an ellipsis: something was left out there",)
        if count
        else ()
    )
    return Reading(value, (*reading.notes, *notes))


def _usable(value: Json) -> Json:
    return without_dots(value)[0]


def _why_not(literals: Sequence[Literal], broken: Sequence[Broken], schema: Mapping[str, Json]) -> tuple[str, ...]:
    serious = [piece for piece in broken if piece.lines > 1 or len(broken) == 1]
    if serious:
        return tuple(_reason(piece) for piece in serious[:5])
    names = ", ".join(f'"{plain(name)}"' for name in _properties(schema))
    if literals:
        return (f"no object in the reply has the properties {names}",)
    return ("there is no JSON object in the reply" + (f"; one with {names} is needed" if names else ""),)


def _reason(piece: Broken) -> str:
    return f"line {piece.line}: {plain(piece.reason)}"


def _fault(error: InputError) -> str:
    return f"{error.where}: {error.message}" if error.where else error.message


def _properties(schema: Mapping[str, Json]) -> Mapping[str, Json]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _kind(schema: Json) -> Json:
    return schema.get("type") if isinstance(schema, dict) else None


def _size(value: Json) -> int:
    return sum(1 for _ in _leaves(value))


def _leaves(value: Json) -> Iterator[Json]:
    """Every key and every value that holds no others."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        else:
            yield node
