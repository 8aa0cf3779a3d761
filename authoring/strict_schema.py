"""JSON Schemas as providers take them: every property required, none added, optional as nullable; and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..systems.json_form import Json

_KEPT = frozenset(
    {"type", "enum", "const", "description", "title", "$ref", "pattern", "format", "minItems", "maxItems"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)
_IN_WORDS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "uniqueItems": "all different",
}
_DROPPED = frozenset({"properties", "required", "additionalProperties", "$schema", "$id", "default", "examples", "not"})
"""What is said otherwise, or can be left to the validation here."""


def strict_schema(schema: Mapping[str, Json]) -> dict[str, Json] | None:
    """``schema`` under the rules of strict structured output, or ``None`` where it cannot be said under them.

    A property that is optional becomes required and nullable; ``without_nulls`` takes that back in a reply. What
    strict schemas do not know (lengths, uniqueness) goes into the description: it is validated here all the same.
    An object with properties of any name has no strict form.
    """
    try:
        strict = _strict(dict(schema))
    except _NotStrict:
        return None
    return strict if strict.get("type") == "object" else None


class _NotStrict(Exception):
    """The schema has no strict form."""


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    words: list[str] = []
    for key, value in schema.items():
        if key in _KEPT:
            result[key] = value
        elif key in ("anyOf", "oneOf"):
            result["anyOf"] = [_strict(variant) for variant in value]
        elif key == "$defs":
            result[key] = {name: _strict(definition) for name, definition in value.items()}
        elif key == "items" and isinstance(value, dict):
            result[key] = _strict(value)
        elif key in _IN_WORDS:
            words.append(_IN_WORDS[key].replace("{}", str(value)))
        elif key not in _DROPPED:
            raise _NotStrict(key)
    if words:
        result["description"] = "; ".join(filter(None, [str(result.get("description", "")), *words]))
    if schema.get("type") == "object":
        if schema.get("additionalProperties", True) is not False:
            raise _NotStrict("additionalProperties")
        required = schema.get("required", [])
        result["properties"] = {
            name: _strict(inner) if name in required else _nullable(_strict(inner))
            for name, inner in schema.get("properties", {}).items()
        }
        result["required"] = list(result["properties"])
        result["additionalProperties"] = False
    return result


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    variants = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
    return {"anyOf": variants if {"type": "null"} in variants else [*variants, {"type": "null"}]}


def without_nulls(value: Json, schema: Mapping[str, Json]) -> Json:
    """``value`` without the properties that are null only because a strict schema has no other way to leave them out.

    A null stays where ``schema`` itself allows it, or where the property is required.
    """
    return _without(value, schema, schema)


def _without(value: Json, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Json:
    schema = _resolved(schema, root)
    if isinstance(value, list):
        items = schema.get("items")
        return [_without(entry, items, root) for entry in value] if isinstance(items, dict) else value
    if not isinstance(value, dict):
        return value
    variant = _variant(value, schema, root)
    properties, required = variant.get("properties", {}), variant.get("required", [])
    result: dict[str, Json] = {}
    for key, entry in value.items():
        inner = properties.get(key)
        if not isinstance(inner, dict):
            result[key] = entry
        elif entry is not None or key in required or _allows_null(inner, root):
            result[key] = _without(entry, inner, root)
    return result


def _variant(value: dict[str, Json], schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, or that of its alternatives whose constants and properties are those of ``value``."""
    for key in ("anyOf", "oneOf"):
        for alternative in schema.get(key, ()):
            found = _variant(value, _resolved(alternative, root), root)
            properties = found.get("properties", {})
            constants = {name: inner["const"] for name, inner in properties.items() if "const" in inner}
            if properties and set(value) <= set(properties) and all(value.get(n) == c for n, c in constants.items()):
                return found
    return schema


def _allows_null(schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    schema = _resolved(schema, root)
    kind = schema.get("type")
    if kind == "null" or (isinstance(kind, list) and "null" in kind) or None in schema.get("enum", ()):
        return True
    return any(_allows_null(inner, root) for key in ("anyOf", "oneOf") for inner in schema.get(key, ()))


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(20):  # a chain of references that ends nowhere
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
            return schema
        target = root.get("$defs", {}).get(reference.removeprefix("#/$defs/"))
        if not isinstance(target, dict):
            return schema
        schema = target
    return schema
