"""A JSON Schema in words, and an example of it: for people and chat windows that take no schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..systems.json_form import Json

_MOST_VALUES = 60
_DEPTH = 8


def in_words(schema: Mapping[str, Json]) -> str:
    """The properties of the object that ``schema`` describes, a line for each, those within indented; may be empty."""
    return "\n".join(_lines(schema, "", _DEPTH))


def example(schema: Mapping[str, Json]) -> Json:
    """A value in the form of ``schema``: the first of what may be chosen, ``"..."`` for a text, one entry in a list."""
    return _example(schema, _DEPTH)


def _lines(schema: Mapping[str, Any], indent: str, depth: int) -> list[str]:
    if depth == 0:
        return []
    lines: list[str] = []
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        optional = "" if name in required else " (may be left out)"
        about = f" {inner['description']}" if inner.get("description") else ""
        lines.append(f"{indent}- {name}: {_kind(inner)}{optional}.{about}")
        lines += _within(inner, indent + "  ", depth - 1)
    return lines


def _within(schema: Mapping[str, Any], indent: str, depth: int) -> list[str]:
    if schema.get("type") == "array":
        return _within(schema.get("items", {}), indent, depth)
    variants = [variant for key in ("anyOf", "oneOf") for variant in schema.get(key, ())]
    objects = [variant for variant in variants if variant.get("properties")]
    if len(objects) < 2:
        return _lines(objects[0] if objects else schema, indent, depth)
    lines = []
    for variant in objects:
        about = f" {variant['description']}" if variant.get("description") else ""
        lines.append(f"{indent}- either an object with these properties.{about}")
        lines += _lines(variant, indent + "  ", depth)
    return lines


def _kind(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f"always {_quoted(schema['const'])}"
    if "enum" in schema:
        shown = [_quoted(value) for value in schema["enum"][:_MOST_VALUES]]
        more = len(schema["enum"]) - len(shown)
        return f"one of {', '.join(shown)}" + (f" and {more} more" if more else "")
    variants = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if variants:
        return " or ".join(dict.fromkeys(_kind(variant) for variant in variants))
    kind = schema.get("type")
    if kind == "array":
        return f"a list; each entry is {_kind(schema.get('items', {}))}"
    names = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
    kinds = kind if isinstance(kind, list) else [kind]
    return " or ".join({**names, "object": "an object", "null": "null"}.get(str(one), "any value") for one in kinds)


def _quoted(value: Json) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _example(schema: Mapping[str, Any], depth: int) -> Json:
    if depth == 0:
        return "..."
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for variant in [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        return _example(variant, depth)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: _example(inner, depth - 1) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [_example(schema.get("items", {}), depth - 1)]
    return {"integer": 1, "number": 1.0, "boolean": True, "null": None}.get(str(kind), "...")
