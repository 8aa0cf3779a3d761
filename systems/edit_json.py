"""Edits as JSON, one object each: what a diff prints, a history keeps and an LLM answers with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import CotsmithError, EditError
from . import edit_values as values
from .edit_kinds import (
    EDIT_KINDS,
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
)
from .edit_values import Key
from .json_form import Json, check_keys, shape
from .text import did_you_mean, plain

_ATTRIBUTE = Key("attribute", values.NAME)
_CLASS = Key("class", values.NAME, field="class_name")
_OPTION = Key("option", values.NAME)
_PROMPT = Key("prompt", values.PROMPTS, field="prompts")
_POSITION = Key("position", values.POSITION)
_PLACE = Key("position", values.POSITION, optional=True)
_ALLOWANCE = Key("allowance", values.ALLOWANCE)

_KEYS: dict[type, tuple[Key, ...]] = {
    SetName: (Key("name", values.NAME),),
    SetDescription: (Key("description", values.TEXT),),
    SetClassPrompts: (_PROMPT,),
    SetTemperature: (Key("temperature", values.TEMPERATURE),),
    AddAttribute: (
        Key("attribute", values.ATTRIBUTE),
        _PLACE,
        Key("rules", values.rules_by("class"), optional=True),
    ),
    RemoveAttribute: (_ATTRIBUTE,),
    RenameAttribute: (_ATTRIBUTE, Key("new_name", values.NAME)),
    MoveAttribute: (_ATTRIBUTE, _POSITION),
    SetPrompts: (_ATTRIBUTE, _PROMPT),
    SetWeight: (_ATTRIBUTE, Key("weight", values.WEIGHT)),
    AddOption: (_ATTRIBUTE, _OPTION, _PLACE),
    RemoveOption: (_ATTRIBUTE, _OPTION),
    RewordOption: (_ATTRIBUTE, _OPTION, Key("text", values.NAME)),
    MoveOption: (_ATTRIBUTE, _OPTION, _POSITION),
    MergeOptions: (_ATTRIBUTE, _OPTION, Key("into", values.NAME)),
    SetRule: (_CLASS, _ATTRIBUTE, Key("rule", values.RULE)),
    AddClass: (_CLASS, _PLACE, Key("rules", values.rules_by("attribute"), optional=True)),
    RemoveClass: (_CLASS,),
    RenameClass: (_CLASS, Key("new_name", values.NAME)),
    MoveClass: (_CLASS, _POSITION),
    SetNote: (
        Key("class", values.NAME, field="class_name", optional=True),
        Key("attribute", values.NAME, optional=True),
        Key("note", values.TEXT),
    ),
    AddAllowance: (_ALLOWANCE, _PLACE),
    RemoveAllowance: (_ALLOWANCE,),
}


def kind_of(edit: Edit | type) -> str:
    """The name of the edit's kind in JSON: ``set-rule`` for ``SetRule``."""
    name = edit.__name__ if isinstance(edit, type) else type(edit).__name__
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


_BY_KIND = {kind_of(kind): kind for kind in EDIT_KINDS}


def to_json(edit: Edit) -> dict[str, Json]:
    """``edit`` as an object for ``json.dumps``, such as::

        {"edit": "set-rule", "class": "Absol", "attribute": "color", "rule": "white"}

    A rule is an option, a list of options, or null; what an edit leaves open (a position at the end, no rules) is
    left out.
    """
    form: dict[str, Json] = {"edit": kind_of(edit)}
    for key in _KEYS[type(edit)]:
        value = getattr(edit, key.field)
        if key.optional and (value is None or value == {}):
            continue
        form[key.name] = key.value.write(value)
    return form


def from_json(value: Json, *, where: str = "edit") -> Edit:
    """The edit that ``value`` (what ``json.loads`` returns) writes; ``null`` stands for what may be left out.

    The rules that come with a new attribute or class are an object, or a list of ``{"class": ..., "rule": ...}``
    (of ``{"attribute": ..., "rule": ...}`` for a class), as the strict schema asks for.

    Raises:
        EditError: an unknown kind or key, a missing one, a value of the wrong shape, a text that cannot be a name,
            an option or a prompt; ``where`` says at which key. Whether it applies to a system is ``apply``'s to say.
    """
    if not isinstance(value, dict):
        raise EditError(f'an edit is an object such as {{"edit": "set-rule", ...}}, not {shape(value)}', where=where)
    kind = _kind_from_json(value, where)
    place = f"{where} ({kind_of(kind)})"
    keys = _KEYS[kind]
    read: dict[str, Any] = {}
    try:
        required = ("edit", *(key.name for key in keys if not key.optional))
        check_keys(value, required=required, optional=(key.name for key in keys if key.optional), where=place)
        for key in keys:
            if not (key.optional and value.get(key.name) is None):
                read[key.field] = key.value.read(value[key.name], f"{place} › {key.name}")
        edit: Edit = kind(**read)
    except CotsmithError as error:
        inside = error.where if error.where.startswith(place) else place
        raise EditError(error.message, where=inside, hint=error.hint) from error
    return edit


def edits_to_json(edits: Iterable[Edit]) -> list[dict[str, Json]]:
    """Each edit as ``to_json`` writes it."""
    return [to_json(edit) for edit in edits]


def edits_from_json(value: Json) -> tuple[Edit, ...]:
    """The edits of a list, or of an object ``{"edits": [...]}`` as ``diff`` prints it, also with what they did.

    Raises:
        EditError: as ``from_json`` does; ``where`` counts the edits from 1.
    """
    if isinstance(value, dict) and "edits" in value and set(value) <= {"edits", "effect"}:
        value = value["edits"]
    if not isinstance(value, list):
        raise EditError(f'edits are a list, or an object with the one key "edits", not {shape(value)}', where="edits")
    return tuple(from_json(item, where=f"edit {number}") for number, item in enumerate(value, start=1))


def edit_schema(*, strict: bool = False, kinds: Iterable[type] | None = None) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one edit: ``anyOf`` with one object for each kind, told by ``edit``.

    ``kinds`` (edit classes) leaves only some kinds open. ``strict`` writes it as structured output of LLMs wants
    it: every key required, null for what may be left out, rules as lists of pairs. What it lets through is read by
    ``from_json`` all the same, and is within what the plain schema allows.
    """
    chosen = EDIT_KINDS if kinds is None else tuple(kinds)
    return {"anyOf": [_kind_schema(kind, strict) for kind in chosen]}


def _kind_schema(kind: type, strict: bool) -> dict[str, Any]:
    keys = _KEYS[kind]
    properties: dict[str, Any] = {"edit": {"type": "string", "const": kind_of(kind)}}
    for key in keys:
        form = key.value.strict_schema if strict else key.value.schema
        properties[key.name] = values.nullable(form) if key.optional else form
    schema: dict[str, Any] = {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").replace("``", "").split()),
        "properties": properties,
        "required": ["edit", *(key.name for key in keys if strict or not key.optional)],
        "additionalProperties": False,
    }
    if kind is SetNote and not strict:
        named = [{"required": [key], "properties": {key: {"type": "string"}}} for key in ("class", "attribute")]
        schema["anyOf"] = named
    return schema


def _kind_from_json(value: Mapping[str, Json], where: str) -> type:
    if "edit" not in value:
        raise EditError('"edit", the kind, is missing', where=where, hint=f"It is one of {', '.join(_BY_KIND)}.")
    kind = value["edit"]
    if not isinstance(kind, str):
        raise EditError(f'"edit" is the name of a kind, not {shape(kind)}', where=where)
    if kind not in _BY_KIND:
        close = did_you_mean(kind, _BY_KIND)
        hint = f"The kinds are {', '.join(_BY_KIND)}."
        raise EditError(f'"{plain(kind)}" is not a kind of edit{close}', where=where, hint=hint)
    return _BY_KIND[kind]


EDIT_SCHEMA: Mapping[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **edit_schema()}
"""The JSON Schema of one edit, as a document of its own."""
