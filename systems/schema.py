"""The JSON Schema of the file format, and what it says of a document, in words for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import resources
from typing import TYPE_CHECKING, Any

from .canonical import FORMAT
from .json_form import Json, shape
from .positions import Path
from .problem import Problem, Suggestions, quote

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

# `contents.inspect` reports what these find, with a reason in its own words.
_SAID_ELSEWHERE = {"pattern", "not", "minLength", "uniqueItems"}
_WORDS = {"string": "a text", "array": "a list", "object": "an object", "number": "a number", "null": "null"}
_BOUNDS = {"minimum": "{} or more", "exclusiveMinimum": "above {}", "maximum": "up to {}"}
_EXAMPLES = {
    "cotsmith": f'Write "cotsmith": {FORMAT} at the top. To read another form, use `cotsmith import`.',
    "attributes": 'Write "attributes": {"color": {"prompt": "A photo of a {} thing.", "options": ["red", "blue"]}}.',
    "rules": 'Write "rules": {"CLASS": {"ATTRIBUTE": "OPTION"}}.',
    "prompt": 'Write a template such as "prompt": "A photo of a {} thing.".',
    "options": 'Write the possible answers, such as "options": ["red", "blue"].',
    "check": 'Write the code of the check, such as "check": "C101".',
    "reason": 'Write why the finding is accepted, such as "reason": "the two are twins".',
}


def system_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a system file; a fresh copy."""
    text = resources.files(__package__).joinpath("schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def schema_problems(data: Json) -> Iterator[Problem]:
    """What the schema finds wrong with the shape of ``data``, without positions."""
    # jsonschema is heavy to import, and not every command reads a system.
    from jsonschema import Draft202012Validator

    schema = system_schema()
    # Single rules are left to `contents.inspect`: the schema would take 0.2 s for 1,000 classes of 50 attributes,
    # forty times as long as json.loads, and it cannot know the options.
    schema["properties"]["rules"]["additionalProperties"] = {"type": "object"}
    schema["properties"]["rules"].pop("propertyNames")
    suggestions = Suggestions()
    for error in Draft202012Validator(schema).iter_errors(data):
        yield from _problems(error, suggestions)


def _problems(error: ValidationError, suggestions: Suggestions) -> Iterator[Problem]:
    path: Path = tuple(error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    keyword = str(error.validator)
    if keyword in _SAID_ELSEWHERE:
        return
    if keyword == "additionalProperties":
        known = schema["properties"]
        for key in value:
            if key not in known:
                message = f"{quote(key)} is not a key here{suggestions.of(key, '›'.join(known), known)}"
                hint = f"Keys that may stand here: {', '.join(known)}."
                yield Problem("schema", (*path, key), message, hint, on_key=True)
    elif keyword == "required":
        # One error for each missing key, of which only the prose names the key: repeats are dropped by the caller.
        for key in rule:
            if key not in value:
                yield Problem("schema", path, f'"{key}" is missing', _EXAMPLES.get(key, ""))
    elif keyword == "type":
        kinds = [rule] if isinstance(rule, str) else rule
        words = " or ".join(_WORDS[kind] for kind in kinds)
        yield Problem("schema", path, f"{words} is needed here, not {shape(value)}")
    elif keyword == "const":
        yield _wrong_version(path, value)
    elif keyword in _BOUNDS:
        if abs(value) <= sys.float_info.max:  # of others `contents.inspect` tells
            bound = f"a number {_BOUNDS[keyword]} is needed here".format(_number(rule))
            yield Problem("bad-number", path, f"{bound}, not {_number(value)}")
    elif keyword == "minItems":
        yield Problem("schema", path, "the list is empty")
    else:
        yield Problem("schema", path, f"the schema's rule {keyword!r} is broken")


def _wrong_version(path: Path, value: Any) -> Problem:
    if isinstance(value, int) and not isinstance(value, bool) and value > FORMAT:
        message = f"the file has format {_number(value)}; this cotsmith reads format {FORMAT}"
        return Problem("schema", path, message, "A newer cotsmith wrote it: upgrade yours.")
    return Problem("schema", path, f"the version of the format is {FORMAT}", f'Write "cotsmith": {FORMAT}.')


def _number(value: float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else json.dumps(value) if abs(value) < 10**20 else "a huge number"
