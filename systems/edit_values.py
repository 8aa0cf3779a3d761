"""The values in the JSON form of an edit: how each is written, read, and put into a schema."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidSystemError
from .json_form import (
    Json,
    attribute_from_json,
    attribute_to_json,
    check_keys,
    number_from_json,
    prompts_from_json,
    prompts_to_json,
    rule_from_json,
    rule_to_json,
    shape,
    text_from_json,
)
from .model import Allowance, Attribute, Rule, prompt_problem, text_problem, weight_problem
from .text import plain

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """One shape of value: ``write`` to JSON, ``read`` from it at a place, and its schema, plain and strict.

    ``read`` raises ``InvalidSystemError``, with the place, for what is not of this shape.
    """

    write: Callable[[Any], Json]
    read: Callable[[Json, str], Any]
    schema: Schema
    strict_schema: Schema


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an edit's JSON form, and the field of the edit that it holds (of the same name unless given)."""

    name: str
    value: Value
    field: str = ""
    optional: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "field", self.field or self.name)


def nullable(schema: Schema) -> Schema:
    """``schema`` or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def _as_is(value: Json) -> Json:
    return value


def _text(value: Json, where: str) -> str:
    return text_from_json(value, where=where)


def _name(value: Json, where: str) -> str:
    text = text_from_json(value, where=where)
    if problem := text_problem(text):
        raise InvalidSystemError(f'"{plain(text)}": {problem}', where=where)
    return text


def _prompts(value: Json, where: str) -> tuple[str, ...]:
    prompts = prompts_from_json(value, where=where)
    if not prompts:
        raise InvalidSystemError("at least one prompt is needed", where=where)
    for prompt in prompts:
        if problem := prompt_problem(prompt):
            raise InvalidSystemError(f'"{plain(prompt)}": {problem}', where=where)
    return prompts


def _position(value: Json, where: str) -> int:
    number = number_from_json(value, where=where)
    if not (math.isfinite(number) and number >= 0 and number == int(number)):
        raise InvalidSystemError("a position is a whole number, counted from 0", where=where)
    return int(number)


def _weight(value: Json, where: str) -> float:
    number = number_from_json(value, where=where)
    if problem := weight_problem(number):
        raise InvalidSystemError(problem, where=where)
    return number


def _temperature(value: Json, where: str) -> float:
    number = number_from_json(value, where=where)
    if not (math.isfinite(number) and number > 0):
        raise InvalidSystemError(f"a temperature is a finite number > 0, not {number}", where=where)
    return number


def _rule(value: Json, where: str) -> Rule:
    rule = rule_from_json(value, where=where)
    for option in rule:
        if problem := text_problem(option):
            raise InvalidSystemError(f'"{plain(option)}": {problem}', where=where)
    return rule


def _write_attribute(attribute: Attribute) -> Json:
    return {"name": attribute.name, **attribute_to_json(attribute)}


def _attribute(value: Json, where: str) -> Attribute:
    if not isinstance(value, dict):
        raise InvalidSystemError(
            f"an attribute is an object with name, prompt and options, not {shape(value)}", where=where
        )
    check_keys(value, required=("name", "prompt", "options"), optional=("weight", "note"), where=where)
    name = _name(value["name"], f"{where} › name")
    try:
        return attribute_from_json(name, {key: value[key] for key in value if key != "name"}, where=where)
    except InvalidSystemError as error:
        inside = error.where if error.where.startswith(where) else where
        raise InvalidSystemError(error.message, where=inside, hint=error.hint) from error


def _write_allowance(allowance: Allowance) -> Json:
    return {"check": allowance.check, "place": allowance.place, "reason": allowance.reason}


def _allowance(value: Json, where: str) -> Allowance:
    if not isinstance(value, dict):
        raise InvalidSystemError(
            f"an allowance is an object with check, place and reason, not {shape(value)}", where=where
        )
    check_keys(value, required=("check", "place", "reason"), where=where)
    return Allowance(**{key: text_from_json(value[key], where=f"{where} › {key}") for key in value})


def rules_by(key: str) -> Value:
    """Rules by the name of a class or of an attribute (``key`` says which): an object, or a list of pairs."""

    def read(value: Json, where: str) -> dict[str, Rule]:
        rules: dict[str, Rule] = {}
        for name, rule, place in _pairs(value, key, where):
            if name in rules:
                raise InvalidSystemError(f'"{plain(name)}" stands twice', where=where)
            rules[name] = _rule(rule, place)
        return rules

    pair = _object({key: _NAME_SCHEMA, "rule": _RULE_SCHEMA})
    pairs = {"type": "array", "items": pair}
    by_name = {"type": "object", "additionalProperties": _RULE_SCHEMA}
    return Value(_write_rules, read, {"anyOf": [by_name, pairs]}, pairs)


def _write_rules(rules: Mapping[str, Rule]) -> Json:
    return {name: rule_to_json(rule) for name, rule in rules.items()}


def _pairs(value: Json, key: str, where: str) -> list[tuple[str, Json, str]]:
    if isinstance(value, dict):
        return [(name, rule, f"{where} › {plain(name)}") for name, rule in value.items()]
    if not isinstance(value, list):
        raise InvalidSystemError(f"rules are an object that gives each {key} its rule, not {shape(value)}", where=where)
    pairs = []
    for number, item in enumerate(value, start=1):
        place = f"{where} › {number}"
        if not isinstance(item, dict):
            raise InvalidSystemError(f"an object with {key} and rule is needed, not {shape(item)}", where=place)
        check_keys(item, required=(key, "rule"), where=place)
        pairs.append((_name(item[key], f"{place} › {key}"), item["rule"], f"{place} › rule"))
    return pairs


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_TEXT_SCHEMA: Schema = {"type": "string"}
_NAME_SCHEMA: Schema = {"type": "string", "minLength": 1}
_NAMES_SCHEMA: Schema = {"type": "array", "items": _NAME_SCHEMA}
_RULE_SCHEMA: Schema = {"anyOf": [_NAME_SCHEMA, _NAMES_SCHEMA, {"type": "null"}]}
_PROMPT_SCHEMA: Schema = {"type": "string", "pattern": r"^[^{}]*\{\}[^{}]*$"}
_PROMPTS_SCHEMA: Schema = {"anyOf": [_PROMPT_SCHEMA, {"type": "array", "items": _PROMPT_SCHEMA, "minItems": 1}]}
_WEIGHT_SCHEMA: Schema = {"type": "number", "minimum": 0}
_TEMPERATURE_SCHEMA: Schema = {"type": "number", "exclusiveMinimum": 0}
_POSITION_SCHEMA: Schema = {"type": "integer", "minimum": 0}
_ALLOWANCE_SCHEMA = _object({"check": _TEXT_SCHEMA, "place": _TEXT_SCHEMA, "reason": _TEXT_SCHEMA})
_ATTRIBUTE_KEYS: Schema = {
    "name": _NAME_SCHEMA,
    "prompt": _PROMPTS_SCHEMA,
    "options": _NAMES_SCHEMA,
    "weight": nullable(_WEIGHT_SCHEMA),
    "note": nullable(_TEXT_SCHEMA),
}

TEXT = Value(_as_is, _text, _TEXT_SCHEMA, _TEXT_SCHEMA)
NAME = Value(_as_is, _name, _NAME_SCHEMA, _NAME_SCHEMA)
PROMPTS = Value(prompts_to_json, _prompts, _PROMPTS_SCHEMA, _PROMPTS_SCHEMA)
POSITION = Value(_as_is, _position, _POSITION_SCHEMA, _POSITION_SCHEMA)
WEIGHT = Value(float, _weight, _WEIGHT_SCHEMA, _WEIGHT_SCHEMA)
TEMPERATURE = Value(float, _temperature, _TEMPERATURE_SCHEMA, _TEMPERATURE_SCHEMA)
RULE = Value(rule_to_json, _rule, _RULE_SCHEMA, _RULE_SCHEMA)
ALLOWANCE = Value(_write_allowance, _allowance, _ALLOWANCE_SCHEMA, _ALLOWANCE_SCHEMA)
ATTRIBUTE = Value(_write_attribute, _attribute, _object(_ATTRIBUTE_KEYS, ("weight", "note")), _object(_ATTRIBUTE_KEYS))
